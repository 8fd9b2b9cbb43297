"""How cases are numbered, who holds them, and how far a photo lies from where it should. Pure."""

import re
from collections.abc import Iterable, Sequence
from datetime import date

from backend.cases.rules.refusals import PhotosTooMany
from backend.kernel.scopes import area_scopes
from mobile_contract.cases import PHOTOS_PER_CASE_MAX

_NUMBER = re.compile(r"\{number[^{}]*\}")


def series(pattern: str, district: str, area_path: str, on: date) -> str:
    """The series a code is counted in: the pattern with all but its number filled in."""
    parts = area_path.strip("/").split("/")
    street = parts[1] if len(parts) > 1 else parts[0]
    return _NUMBER.sub("{number}", pattern).format(district=district, street=street, day=f"{on:%Y%m%d}", number="")


def code(pattern: str, district: str, area_path: str, on: date, number: int) -> str:
    """`440111-20260901-00007`, or as the district's pattern has it."""
    parts = area_path.strip("/").split("/")
    street = parts[1] if len(parts) > 1 else parts[0]
    return pattern.format(district=district, street=street, day=f"{on:%Y%m%d}", number=number)


def street_of(area_path: str) -> str:
    """The first two steps of an area's path, by which lists are asked for."""
    return f"/{'/'.join(area_path.strip('/').split('/')[:2])}/"


def grid_of(area_path: str) -> str:
    """The first three steps of an area's path."""
    return f"/{'/'.join(area_path.strip('/').split('/')[:3])}/"


def scopes(area_path: str, teams: Iterable[str], people: Iterable[str | None]) -> list[str]:
    """Who holds a case on a handset: the desks around it, its units, and everyone who had a hand in it."""
    named = dict.fromkeys(f"user:{person}" for person in people if person)
    return [*area_scopes(area_path), *dict.fromkeys(f"team:{team}" for team in teams), *named]


def with_photos(photos: Sequence[str], more: Sequence[str]) -> list[str]:
    """The photos of a case with more of them; each once, in the order they came."""
    joined = list(dict.fromkeys([*photos, *more]))
    if len(joined) > PHOTOS_PER_CASE_MAX:
        raise PhotosTooMany(limit=PHOTOS_PER_CASE_MAX)
    return joined
