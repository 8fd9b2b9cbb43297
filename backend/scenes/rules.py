"""Scene files: JSON read with the line and the field of every fault named. Pure."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping

from pydantic import ValidationError

from backend.kernel.errors import Clash, Invalid
from mobile_contract.scenes import FILE_BYTES_MAX, NewScene, SceneFault

FAULTS_TOLD_MAX = 20
Place = tuple[str | int, ...]


class FileInvalid(Invalid):
    code = "scenes.file_invalid"


class AreaUnfounded(Clash):
    code = "scenes.district_unknown"


def check_scene(text: str) -> tuple[NewScene | None, list[SceneFault]]:
    """The scene of a file, or its faults in the order of the lines."""
    if len(text) > FILE_BYTES_MAX:
        return None, [SceneFault(line=1, field="", why=f"the file has more than {FILE_BYTES_MAX} characters")]
    try:
        raw = json.loads(text, object_pairs_hook=_once)
    except json.JSONDecodeError as fault:
        return None, [SceneFault(line=fault.lineno, field="", why=f"no JSON: {fault.msg}, column {fault.colno}")]
    except (ValueError, RecursionError) as fault:
        return None, [SceneFault(line=1, field="", why=str(fault) or "nested too deeply")]
    try:
        scene = NewScene.model_validate_json(json.dumps(raw))
    except ValidationError as fault:
        found = fault.errors(include_url=False, include_input=False, include_context=False)
        return None, at_lines(text, [(e["loc"], e["msg"]) for e in found])
    faults = at_lines(text, _loose_ends(scene))
    return (None, faults) if faults else (scene, [])


def at_lines(text: str, faults: Iterable[tuple[Place, str]]) -> list[SceneFault]:
    """Faults of places as faults of lines, in their order."""
    lines = _lines_of(text)
    told = [SceneFault(line=_line(lines, p), field=".".join(map(str, p)), why=why) for p, why in faults]
    return sorted(told, key=lambda one: (one.line, one.field))[:FAULTS_TOLD_MAX]


def _loose_ends(scene: NewScene) -> Iterator[tuple[Place, str]]:
    """What is right by itself and does not fit together."""
    templates = [template.code for template in scene.templates]
    for i, template in enumerate(scene.templates):
        if template.scene != scene.scene:
            yield ("templates", i, "scene"), f"every template names the scene of its file, {scene.scene}"
        if template.code in templates[:i]:
            yield ("templates", i, "code"), f"a template {template.code} is there twice"
    numbers = [(code.kind, code.big, code.small) for code in scene.codes]
    for i, number in enumerate(numbers):
        if number in numbers[:i]:
            yield ("codes", i, "small"), f"the code {number[1]}{number[2]} is there twice"
    plans = [plan.code for plan in scene.plans]
    for i, plan in enumerate(scene.plans):
        if plan.code in plans[:i]:
            yield ("plans", i, "code"), f"a plan {plan.code} is there twice"
        if plan.template not in templates:
            yield ("plans", i, "template"), f"the file has no template {plan.template}"


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object whose keys are all different: a key written twice would hide what stands first."""
    kept = dict(pairs)
    if len(kept) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"{twice} is written twice in one object")
    return kept


def _line(lines: Mapping[Place, int], place: Place) -> int:
    """The line of a place, or of the nearest part around it that is written down."""
    while place and place not in lines:
        place = place[:-1]
    return lines.get(place, 1)


_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:,]|[^\s{}\[\]:,"]+|\n')


def _lines_of(text: str) -> dict[Place, int]:
    """On which line each part of a JSON text begins; the text was parsed before."""
    lines: dict[Place, int] = {}
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
            lines[tuple(stack)] = line
        else:
            lines.setdefault(tuple(stack), line)
    return lines
