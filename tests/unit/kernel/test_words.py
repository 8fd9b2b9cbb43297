"""What a person reads when something is refused: words of their language, and no names of a program."""

import ast
from enum import StrEnum
from itertools import product
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, Field, StringConstraints

from backend.attendance.rules.datums import Suspicion
from backend.kernel.geo import GeoFault
from backend.kernel.shapes import reader
from backend.people.rules import EndedWhy
from mobile_contract.base import Id, Text
from mobile_contract.delivery_check import DeliveryFault
from mobile_contract.gas import Block, ScanStep, Why
from mobile_contract.home_check import FaultKind
from mobile_contract.offline_verdict import PackFault
from mobile_contract.problems import say
from mobile_contract.texts.faults import FAULTS, UNLIKE, in_chinese, of_column
from mobile_contract.texts.lights import WHYS
from mobile_contract.workorders import Act, Step
from qr.payload import PayloadFault
from qr.signing import SealFault
from sync.kinds import ParamsInvalid
from tests.walls.sources import ROOT


def test_every_sentence_of_a_shape_has_its_chinese() -> None:
    for file in sorted((ROOT / "mobile_contract").glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "ValueError":
                said = node.args[0]
                parts = said.values if isinstance(said, ast.JoinedStr) else [said]
                sentence = "".join(part.value if isinstance(part, ast.Constant) else "x" for part in parts)
                assert in_chinese("value_error", sentence, {}) != UNLIKE, (file.name, sentence)


@pytest.mark.parametrize("faults", [PayloadFault, GeoFault, DeliveryFault, FaultKind, Suspicion, EndedWhy])
def test_every_fault_has_words(faults: type[StrEnum]) -> None:
    assert [fault for fault in faults if fault not in FAULTS] == []


def test_an_order_out_of_step_is_told_in_words() -> None:
    for step, act in product(Step, Act):
        said = say("workorders.step_out_of_order", {"step": step.value, "act": act.value}, "zh")
        assert not any(letter.isascii() and letter.isalpha() for letter in said), said


def test_what_is_missing_of_a_visit_and_a_delivery_is_listed_in_words() -> None:
    items = {"items": ["P-02: no_photo", "B-01: unanswered"]}
    assert say("gas.answers_faulty", items, "zh") == "安检不能提交，请逐项补全：P-02: 隐患缺照片、B-01: 未答。"
    assert say("gas.answers_faulty", items, "en").endswith("P-02: the hazard has no photo, B-01: not answered.")
    assert "扫满瓶、安检" in say("gas.delivery_incomplete", {"missing": ["no_full", "no_check"]}, "zh")


class Said(BaseModel):
    reason: Annotated[Text, StringConstraints(min_length=1)] = "下雨"
    team_id: Id = "0199b3a0-0000-7000-8000-000000000001"
    step: Literal[ScanStep.load, ScanStep.deliver]
    crew_note: str = Field(max_length=3)
    on: int


def test_params_that_do_not_fit_are_told_in_the_words_of_the_crew() -> None:
    with pytest.raises(ParamsInvalid) as refused:
        reader(Said)({"step": "fly", "crew_note": "太长太长", "on": "soon"})
    told = [say(refused.value.code, dict(refused.value.params), language) for language in ("zh", "en")]
    assert told[0] == "内容有误：step：应为 'load'、'deliver' 之一；班组备注：最多 3 个字；on：应为整数。"
    assert "step: Input should be 'load' or 'deliver'; crew_note: String should have at most 3" in told[1]


def test_what_is_empty_or_written_otherwise_is_told_as_such() -> None:
    with pytest.raises(ParamsInvalid) as refused:
        reader(Said)({"reason": "", "team_id": "x", "step": "load", "crew_note": "", "on": 1})
    assert refused.value.params["where_zh"] == "原因：不能为空；team_id：应为编号（UUID）"


def test_a_column_is_named_as_people_head_it() -> None:
    columns = {"code": ("code", "用户编号", "户号")}
    assert say("gas.column_missing", of_column(columns, "code"), "zh") == "表头缺少“用户编号”列。"
    assert say("gas.column_missing", of_column(columns, "code"), "en") == "The heading has no column code."


def test_every_reason_of_a_light_has_words() -> None:
    assert {*Why, *Block, *PackFault, *SealFault} == WHYS.keys()
