"""Wall 3: a feature shows three faces: actions, queries, events.

Prevents features that live in each other's drawers.
"""

import importlib
import sys
from pathlib import Path

import grimp
import pytest

from tests.walls.sources import NO_FEATURES, PACKAGES

FACES = {"actions", "queries", "events"}
MANIFEST = "module"
"""What the list of modules and the edges above it may see besides."""


def reached_past_faces(graph: grimp.ImportGraph) -> list[str]:
    """Every import of another feature's inside: `importer -> imported`."""
    return sorted(
        f"{importer} -> {imported}"
        for imported in graph.modules
        if _feature(imported, graph)
        for importer in graph.find_modules_that_directly_import(imported)
        if not _may(importer, imported, graph)
    )


def _may(importer: str, imported: str, graph: grimp.ImportGraph) -> bool:
    if not importer.startswith("backend.") or _feature(importer, graph) == _feature(imported, graph):
        return True  # what is below the backend is held back by wall 1
    face = imported.split(".")[2] if imported.count(".") >= 2 else ""
    return face in FACES or (face == MANIFEST and _feature(importer, graph) is None)


def _feature(module: str, graph: grimp.ImportGraph) -> str | None:
    parts = module.split(".")
    if parts[0] != "backend" or len(parts) < 2 or parts[1] in NO_FEATURES:
        return None
    return parts[1] if graph.find_children(f"backend.{parts[1]}") else None


def test_features_import_only_each_others_faces() -> None:
    graph = grimp.build_graph(*PACKAGES, cache_dir=None)
    assert "backend.kernel.clock" in graph.modules
    assert reached_past_faces(graph) == []


def test_a_face_has_every_name_that_it_says_it_shows() -> None:
    graph = grimp.build_graph(*PACKAGES, cache_dir=None)
    shown = [importlib.import_module(name) for name in sorted(graph.modules) if graph.find_children(name)]
    missing = [f"{m.__name__}.{name}" for m in shown for name in getattr(m, "__all__", ()) if not hasattr(m, name)]
    assert missing == []


@pytest.mark.parametrize(
    ("importer", "line", "caught"),
    [
        ("cases/actions.py", "from backend.people.tables import Person", True),
        ("cases/tables.py", "from backend.people import rules", True),
        ("cases/module.py", "from backend.people import module", True),
        ("app.py", "from backend.people.routes import router", True),
        ("cases/actions.py", "from backend.people import queries, actions, events", False),
        ("modules.py", "from backend.people import module", False),
        ("people/actions.py", "from backend.people import tables, rules", False),
    ],
)
def test_reaching_into_another_feature_is_caught(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, importer: str, line: str, caught: bool
) -> None:
    rooms = ("actions", "events", "module", "queries", "routes", "rules", "tables")
    files = [f"{feature}/{room}.py" for feature in ("people", "cases") for room in rooms]
    files += ["__init__.py", "people/__init__.py", "cases/__init__.py", "app.py", "modules.py", importer]
    for file in files:
        path = tmp_path / "house" / "backend" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(line if file == importer else "")
    graph = _graph_of(tmp_path / "house", monkeypatch)
    assert bool(reached_past_faces(graph)) is caught


def _graph_of(folder: Path, monkeypatch: pytest.MonkeyPatch) -> grimp.ImportGraph:
    monkeypatch.syspath_prepend(str(folder))
    for name in [m for m in sys.modules if m == "backend" or m.startswith("backend.")]:
        monkeypatch.delitem(sys.modules, name)
    return grimp.build_graph("backend", cache_dir=None)
