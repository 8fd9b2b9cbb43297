"""How the command line speaks: Chinese or English, talk and progress on stderr, data on stdout, an exit code."""

import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import IntEnum
from typing import Any, NoReturn

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from backend.kernel.clock import DISTRICT_ZONE

LANGUAGES = ("zh", "en")
WIDTH_UNSEEN = 140
"""Columns of a table that goes to a file or a pipe."""


class Exit(IntEnum):
    """What the shell is told."""

    fine = 0
    found_wrong = 1
    """The command did its work and found something that is not right."""
    usage = 2
    off_line = 3
    refused = 4
    """The server, or a rule, said no."""
    interrupted = 130


def language_of(arguments: Sequence[str], environment: Mapping[str, str]) -> str:
    """`--lang` before all, then GRIDCREW_LANG, then an English locale; otherwise Chinese."""
    for place, word in enumerate(arguments):
        if word.startswith("--lang="):
            return _known(word.partition("=")[2])
        if word == "--lang" and place + 1 < len(arguments):
            return _known(arguments[place + 1])
    if told := environment.get("GRIDCREW_LANG"):
        return _known(told)
    locale = environment.get("LC_ALL") or environment.get("LC_MESSAGES") or environment.get("LANG") or ""
    return "en" if locale.lower().startswith("en") else "zh"


def _known(word: str) -> str:
    return "en" if word.lower().startswith("en") else "zh"


LANGUAGE = language_of(sys.argv[1:], os.environ)
"""Chosen once, before the commands are declared: their help is in one language."""


def say(zh: str, en: str) -> str:
    """The text in the language of this run."""
    return zh if LANGUAGE == "zh" else en


def local(instant: datetime | str | None) -> str:
    """An instant as the district's clocks show it, to the minute."""
    if not instant:
        return ""
    at = datetime.fromisoformat(instant) if isinstance(instant, str) else instant
    return f"{at.astimezone(DISTRICT_ZONE):%Y-%m-%d %H:%M}"


def out() -> Console:
    """Where data goes: stdout."""
    return Console(file=sys.stdout, highlight=False, emoji=False, width=None if sys.stdout.isatty() else WIDTH_UNSEEN)


def err() -> Console:
    """Where talk goes: stderr."""
    return Console(file=sys.stderr, highlight=False, emoji=False, soft_wrap=True)


def tell(zh: str, en: str) -> None:
    """A line for the person at the terminal."""
    err().print(say(zh, en))


def tell_refusal(code: str, text: str) -> None:
    """Says no: the code and the text."""
    err().print(f"[bold red]{escape(code)}[/]  {escape(text)}")


def refuse(code: str, text: str, exit_code: Exit = Exit.refused) -> NoReturn:
    """Says no, and ends."""
    tell_refusal(code, text)
    raise typer.Exit(int(exit_code))


def table(title: str, columns: Iterable[str], rows: Iterable[Sequence[Any]]) -> None:
    """A table of data."""
    drawn = Table(title=title, title_justify="left", box=None if not sys.stdout.isatty() else Table().box)
    for column in columns:
        drawn.add_column(column, overflow="fold")
    for row in rows:
        drawn.add_row(*("" if cell is None else escape(str(cell)) for cell in row))
    out().print(drawn)


def progress() -> Progress:
    """A bar on stderr; silent where nobody looks."""
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=err(),
        transient=True,
        disable=not sys.stderr.isatty(),
    )
