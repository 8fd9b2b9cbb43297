"""What is published is complete, always the same, and bound to the contract's number."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # comes without types
import pytest
from pydantic import BaseModel, ValidationError

from backend.publish import FOLDER, PIN, WireChanged, _all_below, generate, pinned_with, pins, publish
from mobile_contract import schema
from mobile_contract.base import Ask
from mobile_contract.examples import FRAMES, NoExample, example_of
from mobile_contract.frames import FRAMES as FRAME_SHAPES
from mobile_contract.problems import PROBLEMS
from mobile_contract.version import CONTRACT, HISTORY, RELEASED
from sync.refusal import Refusal

Operation = dict[str, Any]


@pytest.fixture(scope="module")
def files() -> dict[str, str]:
    return generate({})


@pytest.fixture(scope="module")
def openapi(files: dict[str, str]) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(files["openapi.json"])
    return made


def operations(openapi: dict[str, Any]) -> Iterator[tuple[str, Operation]]:
    for path, methods in openapi["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


# -- always the same ----------------------------------------------------------------------------------------------


def test_what_lies_there_is_generated_here_too(files: dict[str, str]) -> None:
    """Wall 10 generates it in another process, elsewhere."""
    pinned = generate(pins())
    assert pinned.keys() == files.keys()
    assert [name for name, text in pinned.items() if text != (FOLDER / name).read_text("utf-8")] == []


def test_publishing_writes_what_is_missing_and_removes_what_is_not_ours(tmp_path: Path) -> None:
    (tmp_path / "ts").mkdir()
    (tmp_path / "ts" / "kept.json").write_text("{}")
    (tmp_path / "old.json").write_text("{}")
    assert {"old.json", "openapi.json", PIN, "schema/sync.json"} <= set(publish(True, tmp_path))
    publish(False, tmp_path)
    assert not (tmp_path / "old.json").exists()
    assert (tmp_path / "ts" / "kept.json").exists()
    (tmp_path / "policies.json").write_text("{}")
    assert publish(True, tmp_path) == ["policies.json"]


def test_no_file_tells_of_the_machine_it_was_made_on(files: dict[str, str]) -> None:
    for name, text in files.items():
        assert str(FOLDER.parent.parent) not in text, name
        assert "0x" not in text, name
        assert text.endswith("\n"), name


# -- bound to the contract's number -------------------------------------------------------------------------------


def test_the_wire_of_a_released_contract_never_changes() -> None:
    """Unreleased, the pin follows the wire; released, the change is refused until CONTRACT is raised."""
    assert pinned_with({1: "old"}, "new", contract=1, released=0) == {1: "new"}
    assert pinned_with({1: "old"}, "new", contract=2, released=1) == {1: "old", 2: "new"}
    assert pinned_with({1: "same"}, "same", contract=1, released=1) == {1: "same"}
    with pytest.raises(WireChanged, match="raise CONTRACT in mobile_contract/version"):
        pinned_with({1: "old"}, "new", contract=1, released=1)


def test_every_released_contract_is_pinned_and_has_its_line_of_history() -> None:
    assert RELEASED <= CONTRACT
    assert set(HISTORY) == set(range(1, CONTRACT + 1))
    if FOLDER.exists():
        assert set(range(1, RELEASED + 1)) <= set(pins())


def test_prose_is_no_wire_but_a_field_is() -> None:
    shape = {"properties": {"title": {"type": "string", "description": "one"}}, "description": "one"}
    said_better = {"properties": {"title": {"type": "string", "description": "two"}}, "description": "two"}
    renamed = {"properties": {"name": {"type": "string"}}}
    assert schema.wire_hash(shape) == schema.wire_hash(said_better)
    assert schema.wire_hash(shape) != schema.wire_hash(renamed)


# -- schemas ------------------------------------------------------------------------------------------------------


def test_every_message_of_sync_has_its_schema(files: dict[str, str]) -> None:
    sync = json.loads(files["schema/sync.json"])["$defs"]
    assert {"Push", "PushAnswer", "Mutation", "Op", "Outcome", "Pull", "PushClock", "DeviceTime"} <= set(sync)
    assert {shape.__name__ for shape in FRAME_SHAPES} <= set(json.loads(files["schema/frames.json"])["$defs"])
    assert "Problem" in json.loads(files["schema/problems.json"])["$defs"]


def test_every_schema_is_one_and_has_an_example_of_itself() -> None:
    faults = []
    for room, made in schema.rooms().items():
        jsonschema.Draft202012Validator.check_schema(made)
        for name, shape in made["$defs"].items():
            try:
                example = example_of(shape, made["$defs"], name)
            except NoExample as fault:
                faults.append(f"{room}.{name}: {fault}")
                continue
            faults += [f"{room}.{name}: {f.json_path} {f.message}" for f in _faults(shape, example, made)]
    assert faults == []


def _faults(shape: dict[str, Any], example: Any, root: dict[str, Any]) -> list[Any]:
    return list(jsonschema.Draft202012Validator({**shape, "$defs": root["$defs"]}).iter_errors(example))


def test_no_number_and_no_flag_is_read_from_a_text() -> None:
    """`"7"` is no number: a client that sends it has a fault that should be seen on its first day."""
    faults = []
    for room, shapes in schema._shapes():
        for shape in shapes:
            made = shape.model_json_schema()
            if not issubclass(shape, Ask):
                continue
            whole = example_of(made, made.get("$defs", {}), shape.__name__)
            shape.model_validate(whole)
            for name, value in whole.items():
                if isinstance(value, bool | int | float) and _takes(shape, whole | {name: str(value).lower()}):
                    faults.append(f"{room}.{shape.__name__}.{name}")
    assert faults == []


def _takes(shape: type[BaseModel], said: dict[str, Any]) -> bool:
    try:
        shape.model_validate(said)
    except ValidationError:
        return False
    return True


def test_every_problem_has_a_status_and_both_texts(files: dict[str, str]) -> None:
    problems = json.loads(files["problems.json"])
    assert set(problems) == set(PROBLEMS)
    assert [code for code, said in problems.items() if not (said["zh"] and said["en"])] == []
    by_code: dict[str, set[int]] = {}
    for refusal in _all_below(Refusal):
        if "code" in vars(refusal):
            by_code.setdefault(refusal.code, set()).add(refusal.status)
    assert {code: statuses for code, statuses in by_code.items() if len(statuses) > 1} == {}


# -- OpenAPI ------------------------------------------------------------------------------------------------------


def lacks(openapi: dict[str, Any]) -> list[str]:
    """What is missing in the description, by door."""
    faults, names = [], set[str]()
    for door, operation in operations(openapi):
        said = ("operationId", "summary", "description", "tags", "responses")
        faults += [f"{door}: no {part}" for part in said if not operation.get(part)]
        if operation["operationId"] in names:
            faults.append(f"{door}: {operation['operationId']} names another door too")
        names.add(operation["operationId"])
        faults += [f"{door}: {fault}" for fault in _lacks_of(operation)]
    faults += [f"tag {tag} is not told" for tag in _tags(openapi) - {tag["name"] for tag in openapi["tags"]}]
    return faults


def _tags(openapi: dict[str, Any]) -> set[str]:
    return {tag for _, operation in operations(openapi) for tag in operation.get("tags", ())}


def _lacks_of(operation: Operation) -> Iterator[str]:
    answers: dict[str, Any] = operation["responses"]
    for media, body in operation.get("requestBody", {}).get("content", {}).items():
        if media == "application/json" and "example" not in body:
            yield "no example of what is sent"
    if not {"422", "413", "415", "500", "503"} <= answers.keys():
        yield f"refusals of the edge are missing: {sorted(answers)}"
    if operation["security"] and not {"401", "403"} <= answers.keys():
        yield "guarded, but 401 or 403 is missing"
    if not any(status[0] in "23" for status in answers):
        yield "never answers well"
    for status, answer in answers.items():
        if not answer.get("description"):
            yield f"{status} has no description"
        if status[0] in "45":
            content = answer.get("content", {})
            if content.keys() != {"application/problem+json"}:
                yield f"{status} is not told as a problem"
            elif not content["application/problem+json"].get("examples"):
                yield f"{status} names no code"
        elif any("example" not in body for media, body in answer.get("content", {}).items() if media.endswith("json")):
            yield f"{status} has no example"


def test_every_door_is_told_whole(openapi: dict[str, Any]) -> None:
    assert lacks(openapi) == []


def test_a_door_that_is_not_told_is_caught(openapi: dict[str, Any]) -> None:
    spoilt = json.loads(json.dumps(openapi))
    push = spoilt["paths"]["/sync/v1/push"]["post"]
    del push["summary"], push["requestBody"]["content"]["application/json"]["example"], push["responses"]["413"]
    push["responses"]["401"]["content"] = {"application/json": {}}
    assert len(lacks(spoilt)) == 4


def test_every_reference_leads_somewhere(openapi: dict[str, Any]) -> None:
    assert [ref for ref in set(_references(openapi)) if not _there(openapi, ref)] == []
    assert "$defs" not in json.dumps(openapi)


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for value in part.values():
            yield from _references(value)
    elif isinstance(part, list):
        for value in part:
            yield from _references(value)


def _there(openapi: dict[str, Any], reference: str) -> bool:
    part: Any = openapi
    for name in reference.removeprefix("#/").split("/"):
        part = part.get(name) if isinstance(part, dict) else None
    return part is not None


def test_every_example_is_of_its_shape(openapi: dict[str, Any]) -> None:
    faults = []
    for door, operation in operations(openapi):
        bodies = {"request": operation.get("requestBody", {}), **operation["responses"]}
        for where, body in bodies.items():
            for media, said in body.get("content", {}).items():
                if media.endswith("/json") and "example" in said:
                    faults += [f"{door} {where}: {f}" for f in _misfits(openapi, said["schema"], said["example"])]
    problem = {"$ref": "#/components/schemas/Problem"}
    for code, example in openapi["components"]["examples"].items():
        faults += [f"{code}: {f}" for f in _misfits(openapi, problem, example["value"])]
        assert example["value"]["code"] == code
    assert faults == []


def _misfits(openapi: dict[str, Any], shape: dict[str, Any], example: Any) -> list[str]:
    checked = jsonschema.Draft202012Validator({**shape, "components": openapi["components"]})
    return [f"{fault.json_path} {fault.message}" for fault in checked.iter_errors(example)]


def test_the_frames_in_the_example_are_frames(openapi: dict[str, Any]) -> None:
    shape = {"oneOf": [{"$ref": f"#/components/schemas/{frame.__name__}"} for frame in FRAME_SHAPES]}
    for line in FRAMES.splitlines():
        assert _misfits(openapi, shape, json.loads(line)) == []


def test_names_of_operations_read_well(openapi: dict[str, Any]) -> None:
    for door, operation in operations(openapi):
        assert re.fullmatch(r"[a-z][a-z_]*", operation["operationId"]), door
        assert len(operation["summary"]) <= 120, (door, operation["summary"])
