"""A file is read in one sitting, a function fits a screen. Prevents rooms that nobody can keep in the head."""

import ast

from tests.walls.sources import PACKAGES, Source, at, ours, plant

FILE_LINES_MAX = 500
FUNCTION_LINES_MAX = 60  # the style asks for 40


def too_long_files(source: Source) -> list[str]:
    """The file, when it has grown past a sitting."""
    lines = len(source.text.splitlines())
    return [f"{source.path}: {lines} lines"] if lines > FILE_LINES_MAX else []


def too_long_functions(source: Source) -> list[str]:
    """Every function that has grown past a screen."""
    return [
        at(source, node, f"{node.name} has {lines} lines")
        for node in ast.walk(source.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := (node.end_lineno or node.lineno) - node.lineno + 1) > FUNCTION_LINES_MAX
    ]


def thought(*folders: str) -> list[Source]:
    """What somebody thought out: what alembic generates is a list."""
    return [s for s in ours(*folders) if not s.path.startswith("backend/migrations/versions/")]


def test_no_file_is_longer_than_a_sitting() -> None:
    assert [fault for source in thought(*PACKAGES, "tests", "bench") for fault in too_long_files(source)] == []


def test_no_function_is_longer_than_a_screen() -> None:
    assert [fault for source in thought(*PACKAGES, "bench") for fault in too_long_functions(source)] == []


def test_a_long_file_and_a_long_function_are_caught() -> None:
    body = "\n".join("    x = 1" for _ in range(FUNCTION_LINES_MAX))
    fault = plant("sync/push.py", f"def take():\n{body}\n" + "\n" * FILE_LINES_MAX)
    assert too_long_functions(fault) == ["sync/push.py:1: take has 61 lines"]
    assert too_long_files(fault) == ["sync/push.py: 561 lines"]
    assert too_long_functions(plant("sync/push.py", f"def take():\n{body[:-10]}\n")) == []
