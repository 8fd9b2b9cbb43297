"""What every store shares: how a row is stamped, and how a scope is summed up."""

import random
from typing import Any

import orjson
from hypothesis import given
from hypothesis import strategies as st

from sync.digests import MODULUS, Digest, row_hash
from sync.journal import JournalRow, RowChange, Writer, newborn, restamp

values = st.none() | st.booleans() | st.integers(0, 3) | st.text("ab", max_size=2) | st.lists(st.integers(0, 2))
bodies = st.dictionaries(st.sampled_from("abcd"), values)
scopes = st.frozensets(st.sampled_from(["x", "y"]))
writers = st.builds(
    Writer,
    st.none() | st.just("d:1:u"),
    st.none() | st.integers(0, 99),
    st.just({"id": b"said"}),
    st.booleans(),
)


def row(body: dict[str, Any], held: frozenset[str] = frozenset("x"), writer: Writer | None = None) -> JournalRow:
    return newborn(RowChange("order", "id", body, held), 1, writer or Writer())


def dumped(value: Any) -> bytes:
    return orjson.dumps(value)


@given(body=bodies, held=scopes, writer=writers)
def test_an_unchanged_row_is_not_stamped(body: dict[str, Any], held: frozenset[str], writer: Writer) -> None:
    assert restamp(row(body, held), RowChange("order", "id", body, held), 9, writer) is None


@given(before=bodies, after=bodies, held=scopes, writer=writers)
def test_only_changed_fields_are_stamped(
    before: dict[str, Any], after: dict[str, Any], held: frozenset[str], writer: Writer
) -> None:
    old = row(before)
    new = restamp(old, RowChange("order", "id", after, held), 9, writer)
    if new is None:
        assert (dumped(before), held) == (dumped(after), old.scopes)
        return
    for name in {*before, *after}:
        same = name in before and name in after and dumped(before[name]) == dumped(after[name])
        assert new.field_version(name)[:2] == ((1, None) if same else (9, writer.queue))
    assert (new.ver, new.born, new.scopes) == (9, 1, held)
    assert orjson.loads(new.body or b"") == after


@given(body=bodies)
def test_a_row_that_only_moves_keeps_its_fields_versions(body: dict[str, Any]) -> None:
    new = restamp(row(body), RowChange("order", "id", body, frozenset("y")), 9, Writer("d:1:u", 5))
    assert new is not None
    assert (new.ver, new.fv) == (9, {})


def test_a_number_that_becomes_a_truth_is_a_change() -> None:
    new = restamp(row({"a": 1, "b": 0}), RowChange("order", "id", {"a": True, "b": 0.0}, frozenset("x")), 9, Writer())
    assert new is not None
    assert new.field_version("a")[0] == 9


@given(body=bodies, writer=writers)
def test_a_tombstone_is_laid_once(body: dict[str, Any], writer: Writer) -> None:
    gone = RowChange("order", "id", None, frozenset())
    tombstone = restamp(row(body), gone, 9, writer)
    assert tombstone is not None
    assert (tombstone.ver, tombstone.body, tombstone.scopes) == (9, None, frozenset())
    assert restamp(tombstone, gone, 10, writer) is None
    assert restamp(None, gone, 10, writer) is None


@given(ms=st.integers(0, 99), later=st.none() | st.integers(0, 99))
def test_who_saw_what_he_overwrites_is_stamped_after_it(ms: int, later: int | None) -> None:
    old = row({"a": 1}, writer=Writer("d:1:u", ms))
    change = RowChange("order", "id", {"a": 2}, frozenset("x"))
    seen = restamp(old, change, 9, Writer("e:1:u", later, in_sight=True))
    unseen = restamp(old, change, 9, Writer("e:1:u", later))
    assert seen is not None
    assert unseen is not None
    assert seen.field_version("a")[2] == max(later or 0, ms + 1)
    assert unseen.field_version("a")[2] == later


# -- digests ----------------------------------------------------------------------------------------------------------

hashes = st.lists(st.integers(0, MODULUS - 1), max_size=6)


@given(marks=hashes, seed=st.integers(0, 99))
def test_a_sum_does_not_depend_on_order(marks: list[int], seed: int) -> None:
    turned = random.Random(seed).sample(marks, len(marks))
    assert Digest().plus(marks) == Digest().plus(turned)


@given(start=st.integers(0, MODULUS - 1), marks=hashes)
def test_taking_away_undoes_adding(start: int, marks: list[int]) -> None:
    there = Digest(start).plus(marks)
    assert there.minus(marks) == Digest(start)
    assert Digest.from_bytes(there.to_bytes()) == there
    assert int(there.text(), 16) == there.value
    assert len(there.text()) == 64


@given(
    rows=st.lists(
        st.tuples(st.text("ab/", max_size=3), st.text("ab/", max_size=3), st.integers(0, 300), st.binary(max_size=3)),
        unique=True,
        max_size=8,
    )
)
def test_rows_that_differ_have_hashes_that_differ(rows: list[tuple[str, str, int, bytes]]) -> None:
    assert len({row_hash(*each) for each in rows}) == len(rows)
