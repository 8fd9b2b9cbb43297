"""The table of pains in sync/README.md names tests that exist. Prevents a claim whose proof was renamed or removed."""

import ast
import re

from tests.walls.sources import ROOT

README = ROOT / "sync" / "README.md"
PAINS = 25
ROW = re.compile(r"^\| (\d+) \| (.+?) \| (.+?) \| (.+) \|$", re.MULTILINE)
NAMED = re.compile(r"`([\w/]+\.py)::(\w+)`")


def pains(text: str) -> dict[int, list[tuple[str, str]]]:
    """Number of a pain -> (file, test) of each that answers it."""
    _, _, table = text.partition("## The pains of others")
    return {int(number): NAMED.findall(tests) for number, _, _, tests in ROW.findall(table.partition("\n## ")[0])}


def missing(text: str) -> list[str]:
    """Pains without a test, and tests that are not there."""
    told = pains(text)
    faults = [f"pain {number} is answered by no test" for number in range(1, PAINS + 1) if not told.get(number)]
    for path, name in sorted({named for tests in told.values() for named in tests}):
        file = ROOT / path
        tree = ast.parse(file.read_text("utf-8")) if file.exists() else ast.Module([], [])
        if name not in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}:
            faults.append(f"{path}::{name}")
    return faults


def test_every_pain_is_answered_by_a_test_that_is_there() -> None:
    assert missing(README.read_text("utf-8")) == []


def test_a_test_that_is_not_there_is_caught() -> None:
    text = README.read_text("utf-8")
    assert missing(text.replace("::test_a_stuck_upload_never_stops_the_downloads", "::test_a_dream"))
    assert missing(re.sub(r"^\| 7 \|.*\n", "", text, flags=re.MULTILINE)) == ["pain 7 is answered by no test"]
