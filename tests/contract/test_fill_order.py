"""A joined scope is filled by the kinds' order, newest first in each; what changes meanwhile is met again."""

import orjson

from sync.journal import Journal, RowChange, Writer
from sync.pull import answer
from tests.unit.sync.replica import ANN, NOW_S, SIGNER, Replica

ORDER = [["area"], ["order", "note"]]


def row_id(number: int) -> str:
    return f"{number:08x}-0000-7000-8000-000000000000"


def put(journal: Journal, t: str, number: int, *scopes: str, step: int = 0) -> None:
    journal.record([RowChange(t, row_id(number), {"step": step}, frozenset(scopes))], Writer())


def test_rows_within_a_span_of_versions_come_newest_first_with_who_holds_them(journal: Journal) -> None:
    for number in range(4):
        put(journal, "order", number, "team:1", *(["team:2"] if number == 2 else []))
    put(journal, "scan", 9, "team:1")
    scopes = ["team:1", "team:2"]

    def told(kinds: list[str], first: int, last: int, limit: int = 9) -> list[tuple[int, tuple[str, ...]]]:
        return [(e.ver, e.scopes) for e in journal.before(["team:1"], scopes, kinds, (first, last), limit)]

    one = ("team:1",)
    assert told(["order"], 1, 99) == [(4, one), (3, ("team:1", "team:2")), (2, one), (1, one)]
    assert told(["order"], 0, 2, 1) == [(2, one)]
    assert told(["order"], 3, 4) == [(4, one), (3, ("team:1", "team:2"))]
    assert told(["order", "scan"], 0, 99, 2) == [(5, one), (4, one)]
    assert told(["scan"], 0, 4) == []
    assert [e.ver for e in journal.before(scopes, scopes, ["order"], (0, 3), 2)] == [3, 2]


def test_the_kinds_of_scopes_and_their_spans_are_those_of_live_rows(journal: Journal) -> None:
    put(journal, "order", 1, "team:1")
    put(journal, "scan", 2, "team:2")
    put(journal, "note", 3, "team:3")
    put(journal, "area", 4, "team:1")
    journal.record([RowChange("area", row_id(4), None, frozenset())], Writer())
    put(journal, "order", 5, "team:2")
    assert journal.kinds_in(["team:1"], 99) == {"order": (1, 1)}
    assert journal.kinds_in(["team:1", "team:2"], 99) == {"order": (1, 6), "scan": (2, 2)}
    assert journal.kinds_in(["team:1", "team:2"], 2) == {"order": (1, 1)}
    assert journal.kinds_in(["team:9"], 99) == {}


def test_a_first_fill_brings_what_matters_first_and_misses_nothing(journal: Journal) -> None:
    journal.set_user_scopes(ANN, ["team:1"])
    for number, t in enumerate(["scan", "order", "area", "scan", "note", "area", "order"]):
        put(journal, t, number, "team:1")
    phone, met, turn = Replica(), [], 0
    while True:
        lines = answer(phone.ask(1), ANN, journal, SIGNER, NOW_S, order=ORDER)
        met += [(f["t"], f["ver"]) for f in map(orjson.loads, lines) if f["f"] == "row"]
        if phone.take(lines):
            break
        turn += 1
        if turn == 3:
            put(journal, "area", 2, "team:1", step=1)  # filled already: it comes again
            put(journal, "scan", 0, "team:1", step=1)  # not yet: it comes once, at the end
    kinds = [t for t, _ in met]
    assert kinds == ["area", "area", "order", "note", "order", "scan", "area", "scan"]
    assert [ver for _, ver in met] == [7, 4, 8, 6, 3, 5, 9, 10]
    fresh = Replica()
    while not fresh.take(answer(fresh.ask(100_000), ANN, journal, SIGNER, NOW_S)):
        pass
    assert phone.rows == fresh.rows
    assert phone.digests == fresh.digests
