"""Two holders of a scope find what differs, in bytes that go with the difference."""

import base64
import contextlib
import hashlib
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.repair import (
    ANSWER_BYTES_MAX,
    END,
    RANGES_MAX,
    ROUNDS_MAX,
    Found,
    Marks,
    Range,
    RangesInvalid,
    Sort,
    compare,
    opening,
    read,
    respond,
    write,
)

Pairs = dict[int, int]


def reconcile(mine: Pairs, theirs: Pairs) -> tuple[Found, int, int]:
    """What a handset finds against a server, the rounds and the bytes it took."""
    here, there, found, size = Marks(mine.items()), Marks(theirs.items()), Found(), 0
    said = opening(here)
    for rounds in range(1, ROUNDS_MAX + 1):
        asked = write(said)
        answer = write(respond(read(asked), there))
        assert len(answer) < 2 * ANSWER_BYTES_MAX
        size += len(asked) + len(answer)
        said = compare(read(answer), here, found)
        if not said:
            return found, rounds, size
    raise AssertionError("it never ended")


def scope(count: int, seed: int = 1) -> Pairs:
    chance = random.Random(seed)
    return {version: chance.getrandbits(64) for version in chance.sample(range(1, count * 20), count)}


marks = st.integers(0, 2**64 - 1).map(lambda row: int.from_bytes(hashlib.sha256(b"%d" % row).digest()[:8]))
"""A mark is the beginning of a hash: two that differ do so in the bytes that a list tells."""
scopes = st.dictionaries(st.integers(0, 2**53), marks, max_size=80)


@given(both=scopes, mine=scopes, theirs=scopes)
def test_every_difference_is_found_and_nothing_else(both: Pairs, mine: Pairs, theirs: Pairs) -> None:
    mine, theirs = both | mine, both | theirs
    found, _, _ = reconcile(mine, theirs)
    assert found.missing == {v for v in theirs if mine.get(v) != theirs[v]}
    assert found.surplus == {v for v in mine if mine[v] != theirs.get(v)}


@pytest.mark.parametrize(("here", "there"), [(0, 20_000), (20_000, 0), (30, 20_000), (20_000, 30), (0, 0)])
def test_a_holder_of_nothing_learns_of_everything(here: int, there: int) -> None:
    every = scope(20_000)
    mine, theirs = (dict(list(every.items())[:count]) for count in (here, there))
    found, rounds, _ = reconcile(mine, theirs)
    assert found.missing == theirs.keys() - mine.keys()
    assert found.surplus == mine.keys() - theirs.keys()
    assert rounds <= ROUNDS_MAX


def test_ten_lost_rows_of_a_hundred_thousand_are_found_in_a_few_kilobytes() -> None:
    theirs = scope(100_000)
    mine = dict(theirs)
    for version in random.Random(2).sample(sorted(theirs), 10):
        del mine[version]
    found, rounds, size = reconcile(mine, theirs)
    assert found.missing == theirs.keys() - mine.keys()
    assert rounds <= 3
    assert size < 7_000


def test_nothing_to_find_costs_one_exchange() -> None:
    every = scope(100_000)
    found, rounds, size = reconcile(every, every)
    assert (found, rounds) == (Found(), 1)
    assert size < 1_200


def test_ranges_read_as_they_were_written() -> None:
    said = [
        Range(0, 7, Sort.summed, b"12345678"),
        Range(7, 900, Sort.agreed),
        Range(900, 2**40, Sort.listed, pairs=((900, b"abcd"), (2**39, b"efgh"))),
        Range(2**40, END, Sort.asked),
    ]
    assert read(write(said)) == said
    assert read(write([Range(0, END, Sort.agreed)])) == []
    assert read("") == []


@pytest.mark.parametrize(
    "text", ["!", "AA", "AQE", "AQI_____", "AQk", "gICAgICAgICAgAE", "AAMAAw", "AQIBBWFiY2Q", "AQA" * (RANGES_MAX + 1)]
)
def test_what_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(RangesInvalid):
        read(text)


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    text = base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
    with contextlib.suppress(RangesInvalid):
        respond(read(text), Marks([(1, 1), (2, 2)]))


def test_a_handset_may_not_list() -> None:
    with pytest.raises(RangesInvalid):
        respond([Range(0, END, Sort.listed)], Marks([]))
