"""Every journal store tells the marks of a scope alike, and the rows behind them."""

import pytest

from sync.digests import row_hash
from sync.journal import Journal, RowChange, Writer
from sync.repair import mark_of

NOBODY = Writer()


def row_id(number: int) -> str:
    return f"{number:08x}-0000-7000-8000-000000000000"


def put(journal: Journal, number: int, *scopes: str, t: str = "order", step: str = "new") -> None:
    body = {"id": row_id(number), "step": step}
    journal.record([RowChange(t, row_id(number), body, frozenset(scopes))], NOBODY)


@pytest.fixture
def lived(journal: Journal) -> Journal:
    """Versions in team:1 after some life: 2 (order 1, also in team:2), 5 (order 0), 6 (a line); order 2 moved away at
    7, order 3 was deleted at 9."""
    for number in range(3):
        put(journal, number, "team:1", *(["team:2"] if number == 1 else []))
    put(journal, 3, "team:1")
    put(journal, 0, "team:1", step="done")
    put(journal, 0, "team:1", t="order_line")
    put(journal, 2, "team:2")
    journal.record([RowChange("order", row_id(9), {"id": "9"}, frozenset())], NOBODY)
    journal.record([RowChange("order", row_id(3), None, frozenset())], NOBODY)
    return journal


def test_marks_are_the_first_bits_of_the_rows_hashes(lived: Journal) -> None:
    marks = lived.marks("team:1", 0, 1 << 62)
    assert [ver for ver, _ in marks] == [2, 5, 6]
    row = lived.row("order", row_id(0))
    assert row is not None
    assert marks[1] == (5, mark_of(row_hash("order", row.id, 5, row.body or b"")))
    assert lived.marks("team:1", 3, 6) == marks[1:2]
    assert lived.marks("team:3", 0, 1 << 62) == []


def test_a_tally_counts_the_live_rows_of_each_span(lived: Journal) -> None:
    assert lived.tally("team:1", 4, 100) == {0: 1, 1: 2}
    assert lived.tally("team:1", 4, 5) == {0: 1, 1: 1}
    assert lived.tally("team:2", 4, 100) == {0: 1, 1: 1}
    assert lived.tally("team:3", 4, 100) == {}


def test_rows_are_found_by_the_versions_they_stand_at(lived: Journal) -> None:
    found = lived.at_versions("team:1", ["team:1", "team:2"], [1, 2, 3, 6, 6, 99])
    assert [(e.t, e.id, e.ver, e.scopes) for e in found] == [
        ("order", row_id(1), 2, ("team:1", "team:2")),
        ("order_line", row_id(0), 6, ("team:1",)),
    ]
    assert lived.at_versions("team:1", ["team:1"], []) == []


def test_a_row_stands_as_its_reader_should_hold_it_or_is_gone(lived: Journal) -> None:
    keys = [("order", row_id(n)) for n in (9, 7, 3, 2, 1, 0, 0)]
    told = lived.standing(keys, ["team:1"])
    assert [(e.id, e.ver, e.why, e.scopes) for e in told] == [
        (row_id(0), 5, None, ("team:1",)),
        (row_id(1), 2, None, ("team:1",)),
        (row_id(2), 0, "scope", ()),
        (row_id(3), 0, "deleted", ()),
        (row_id(7), 0, "deleted", ()),
        (row_id(9), 0, "scope", ()),
    ]
    assert lived.standing([], ["team:1"]) == []
