"""Scene files: every fault by its line and field, and nothing that breaks the reader."""

import json
from pathlib import Path

import pytest

from backend.scenes.actions import shipped_files
from backend.scenes.rules import check_scene
from mobile_contract.texts.faults import UNLIKE


@pytest.mark.parametrize("file", shipped_files(), ids=lambda file: file.stem)
def test_a_scene_that_comes_with_the_house_is_whole(file: Path) -> None:
    scene, faults = check_scene(file.read_text(encoding="utf-8"))
    assert faults == []
    assert scene is not None
    assert scene.codes
    assert scene.templates
    assert scene.plans
    assert scene.competences
    assert all(code.limits for code in scene.codes)


def text_of(name: str) -> str:
    return next(file for file in shipped_files() if file.stem == name).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("was", "now", "field"),
    [
        ('"kind": "reading", "low": 1', '"kind": "weight", "low": 1', "templates.0.items.3.kind"),
        ('"low": 0, "high": 50', '"low": 60, "high": 50', "templates.1.items.0"),
        ('"inspection_percent": 10', '"inspection_percent": 110', "templates.2.inspection_percent"),
        ('"signature": true', '"signature": "true"', "templates.2.evidence_rule.signature"),
        ('"key": "dose"', '"key": "dose", "colour": "red"', "templates.2.items.2.colour"),
        ('"item": "dry"', '"item": "wet"', "templates.1"),
        ('"rule": "FREQ=MONTHLY', '"rules": "FREQ=MONTHLY', "plans.2.rules"),
        ('"kind": "component"', '"kind": "thing"', "codes.2.kind"),
        ('"big": "01", "small": "06"}', '"big": "1", "small": "06"}', "competences.0.big"),
        ('"name": "园林绿化",', '"name": "园林绿化", "name": "绿化",', "name"),
    ],
)
def test_a_fault_is_named_by_line_and_field(was: str, now: str, field: str) -> None:
    text = text_of("greening")
    line = text[: text.index(was)].count("\n") + 1
    scene, faults = check_scene(text.replace(was, now, 1))
    assert scene is None
    assert field in [fault.field for fault in faults]
    assert faults[0].line == line or field in ("templates.1", "plans.2.rules")
    assert all(fault.why.zh != UNLIKE and fault.why.en for fault in faults)


@pytest.mark.parametrize("bad", ["", "[]", "{", '{"scene": "a", "scene": "b"}', "[" * 5_000, "null", '{"scene": NaN}'])
def test_what_is_no_scene_is_told_and_never_a_fault_of_ours(bad: str) -> None:
    scene, faults = check_scene(bad)
    assert scene is None
    assert faults
    json.dumps([fault.why.zh for fault in faults])
