"""Proposals on a component that moved on: every field in one lot, nobody's later word overwritten unasked."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.components.rules import FIELDS, AllOvertaken, FieldNotProposed, changed_since, rebase, taken

VALUES = st.sampled_from(["a", "b", "c"])
SOME = st.dictionaries(st.sampled_from(FIELDS), VALUES, min_size=1)
WHOLE = st.fixed_dictionaries(dict.fromkeys(FIELDS, VALUES))


def approve(now: dict[str, Any], proposed: dict[str, Any], since: set[str]) -> dict[str, Any]:
    """The component after an approval that names no fields; as it was where the desk would be asked."""
    try:
        fields = taken(rebase(proposed, now, since), None)
    except AllOvertaken:
        return now
    return now | {field: proposed[field] for field in fields}


@given(SOME, WHOLE, st.sets(st.sampled_from(FIELDS)))
def test_every_proposed_field_lies_in_one_lot(proposed: Any, now: Any, since: Any) -> None:
    found = rebase(proposed, now, since)
    lots = [*found.applies, *found.overtaken, *found.same]
    assert sorted(lots) == sorted(proposed)
    assert set(found.overtaken) <= since
    assert not set(found.applies) & since


@given(SOME, WHOLE, st.sets(st.sampled_from(FIELDS)))
def test_what_changed_since_is_never_overwritten_unasked(proposed: Any, now: Any, since: Any) -> None:
    after = approve(now, proposed, since)
    assert all(after[field] == now[field] for field in since | (set(FIELDS) - set(proposed)))


@given(SOME, SOME, WHOLE)
def test_proposals_that_touch_different_fields_may_be_approved_in_any_order(one: Any, two: Any, now: Any) -> None:
    two = {field: value for field, value in two.items() if field not in one}

    def both(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
        middle = approve(now, first, set())
        return approve(middle, second, {field for field in FIELDS if middle[field] != now[field]})

    assert both(one, two) == both(two, one) == now | one | two


@given(SOME, WHOLE)
def test_on_the_version_it_is_based_on_a_proposal_is_taken_whole(proposed: Any, now: Any) -> None:
    assert approve(now, proposed, set()) == now | proposed


def test_the_desk_may_name_what_was_overtaken_but_nothing_else() -> None:
    now = {**dict.fromkeys(FIELDS, "a"), "state": "b"}
    found = rebase({"state": "c", "note": "a"}, now, {"state"})
    assert (found.overtaken, found.same) == (("state",), ("note",))
    assert taken(found, ["state", "note"]) == ("state",)
    for wanted in (["name"], []):
        with pytest.raises(FieldNotProposed):
            taken(found, wanted)
    with pytest.raises(AllOvertaken):
        taken(found, None)


def test_a_field_that_was_changed_and_put_back_was_changed() -> None:
    assert changed_since(1, [(1, FIELDS), (2, ["state"]), (3, ["state", "note"])]) == {"state", "note"}
    assert changed_since(3, [(2, ["state"]), (3, ["note"])]) == frozenset()
