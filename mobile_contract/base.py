"""Wire and Ask: the bases of every shape that a phone parses or sends."""

import re
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated, Generic, TypeVar

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, StringConstraints

from mobile_contract.docstrings import Told

PAGE_ITEMS_MAX = 200
PAGE_ITEMS_DEFAULT = 50
NAME_CHARS_MAX = 100
NOTE_CHARS_MAX = 2_000

T = TypeVar("T")


class Wire(Told):
    """What a phone reads: frozen; unknown keys are ignored on read, so an old phone survives a newer server."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Ask(Told):
    """What a phone or console sends over HTTP: an unknown field is refused, types are strict."""

    model_config = ConfigDict(extra="forbid", frozen=True)


_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def no_control(text: str) -> str:
    """Refuses what no store keeps and no terminal should obey."""
    if _CONTROL.search(text):
        raise ValueError("control characters are not allowed")
    return text


YEARS = range(1970, 2200)
_WRITTEN = re.compile(r"\d{4}-\d\d-\d\d[Tt ]")


def _written(instant: object) -> object:
    """A number is no instant: nobody can tell its unit."""
    if isinstance(instant, str) and not _WRITTEN.match(instant):
        raise ValueError("an instant is written as 2026-09-01T08:00:00+08:00")
    if not isinstance(instant, str | datetime):
        raise ValueError("an instant is a text, e.g. 2026-09-01T08:00:00+08:00")
    return instant


def _aware(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError("the instant needs a zone, e.g. 2026-09-01T08:00:00+08:00")
    if instant.year not in YEARS:
        raise ValueError(f"the year must lie within {YEARS.start} and {YEARS.stop - 1}")
    return instant.astimezone(UTC)


Id = Annotated[
    str,
    Field(
        pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
        examples=["0199b3a0-0000-7000-8000-000000000001"],
    ),
]
"""A UUID in lower case; ours are UUIDv7."""
Text = Annotated[str, StringConstraints(max_length=NOTE_CHARS_MAX), AfterValidator(no_control)]
Label = Annotated[
    str, StringConstraints(min_length=1, max_length=NAME_CHARS_MAX, strip_whitespace=True), AfterValidator(no_control)
]


def _day(given: object) -> object:
    """Only a day as people write it: a number would be taken for seconds since 1970."""
    if isinstance(given, str) and not _DAY.fullmatch(given):
        raise ValueError("a day is written 2026-09-01")
    if isinstance(given, int | float | datetime):
        raise ValueError("a day is a text, 2026-09-01")
    return given


_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


Code = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._:/-]+$")]
At = Annotated[datetime, BeforeValidator(_written, json_schema_input_type=datetime), AfterValidator(_aware)]
"""An instant with its zone (RFC 3339); answers are in UTC."""
Day = Annotated[date, BeforeValidator(_day, json_schema_input_type=date)]
"""A day of the calendar, `2026-09-01`."""
Longitude = Annotated[float, Field(ge=-180, le=180, strict=True, allow_inf_nan=False, examples=[113.2732])]
Latitude = Annotated[float, Field(ge=-90, le=90, strict=True, allow_inf_nan=False, examples=[23.1815])]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class SheetForm(StrEnum):
    """As what a list is written out."""

    csv = "csv"
    xlsx = "xlsx"


class Page(Wire, Generic[T]):
    """A page of a list. `next` is the cursor of the following page; null at the end."""

    items: list[T]
    next: str | None = None


class Position(Wire):
    """A place in WGS-84, longitude before latitude (RFC 7946)."""

    longitude: Longitude
    latitude: Latitude
    accuracy_m: Annotated[float, Field(ge=0, le=100_000, strict=True, allow_inf_nan=False)] | None = None
    """Radius of 68 % confidence, metres; null where the phone gave none."""
