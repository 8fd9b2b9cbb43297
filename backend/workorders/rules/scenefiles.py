"""Scene files: JSON read with the line and the field of every fault named. Pure."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import ValidationError

from backend.workorders.rules.refusals import SceneFileInvalid
from mobile_contract.worktemplates import NewScene

SHIPPED = frozenset({"sanitation", "greening", "street_order"})
"""Scenes that come with the house; their files lie in `scenes`."""
FILE_CHARS_MAX = 1_000_000
FAULTS_TOLD_MAX = 20
Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class SceneFault:
    """What is wrong, on which line, and in which field: `templates.0.items.3.choices`."""

    line: int
    field: str
    why: str


def read_scene(text: str, file: str) -> NewScene:
    """The scene of a file. Refuses with workorders.scene_file_invalid, the first fault named."""
    scene, faults = check_scene(text)
    if scene is None:
        first = faults[0]
        raise SceneFileInvalid(file=file, line=first.line, field=first.field, why=first.why)
    return scene


def check_scene(text: str) -> tuple[NewScene | None, list[SceneFault]]:
    """The scene of a file, or its faults in the order of the lines."""
    if len(text) > FILE_CHARS_MAX:
        return None, [SceneFault(1, "", f"the file has more than {FILE_CHARS_MAX} characters")]
    try:
        raw = json.loads(text, object_pairs_hook=_once)
    except json.JSONDecodeError as fault:
        return None, [SceneFault(fault.lineno, "", f"no JSON: {fault.msg}, column {fault.colno}")]
    except (ValueError, RecursionError) as fault:
        return None, [SceneFault(1, "", str(fault) or "nested too deeply")]
    try:
        return NewScene.model_validate_json(json.dumps(raw)), []
    except ValidationError as fault:
        lines = lines_of(text)
        found = fault.errors(include_url=False, include_input=False, include_context=False)
        told = [SceneFault(_line(lines, e["loc"]), ".".join(map(str, e["loc"])), e["msg"]) for e in found]
        return None, sorted(told, key=lambda one: (one.line, one.field))[:FAULTS_TOLD_MAX]


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


def lines_of(text: str) -> dict[Place, int]:
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
