"""Walls 1, 2, 4, 5, 6: the contracts of pyproject.toml hold, and each catches the fault it is there for."""

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.walls.sources import ROOT, Source, at, ours, plant

ROOMS = ("module", "routes", "kinds", "jobs", "actions", "queries", "tables", "rules", "events")
PURE = ("sync/policies", "sync/scopes", "sync/protocol", "sync/handset", "qr/payload", "qr/signing")
"""Rooms of the ground that house.md calls pure."""


def broken_contracts(root: Path) -> str:
    """What import-linter says of a tree: empty when every contract is kept."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()", "--no-cache"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    return "" if done.returncode == 0 else done.stdout + done.stderr


def unguarded_pure_rooms(root: Path, contracts: list[dict[str, object]]) -> list[str]:
    """Pure rooms that exist but are not named by the contract of wall 5."""
    named = {str(module) for c in contracts if "Wall 5" in str(c["name"]) for module in _list(c["source_modules"])}
    there = [room for room in PURE if (root / f"{room}.py").exists() or (root / room).is_dir()]
    return [room for room in there if room.replace("/", ".") not in named]


def _list(value: object) -> list[object]:
    assert isinstance(value, list)
    return value


def test_the_house_keeps_its_contracts() -> None:
    assert broken_contracts(ROOT) == ""


def test_every_pure_room_is_guarded() -> None:
    assert unguarded_pure_rooms(ROOT, _contracts()) == []


def test_an_unguarded_pure_room_is_caught(tmp_path: Path) -> None:
    (tmp_path / "qr").mkdir()
    (tmp_path / "qr" / "payload.py").touch()
    assert unguarded_pure_rooms(tmp_path, [{"name": "Wall 5", "source_modules": []}]) == ["qr/payload"]


@pytest.fixture(scope="module")
def stub(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A house of empty rooms, under the real contracts."""
    root = tmp_path_factory.mktemp("stub")
    (root / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text(encoding="utf-8"), encoding="utf-8")
    features = [f"backend/{feature}/{room}" for feature in ("people", "gas", "waste") for room in ROOMS]
    single = ["backend/kernel/clock", "backend/kernel/http", "backend/kernel/module", "backend/app", "backend/cli"]
    guarded = [
        str(m).replace(".", "/") for c in _contracts() for m in _list(c.get("source_modules", [])) if "*" not in str(m)
    ]
    for room in [*features, *single, *guarded, *PURE, "mobile_contract/gas"]:
        _write(root, room + ".py", "")
    return root


def test_an_empty_house_keeps_its_contracts(stub: Path) -> None:
    assert broken_contracts(stub) == ""


@pytest.mark.parametrize(
    ("room", "line", "wall"),
    [
        ("sync/protocol.py", "import qr.payload", "Wall 1"),
        ("qr/payload.py", "from mobile_contract import gas", "Wall 1"),
        ("mobile_contract/gas.py", "from backend.kernel import clock", "Wall 1"),
        ("backend/people/actions.py", "from backend.gas import queries", "Wall 2"),
        ("backend/gas/actions.py", "from backend.waste import queries", "Wall 2"),
        ("backend/kernel/clock.py", "from backend.people import queries", "Wall 2"),
        ("backend/payroll/actions.py", "", "Wall 2"),
        ("backend/gas/actions.py", "from backend.gas import routes", "Wall 4"),
        ("backend/gas/queries.py", "from backend.gas import actions", "Wall 4"),
        ("backend/gas/rules.py", "from backend.gas import tables", "Wall 4"),
        ("backend/gas/rules.py", "import sqlalchemy", "Wall 5"),
        ("qr/payload.py", "import httpx2", "Wall 5"),
        ("backend/gas/actions.py", "from fastapi import HTTPException", "Wall 6"),
        ("sync/push.py", "from starlette.requests import Request", "Wall 6"),
        ("backend/gas/actions.py", "from backend.kernel import http", "Wall 6"),
    ],
)
def test_a_planted_import_is_caught(stub: Path, room: str, line: str, wall: str) -> None:
    path = stub / room
    before = path.read_text() if path.exists() else None
    _write(stub, room, line)
    try:
        said = broken_contracts(stub)
        assert any(line.startswith(wall) and line.endswith("BROKEN") for line in said.splitlines()), said
    finally:
        if before is None:
            _remove(path)
        else:
            path.write_text(before)


def _contracts() -> list[dict[str, object]]:
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    found: list[dict[str, object]] = config["tool"]["importlinter"]["contracts"]
    return found


def _write(root: Path, room: str, text: str) -> None:
    path = root / room
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    for folder in path.relative_to(root).parents:
        if folder.parts:
            (root / folder / "__init__.py").touch()


def _remove(path: Path) -> None:
    path.unlink()
    if [p.name for p in path.parent.iterdir()] == ["__init__.py"]:
        (path.parent / "__init__.py").unlink()
        path.parent.rmdir()


HEAVY = {"alembic", "firebase_admin", "fontTools", "fpdf", "numpy", "xlsxwriter"}
"""Megabytes of every process that reads them, for what few requests ask: a function imports them, no module does."""


def read_at_start(source: Source) -> list[str]:
    """What a file reads of HEAVY as soon as it is itself read."""
    body = source.tree.body
    named: list[tuple[ast.stmt, str]] = [(n, a.name) for n in body if isinstance(n, ast.Import) for a in n.names]
    named += [(n, n.module or "") for n in body if isinstance(n, ast.ImportFrom)]
    return [at(source, node, name) for node, name in named if name.partition(".")[0] in HEAVY]


def test_a_server_starts_without_what_few_of_its_requests_need() -> None:
    sources = [s for s in ours("backend", "mobile_contract", "sync", "qr") if "migrations" not in s.path]
    assert [fault for source in sources for fault in read_at_start(source)] == []


def test_a_heavy_library_that_is_read_at_the_start_is_caught() -> None:
    assert read_at_start(plant("qr/sheets.py", "from fpdf import FPDF"))
