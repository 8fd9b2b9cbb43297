"""Scene files: JSON read with the line and the field of every fault named. Pure."""

import json
import re
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from backend.kernel.errors import Clash, Invalid
from mobile_contract.problems import Texts
from mobile_contract.scenes import FILE_BYTES_MAX, NewScene, SceneCompetence, SceneFault
from mobile_contract.texts.faults import in_chinese

FAULTS_TOLD_MAX = 20
Place = tuple[str | int, ...]
Why = tuple[str, str]
"""(zh, en)."""


class FileInvalid(Invalid):
    code = "scenes.file_invalid"


class AreaUnfounded(Clash):
    code = "scenes.district_unknown"


def check_scene(text: str) -> tuple[NewScene | None, list[SceneFault]]:
    """The scene of a file, or its faults in the order of the lines."""
    if len(text) > FILE_BYTES_MAX:
        return None, [_fault(1, "", (f"文件超过 {FILE_BYTES_MAX} 字", f"it has more than {FILE_BYTES_MAX} characters"))]
    try:
        raw = json.loads(text)
    except json.JSONDecodeError as fault:
        why = f"不是有效的 JSON，第 {fault.colno} 列", f"no JSON: {fault.msg}, column {fault.colno}"
        return None, [_fault(fault.lineno, "", why)]
    except (ValueError, RecursionError):
        return None, [_fault(1, "", ("嵌套过深或数字过大", "it is nested too deeply, or a number is too large"))]
    twice = _lines_of(text)[1]
    if twice:
        why = "同一对象中写了两次", "it is written twice in one object"
        return None, [_fault(line, _dotted(place), why) for place, line in twice[:FAULTS_TOLD_MAX]]
    try:
        scene = NewScene.model_validate_json(json.dumps(raw))
    except ValidationError as fault:
        found = fault.errors(include_url=False, include_input=False)
        return None, at_lines(text, [(e["loc"], _why(e)) for e in found])
    faults = at_lines(text, _loose_ends(scene))
    return (None, faults) if faults else (scene, [])


def at_lines(text: str, faults: Iterable[tuple[Place, Why]]) -> list[SceneFault]:
    """Faults of places as faults of lines, in their order."""
    lines, _ = _lines_of(text)
    told = [_fault(_line(lines, place), _dotted(place), why) for place, why in faults]
    return sorted(told, key=lambda one: (one.line, one.field))[:FAULTS_TOLD_MAX]


def _dotted(place: Place) -> str:
    return ".".join(map(str, place))


def _fault(line: int, field: str, why: Why) -> SceneFault:
    return SceneFault(line=line, field=field, why=Texts(zh=why[0], en=why[1]))


def _why(error: ErrorDetails) -> Why:
    zh = in_chinese(error["type"], error["msg"], error.get("ctx", {}))
    return zh, error["msg"].removeprefix("Value error, ")


def _loose_ends(scene: NewScene) -> Iterator[tuple[Place, Why]]:
    """What is right by itself and does not fit together."""
    templates = [template.code for template in scene.templates]
    for i, template in enumerate(scene.templates):
        if template.scene != scene.scene:
            yield (
                ("templates", i, "scene"),
                (
                    f"各表单都写本文件的场景 {scene.scene}",
                    f"every template names the scene of its file, {scene.scene}",
                ),
            )
    yield from _twice("templates", "code", templates)
    yield from _twice("codes", "small", [(code.kind.value, code.big, code.small) for code in scene.codes])
    yield from _twice("competences", "small", [_named(one) for one in scene.competences])
    yield from _twice("plans", "code", [plan.code for plan in scene.plans])
    for i, plan in enumerate(scene.plans):
        if plan.template not in templates:
            yield (
                ("plans", i, "template"),
                (
                    f"文件中没有表单 {plan.template}",
                    f"the file has no template {plan.template}",
                ),
            )


def _twice(part: str, field: str, keys: Sequence[Hashable]) -> Iterator[tuple[Place, Why]]:
    first: dict[Hashable, int] = {}
    for i, key in enumerate(keys):
        before = first.setdefault(key, i)
        if before != i:
            yield (part, i, field), (f"与 {part}.{before} 重复", f"{part}.{before} says the same")


def _named(one: SceneCompetence) -> tuple[str | None, ...]:
    return one.kind.value, one.big, one.small, one.trade, one.team, one.area_path


def _line(lines: Mapping[Place, int], place: Place) -> int:
    """The line of a place, or of the nearest part around it that is written down."""
    while place and place not in lines:
        place = place[:-1]
    return lines.get(place, 1)


_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:,]|[^\s{}\[\]:,"]+|\n')


def _lines_of(text: str) -> tuple[dict[Place, int], list[tuple[Place, int]]]:
    """On which line each part of a JSON text begins, and the parts that are written a second time; the text was parsed
    before."""
    lines: dict[Place, int] = {}
    twice: list[tuple[Place, int]] = []
    stack: list[str | int] = []
    kinds: list[str] = []
    line, key_next = 1, False
    for part in _TOKEN.findall(text):
        if part == "\n":
            line += 1
        elif part in "{[":
            lines.setdefault(tuple(stack), line)
            kinds.append(part)
            stack.append("" if part == "{" else 0)
            key_next = part == "{"
        elif part in "}]":
            kinds.pop()
            stack.pop()
        elif part == ",":
            key_next = kinds[-1] == "{"
            last = stack[-1]
            stack[-1] = last + 1 if isinstance(last, int) else last
        elif part == ":":
            key_next = False
        elif key_next:
            stack[-1] = json.loads(part)
            if tuple(stack) in lines:
                twice.append((tuple(stack), line))
            lines[tuple(stack)] = line
        else:
            lines.setdefault(tuple(stack), line)
    return lines, twice
