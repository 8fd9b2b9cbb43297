"""How the district does it: its own file, else what comes with the house."""

from functools import lru_cache
from pathlib import Path

from backend.cases.rules.practice import PRACTICE, Practice, read_practice
from backend.kernel.calendar import read_calendar
from backend.kernel.context import Ctx
from backend.kernel.worktime import Worktime


def practice(ctx: Ctx) -> Practice:
    """The district's ways."""
    return practice_of(ctx.settings.practice_file)


@lru_cache(maxsize=8)
def practice_of(file: Path | None) -> Practice:
    """The ways that a file names; of none, the neutral ones. Raises ValueError."""
    return PRACTICE if file is None else read_practice(file.read_text(encoding="utf-8"))


def worktime(ctx: Ctx) -> Worktime:
    """When the district works, and how it counts a working day."""
    ways = practice(ctx)
    return Worktime(read_calendar(ctx.settings.calendar_file), ways.sessions, ways.work_day_mode)
