"""The laws of the merge policies, for any values."""

from dataclasses import dataclass
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.kinds import Policy
from sync.policies import FieldNotEditable, Merged, Side, ValueInvalid, merge
from sync.protocol import N_MAX
from sync.refusal import Refusal

texts = st.text("abc", max_size=2)
sets = st.lists(texts, max_size=4, unique=True).map(sorted)
entries = st.lists(texts | st.integers(0, 3) | st.dictionaries(texts, texts, max_size=2), max_size=3)
numbers = st.integers(-99, 99) | st.floats(-99, 99, allow_nan=False).filter(lambda x: x != int(x))
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)
REGISTERS = [Policy.lww, Policy.once, Policy.custody, Policy.ask]
SERVERS_OWN = [Policy.server, Policy.state]


def sides(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Side]:
    return st.builds(Side, values, st.none() | st.integers(0, 9), st.sampled_from(["a", "b"]))


@given(theirs=sides(texts), mine=sides(texts))
def test_what_nobody_changed_takes_the_phones_value(theirs: Side, mine: Side) -> None:
    for policy in (Policy.lww, Policy.custody, Policy.ask):
        assert merge(policy, theirs, mine, moved=False) == Merged(mine.value)


SAYS_NOTHING_NEW: dict[Policy, Any] = {Policy.counter: 0, Policy.set: {}, Policy.append: []}
"""Policies whose writes are changes: what changes nothing. For the others it is the value as it stands."""


@given(data=st.data(), policy=st.sampled_from([p for p in Policy if p not in SERVERS_OWN]), moved=st.booleans())
def test_a_write_that_says_nothing_new_changes_nothing_and_nobody_loses(
    data: st.DataObject, policy: Policy, moved: bool
) -> None:
    held = {Policy.counter: st.integers(-9, 9), Policy.set: sets, Policy.append: entries}.get(policy, texts)
    value = data.draw(held)
    if policy is Policy.append:
        value = merge(policy, Side([]), Side(value), moved=False).value  # as the server keeps it: in its one order
    mine = Side(SAYS_NOTHING_NEW.get(policy, value), 5, "b")
    assert merge(policy, Side(value, 3, "a"), mine, moved=moved, was=value) == Merged(value)


@given(data=st.data(), policy=st.sampled_from([p for p in Policy if p not in (*SERVERS_OWN, Policy.counter)]))
def test_a_write_that_comes_again_ends_where_it_ended(data: st.DataObject, policy: Policy) -> None:
    """But for a counter, which counts: there it is the mutation's number that makes twice the same as once."""
    drawn: dict[Policy, tuple[Any, Any]] = {
        Policy.set: (sets, st.fixed_dictionaries({"add": sets, "remove": sets})),
        Policy.append: (entries, entries),
    }
    have, wish = drawn.get(policy, (texts | st.none(), texts))
    theirs, mine = Side(data.draw(have), data.draw(st.integers(0, 9)), "a"), Side(data.draw(wish), 5, "b")
    once = merge(policy, theirs, mine, moved=True, was=theirs.value)
    stands = theirs if once.lost is mine else Side(once.value, mine.ms, mine.device)
    again = merge(policy, Side(once.value, stands.ms, stands.device), mine, moved=True, was=theirs.value)
    assert again.value == once.value


@given(theirs=sides(texts | st.none()), mine=sides(texts), moved=st.booleans())
def test_the_same_write_twice_is_the_same_as_once(theirs: Side, mine: Side, moved: bool) -> None:
    for policy in (*REGISTERS, Policy.max, Policy.min):
        once = merge(policy, theirs, mine, moved=moved).value
        again = merge(policy, Side(once, mine.ms, mine.device), mine, moved=moved).value
        stamped = once if once == mine.value else merge(policy, theirs, mine, moved=moved).value
        assert stamped == once
        if once == mine.value:
            assert again == once


@given(have=sets, add=sets, remove=sets, moved=st.booleans(), was=sets | st.none())
def test_a_set_changed_twice_alike_is_changed_once(
    have: list[str], add: list[str], remove: list[str], moved: bool, was: list[str] | None
) -> None:
    wanted = Side({"add": add, "remove": remove})
    once = merge(Policy.set, Side(have), wanted, moved=moved, was=was)
    assert merge(Policy.set, Side(once.value), wanted, moved=moved, was=was) == once
    assert set(add) <= set(once.value) <= set(have) | set(add)


@given(have=entries, more=entries)
def test_what_is_appended_stays_and_is_there_once(have: list[Any], more: list[Any]) -> None:
    once = merge(Policy.append, Side(have), Side(more), moved=True).value
    assert merge(Policy.append, Side(once), Side(more), moved=True).value == once
    assert all(entry in once for entry in (*have, *more))


@given(theirs=sides(texts), mine=sides(texts), was=texts)
def test_the_loser_is_kept_and_named(theirs: Side, mine: Side, was: str) -> None:
    for policy in REGISTERS:
        merged = merge(policy, theirs, mine, moved=True, was=was)
        stays = mine if merged.value == mine.value else theirs
        loser = theirs if stays is mine else mine
        assert merged.value in (theirs.value, mine.value)
        assert merged.lost is (loser if theirs.value != mine.value else None)
        assert merged.decide == (policy is not Policy.lww and merged.lost is not None)


@given(held=st.none() | texts, mine=texts, moved=st.booleans())
def test_the_first_value_of_a_once_field_stays(held: str | None, mine: str, moved: bool) -> None:
    merged = merge(Policy.once, Side(held), Side(mine), moved=moved)
    assert merged.value == (mine if held is None else held)


# -- order of arrival -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Register:
    """A field as the journal keeps it."""

    value: Any
    ms: int | None = None
    device: str = ""
    seq: int = 0

    def after(self, policy: Policy, mine: Side, was: Any) -> "Register":
        """One more write by a phone that saw the register at seq 0, as a push takes it."""
        moved = self.seq > 0
        value = merge(policy, Side(self.value, self.ms, self.device), mine, moved=moved, was=was).value
        if value == self.value:
            said_later = policy is Policy.lww and mine.stamp() > Side(None, self.ms, self.device).stamp()
            return Register(value, mine.ms, mine.device, self.seq) if said_later and value == mine.value else self
        ms = mine.ms if moved or self.ms is None else max(mine.ms or 0, self.ms + 1)
        return Register(value, ms, mine.device, self.seq + 1)


def ends(policy: Policy, start: Any, writes: list[Side]) -> list[Any]:
    """Where the register ends, for every order of arrival."""
    found = []
    for order in permutations(writes):
        register = Register(start, 0, "z")
        for mine in order:
            register = register.after(policy, mine, start)
        found.append(register.value)
    return found


@given(
    written=st.lists(
        st.tuples(texts, st.integers(1, 9), st.sampled_from("abc")), min_size=2, max_size=4, unique_by=lambda w: w[1:]
    )
)
def test_the_later_act_wins_in_any_order_of_arrival(written: list[tuple[str, int, str]]) -> None:
    """Also where two say the same: the words then stand as of the later."""
    writes = [Side(*write) for write in written]
    latest = max(writes, key=Side.stamp)
    assert set(ends(Policy.lww, "as it was", writes)) == {latest.value}


@given(start=st.none() | numbers, written=st.lists(numbers, min_size=2, max_size=4))
def test_extremes_are_the_same_in_any_order_of_arrival(start: Any, written: list[Any]) -> None:
    known = [*written, *([] if start is None else [start])]
    assert set(ends(Policy.max, start, [Side(value) for value in written])) == {max(known)}
    assert set(ends(Policy.min, start, [Side(value) for value in written])) == {min(known)}


@given(start=st.none() | st.integers(0, 9), written=st.lists(st.integers(-9, 9), min_size=2, max_size=4))
def test_deltas_add_up_in_any_order_of_arrival(start: int | None, written: list[int]) -> None:
    assert set(ends(Policy.counter, start, [Side(value) for value in written])) == {(start or 0) + sum(written)}


@given(start=entries, written=st.lists(entries, min_size=2, max_size=3))
def test_appended_entries_stand_in_one_order(start: list[Any], written: list[Any]) -> None:
    first, *others = ends(Policy.append, start, [Side(value) for value in written])
    assert all(other == first for other in others)


@given(data=st.data(), start=sets)
def test_adding_and_removing_what_was_seen_is_the_same_in_any_order(data: st.DataObject, start: list[str]) -> None:
    writes = []
    for _ in range(3):
        remove = data.draw(st.lists(st.sampled_from(start), unique=True) if start else st.just([]))
        add = [value for value in data.draw(sets) if value not in start]
        writes.append(Side({"add": add, "remove": remove}))
    first, *others = ends(Policy.set, start, writes)
    assert all(other == first for other in others)
    assert {value for write in writes for value in write.value["add"]} <= set(first)


# -- values of the wrong form -----------------------------------------------------------------------------------------


@given(policy=st.sampled_from(Policy), theirs=anything, mine=anything, moved=st.booleans(), was=anything)
def test_no_value_of_a_phone_is_more_than_refused(
    policy: Policy, theirs: Any, mine: Any, moved: bool, was: Any
) -> None:
    """Whatever a phone wrote once and was taken, it may write anything next, and nothing breaks."""
    try:
        held = merge(policy, Side(None), Side(theirs), moved=False).value
        merge(policy, Side(held), Side(mine), moved=moved, was=was)
    except Refusal:
        pass


@given(value=anything, moved=st.booleans())
def test_what_only_the_server_writes_no_phone_writes(value: Any, moved: bool) -> None:
    for policy in SERVERS_OWN:
        with pytest.raises(FieldNotEditable):
            merge(policy, Side(value), Side(value), moved=moved)


@pytest.mark.parametrize(
    ("policy", "theirs", "mine"),
    [
        (Policy.max, 3, True),
        (Policy.max, None, {"deep": 1}),
        (Policy.min, None, [1]),
        (Policy.max, None, False),
        (Policy.max, 3, "text"),
        (Policy.counter, 3, 1.5),
        (Policy.counter, 3, True),
        (Policy.counter, N_MAX, 1),
        (Policy.counter, -N_MAX, -1),
        (Policy.set, ["a"], ["b"]),
        (Policy.set, ["a"], {"add": ["b"], "drop": ["a"]}),
        (Policy.set, ["a"], {"add": [1]}),
        (Policy.append, ["a"], "b"),
    ],
)
def test_a_value_of_the_wrong_form_is_refused(policy: Policy, theirs: Any, mine: Any) -> None:
    with pytest.raises(ValueInvalid):
        merge(policy, Side(theirs), Side(mine), moved=False)


@pytest.mark.parametrize(("was", "left"), [(["a"], ["b"]), (["a", "b"], []), ([], ["a", "b"]), (None, ["a", "b"])])
def test_who_did_not_see_a_member_does_not_remove_it(was: list[str] | None, left: list[str]) -> None:
    wanted = Side({"remove": ["a", "b"]})
    assert merge(Policy.set, Side(["a", "b"]), wanted, moved=True, was=was).value == left
    assert merge(Policy.set, Side(["a", "b"]), wanted, moved=False, was=was).value == []
