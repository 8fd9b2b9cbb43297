"""Our own code as syntax trees: what the walls look at, and how a test plants a fault in it."""

import ast
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("backend", "mobile_contract", "sync", "qr")


@dataclass(frozen=True)
class Source:
    """One Python file: its path from the root, with slashes, and its tree."""

    path: str
    text: str

    @property
    def tree(self) -> ast.Module:
        """The syntax tree."""
        return ast.parse(self.text)

    @property
    def feature(self) -> str | None:
        """The feature of the backend that the file belongs to."""
        parts = self.path.split("/")
        if parts[0] != "backend" or len(parts) < 3 or parts[1] in NO_FEATURES:
            return None
        return parts[1]

    @property
    def room(self) -> str:
        """The file inside its feature: `actions` for actions.py and for all below actions/."""
        return self.path.split("/")[2].removesuffix(".py")


NO_FEATURES = ("kernel", "migrations", "cli", "demo", "day", "drive")


def plant(path: str, text: str) -> Source:
    """A file that is not in the tree, to show that a wall would catch it."""
    return Source(path, textwrap.dedent(text))


def ours(*folders: str, root: Path = ROOT) -> list[Source]:
    """Every Python file of the named folders, of our four packages when none is named."""
    return list(_read(folders or PACKAGES, root))


def _read(folders: Sequence[str], root: Path) -> Iterator[Source]:
    for folder in folders:
        for path in sorted((root / folder).rglob("*.py")):
            yield Source(path.relative_to(root).as_posix(), path.read_text(encoding="utf-8"))


def at(source: Source, node: ast.AST, what: str) -> str:
    """A finding, so that an editor can jump to it."""
    return f"{source.path}:{getattr(node, 'lineno', 1)}: {what}"


def calls(source: Source) -> Iterator[ast.Call]:
    """Every call in the file."""
    return (node for node in ast.walk(source.tree) if isinstance(node, ast.Call))


def dotted(node: ast.AST) -> str:
    """`a.b.c` of such an expression; a call or an index in it becomes `()`."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return "()"
