"""sync/README.md says what the server does: its limits, its codes, its messages, field by field."""

import re

from backend.handsets.routes.sync import LIMITS
from mobile_contract.frames import FRAMES, REPAIR_FRAMES
from mobile_contract.problems import PROBLEMS
from sync import protocol
from sync.protocol import Result
from tests.walls.sources import ROOT

TEXT = (ROOT / "sync" / "README.md").read_text("utf-8")
CODE = re.compile(r"\b((?:sync|request|auth|server)\.[a-z_]+)\b")
MESSAGES = (
    protocol.Push,
    protocol.PushClock,
    protocol.Mutation,
    protocol.DeviceTime,
    protocol.RowRef,
    protocol.Op,
    protocol.PushAnswer,
    protocol.Outcome,
    protocol.Pull,
    protocol.Repair,
    *FRAMES,
    *REPAIR_FRAMES,
)
NAMES_OF_FILES = {"sync.json"}


def test_the_limits_in_the_text_are_the_servers() -> None:
    told: dict[str, int] = {}
    for names, value in re.findall(r"^\| ((?:`\w+`[^|]*?)+) \| ([\d,]+)[^|]*\|", TEXT, re.MULTILINE):
        told |= dict.fromkeys(re.findall(r"`(\w+)`", names), int(value.replace(",", "")))
    assert {name: told.get(name) for name in LIMITS} == LIMITS


def test_every_code_in_the_text_is_one_and_every_code_of_sync_is_in_the_text() -> None:
    named = set(CODE.findall(TEXT)) - NAMES_OF_FILES
    assert {code for code in named if code not in PROBLEMS} == set()
    ours = {code for code in PROBLEMS if code.startswith("sync.")}
    assert ours - named == set()


def test_every_field_of_every_message_is_in_the_text() -> None:
    words = set(re.findall(r"\w+", TEXT))
    fields = {(m.__name__, f.alias or name) for m in MESSAGES for name, f in m.model_fields.items()}
    assert {f"{message}.{name}" for message, name in fields if name not in words} == set()


def test_every_result_is_in_the_text() -> None:
    assert {result.value for result in Result if f"`{result.value}`" not in TEXT} == set()


def test_the_diagrams_name_only_results_and_states_that_there_are() -> None:
    assert TEXT.count("```mermaid") == 3
    for block in re.findall(r"```mermaid\n(.*?)```", TEXT, re.DOTALL):
        assert block.startswith("stateDiagram-v2")
        assert all("-->" in line for line in block.splitlines()[1:])
