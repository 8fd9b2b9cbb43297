"""Files that commands write: there whole or not at all, with a bar while they grow."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, NoReturn

from backend.cli.talk import Exit, progress, refuse, say

if TYPE_CHECKING:
    from pydantic import ValidationError

FAULTS_TOLD_MAX = 10
LINES_MAX = 1_048_575
"""As many lines as an Excel sheet has, but for the first."""
Tick = Callable[[int], object]
"""Told of so many lines more."""


@contextlib.contextmanager
def whole(file: Path) -> Iterator[IO[bytes]]:
    """What is written here becomes the file when the block ends well; otherwise nothing of it stays."""
    half = file.with_name(f"{file.name}.part")
    try:
        with half.open("wb") as target:
            yield target
        half.replace(file)
    finally:
        half.unlink(missing_ok=True)


@contextlib.contextmanager
def exporting(lines: int | None) -> Iterator[Tick]:
    """A bar for so many lines."""
    with progress() as bar:
        task = bar.add_task(say("导出", "exporting"), total=lines)
        yield lambda more: bar.advance(task, more)


def form_of(file: Path, forms: set[str]) -> str:
    """The form that the file's name asks for; ends with the reason when there is none such."""
    suffix = file.suffix.lower().lstrip(".")
    if suffix not in forms:
        refuse("request.invalid", say("文件名须以 .xlsx 或 .csv 结尾。", "A file ends in .xlsx or .csv."), Exit.usage)
    return suffix


def not_possible(fault: "ValidationError") -> NoReturn:
    """Ends with the options that cannot be, and why."""
    from mobile_contract.texts.faults import where

    told = where(fault.errors(), ".", FAULTS_TOLD_MAX)
    refuse("request.invalid", say(f"选项无效：{told['where_zh']}", f"Not possible: {told['where']}"), Exit.usage)
