"""Docs that can be wrong are tested. Prevents a first day spent with a command or a folder that is not there."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.walls.sources import ROOT

READMES = ("README.md", "README.zh-CN.md")
UNTOLD = {"__pycache__", "node_modules", "out", "dist", "build"}
"""Folders that a run leaves behind."""


def tree_faults(readme: str, root: Path) -> list[str]:
    """Where the trees of a README (fenced, after `<!-- tree -->`) and the folders differ.

    What a tree names must be there; a folder whose inside is told must be told whole, down to its folders.
    """
    told = [
        entry
        for block in re.findall(r"<!-- tree -->\s*```\w*\n(.*?)```", readme, re.DOTALL)
        for entry in _entries(block)
    ]
    if not told:
        return []
    missing = [f"told but not there: {entry}" for entry in told if not (root / entry).exists()]
    opened = {Path(entry).parent.as_posix() for entry in told}
    untold = [
        f"there but not told: {folder}"
        for parent in sorted(opened)
        for folder in _folders(root, parent)
        if folder not in {entry.rstrip("/") for entry in told}
    ]
    return missing + untold


def _entries(block: str) -> list[str]:
    """`folder/` lines and the indented lines under them, as paths; words after two spaces are remarks."""
    found, above = [], dict[int, str]()
    for line in block.splitlines():
        indent = len(line) - len(line.lstrip())
        names = re.split(r"\s{2,}", line.strip())[0].split()
        parent = "".join(name for depth, name in sorted(above.items()) if depth < indent)
        above = {depth: name for depth, name in above.items() if depth < indent}
        if len(names) == 1 and names[0].endswith("/"):
            above[indent] = names[0]
        found += [parent + name for name in names]
    return found


def _folders(root: Path, parent: str) -> list[str]:
    """The folders of a folder that hold something of ours."""
    inside = (path for path in (root / parent).iterdir() if path.is_dir() and not path.name.startswith("."))
    return sorted(
        path.relative_to(root).as_posix()
        for path in inside
        if path.name not in UNTOLD and any(f.is_file() and not UNTOLD & set(f.parts) for f in path.rglob("*"))
    )


def unknown_targets(text: str, makefile: Path) -> list[str]:
    """Every `make …` that a text tells of and make does not know."""
    told = sorted(set(re.findall(r"(?:^|`)make ([a-z][a-z-]*)", text, re.MULTILINE)))
    return [name for name in told if not _make_knows(name, makefile)]


def _make_knows(target: str, makefile: Path) -> bool:
    command = ["make", "--no-print-directory", "--dry-run", "--file", str(makefile), target]
    return subprocess.run(command, cwd=makefile.parent, capture_output=True, check=False).returncode == 0


def unexplained_targets(makefile: str) -> list[str]:
    """Phony targets without a sentence behind `##`."""
    phony = set(" ".join(re.findall(r"^\.PHONY:(.*)$", makefile, re.MULTILINE)).split()) - {"FORCE"}
    explained = set(re.findall(r"^([a-z-]+):.*## \S.*\.$", makefile, re.MULTILINE))
    return sorted(phony - explained)


@pytest.mark.parametrize("name", [name for name in READMES if (ROOT / name).exists()])
def test_a_readme_tells_of_what_is_there(name: str) -> None:
    readme = (ROOT / name).read_text(encoding="utf-8")
    assert tree_faults(readme, ROOT) == []
    assert unknown_targets(readme, ROOT / "Makefile") == []


def test_the_two_commands_are_told_and_run_by_ci() -> None:
    readme, ci = (ROOT / "README.md").read_text(encoding="utf-8"), (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert {"make demo", "make test"} <= set(readme.splitlines())
    assert ci.splitlines()[-2:] == ["make check", "make test"]
    assert all(f"`{command}`" in readme or command in readme.splitlines() for command in ci.splitlines()[-2:])


def test_every_target_is_explained() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert unexplained_targets(makefile) == []
    said = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert all(f"make {name} " in said for name in ("help", "demo", "test", "check", "sim", "contract", "bench"))


TREE = """
<!-- tree -->
```
qr/          labels
  signing.py   seals
sync/        engine
  push.py pull.py    two
backend/
  gas/       cylinders
```
"""


def test_a_tree_that_lies_is_caught(tmp_path: Path) -> None:
    for file in ("qr/signing.py", "sync/push.py", "sync/pull.py", "backend/gas/rules.py"):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).touch()
    assert tree_faults(TREE, tmp_path) == []
    (tmp_path / "sync" / "pull.py").unlink()
    (tmp_path / "backend" / "waste").mkdir()
    (tmp_path / "backend" / "waste" / "rules.py").touch()
    assert tree_faults(TREE, tmp_path) == ["told but not there: sync/pull.py", "there but not told: backend/waste"]


def test_a_command_that_is_not_there_is_caught(tmp_path: Path) -> None:
    makefile = tmp_path / "Makefile"
    makefile.write_text(".PHONY: demo test\ndemo: ## Show it.\n\t@true\ntest:\n\t@true\n")
    assert unknown_targets("Type `make demo`, or\n\nmake all\n", makefile) == ["all"]
    assert unexplained_targets(makefile.read_text()) == ["test"]
