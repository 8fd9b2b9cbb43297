"""Wall 10: what is published is what is generated. Prevents a phone author who reads one thing and meets another."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.walls.sources import PACKAGES, ROOT

PUBLISHED = Path("mobile_contract") / "published"
ELSEWHERE = {"PYTHONHASHSEED": "7", "TZ": "America/Lima", "LC_ALL": "C"}
"""Another process on another machine generates the same."""


def stale_publication(root: Path) -> str:
    """What `gridcrew publish --check` finds wrong in a tree; empty when all is fresh or nothing is published yet."""
    if not (root / PUBLISHED).exists():
        return ""
    command = [sys.executable, "-c", "from backend.cli import main; main()", "publish", "--check"]
    environment = os.environ | ELSEWHERE | {"PYTHONPATH": str(root)}
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr or "fails without a word"


def test_what_is_published_is_what_is_generated() -> None:
    assert stale_publication(ROOT) == ""


@pytest.mark.full
def test_a_published_file_that_was_touched_or_lost_is_caught(tmp_path: Path) -> None:
    """In a copy of the whole house: the first published file is changed, the last is lost."""
    published = sorted(p.relative_to(ROOT) for p in (ROOT / PUBLISHED).rglob("*") if p.is_file())
    if not published:
        return
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package)
    touched, lost = tmp_path / published[0], tmp_path / published[-1]
    touched.write_bytes(touched.read_bytes() + b" ")
    lost.unlink()
    found = stale_publication(tmp_path)
    assert touched.name in found
    assert lost.name in found
    assert published[1].name not in found
