"""Repair: what a server's ranges tell a phone of what it lacks, of what it alone holds, and of what is still open."""

import hashlib
from collections.abc import Sequence

from mobile_contract.vectors import Case
from sync.repair import END, Found, Marks, RangesInvalid, compare, opening, read, respond, write

Pair = tuple[int, int]


def _pairs(versions: Sequence[int]) -> list[Pair]:
    return [(v, int.from_bytes(hashlib.sha256(v.to_bytes(8, "big")).digest()[:8], "big")) for v in versions]


MANY = _pairs(range(901, 1_291, 3))
FEW = MANY[:5]
ROTTEN = [(version, mark ^ 1 << 63 if version == MANY[7][0] else mark) for version, mark in MANY]


def repairs() -> list[Case]:
    """Each a phone's pairs and one word of the server: equal, lacking, surplus, altered, and words that say nothing."""
    sides: tuple[tuple[str, list[Pair], list[Pair]], ...] = (
        ("nothing differs", MANY, MANY),
        ("a phone that holds nothing asks for all", [], FEW),
        ("three rows are lacking", FEW[:2], FEW),
        ("a row that the server does not hold", FEW, FEW[1:]),
        ("ten of many are lacking", MANY[:40] + MANY[50:], MANY),
        ("a row is not what it was", ROTTEN, MANY),
        ("the phone holds more than the server", MANY, MANY[:40]),
    )
    cases = [_case(about, mine, write(respond(opening(Marks(mine)), Marks(theirs)))) for about, mine, theirs in sides]
    broken = (("no base64url", "AA!"), ("cut short", "AAGv"), ("of no known sort", "AAk"), ("beyond the end", "AAAAAA"))
    return [*cases, *(_case(about, FEW, text) for about, text in broken)]


def _case(about: str, mine: list[Pair], told: str) -> Case:
    case: Case = {"about": about, "rows": [[version, f"{mark:016x}"] for version, mark in mine], "told": told}
    return case | {"gives": told_by(case)}


def told_by(case: Case) -> Case:
    """Versions to want, versions here to doubt, and ranges [from, below; null to the end] to go on with. `rows` are the
    phone's [version, mark]. See sync/README.md, "Repair"."""
    mine, found = Marks((version, int(mark, 16)) for version, mark in case["rows"]), Found()
    try:
        ranges = read(case["told"])
    except RangesInvalid:
        return {"invalid": True}
    compare(ranges, mine, found)
    unequal = (r for r in ranges if r.total and mine.total(r.lower, r.upper) != r.total)
    left = [[r.lower, r.upper if r.upper < END else None] for r in unequal]
    return {"missing": sorted(found.missing), "surplus": sorted(found.surplus), "open": left}
