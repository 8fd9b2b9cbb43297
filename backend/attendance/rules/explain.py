"""Why a day came to what it is: reasons with their numbers, and the words for them in two languages. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from backend.kernel.clock import DISTRICT_ZONE, EPOCH
from mobile_contract.days import Reason
from mobile_contract.reasons import REASONS, WORDS

SEPARATOR = ", "
"""Between several words in one param."""
NAMED = frozenset({"post"})
"""Params that people wrote: no word of ours."""


@dataclass(frozen=True, slots=True)
class Why:
    """A reason before it is worded. Params are texts or whole numbers; `_ms` instants were made local already."""

    code: str
    params: tuple[tuple[str, str | int], ...] = ()


def why(code: str, **params: str | int) -> Why:
    """A reason with its numbers."""
    assert code in REASONS, code
    return Why(code, tuple(params.items()))


def local(ms: int) -> str:
    """An instant as the crew reads it: `08:17`."""
    return (EPOCH + timedelta(milliseconds=ms)).replace(tzinfo=UTC).astimezone(DISTRICT_ZONE).strftime("%H:%M")


def worded(reason: Why) -> Reason:
    """The reason as it travels."""
    params = dict(reason.params)
    zh, en = REASONS[reason.code]
    return Reason(
        code=reason.code,
        params=params,
        zh=zh.format(**{key: _word(key, value, 0) for key, value in params.items()}),
        en=en.format(**{key: _word(key, value, 1) for key, value in params.items()}),
    )


def _word(key: str, value: str | int, language: int) -> str:
    """A param as it is read: words of ours in their language, and several of them one after the other."""
    if key in NAMED or not isinstance(value, str):
        return str(value)
    parts = value.split(SEPARATOR)
    return ("、", SEPARATOR)[language].join(WORDS[part][language] if part in WORDS else part for part in parts)


def local_time(at: datetime) -> str:
    """An instant as a desk reads it: `2026-09-08 08:17`."""
    return at.astimezone(DISTRICT_ZONE).strftime("%Y-%m-%d %H:%M")


def instant(ms: int) -> datetime:
    """An instant in UTC."""
    return EPOCH + timedelta(milliseconds=ms)
