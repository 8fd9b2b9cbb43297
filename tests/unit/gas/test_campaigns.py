"""How far a site is follows from a set of visits, in any order and however often each comes."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from backend.gas.rules.campaigns import Call, Trace, progress
from mobile_contract.campaigns import SiteState
from mobile_contract.homes import HazardState, VisitOutcome

START = datetime(2026, 9, 1, tzinfo=UTC)
calls = st.builds(
    Call,
    st.sampled_from("abcdef"),
    st.integers(0, 5).map(lambda hour: START + timedelta(hours=hour)),
    st.sampled_from(VisitOutcome),
    st.integers(0, 2),
)


@given(st.lists(calls, max_size=6, unique_by=lambda call: call.id), st.data())
def test_order_and_repetition_change_nothing(visits: list[Call], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations([*visits, *visits[:2]]))
    assert progress(shuffled, {}, 1) == progress(visits, {}, 1)


def test_a_hazard_that_was_carried_over_is_as_open_as_its_last() -> None:
    visit = Call("a", START, VisitOutcome.completed, 0)
    found = {
        "1": Trace("a", HazardState.carried_over, "2"),
        "2": Trace("later", HazardState.rectified, None),
    }
    assert (progress([visit], found, 0).state, progress([visit], found, 0).hazards_open) == (SiteState.checked, 1)
    mended = found | {"2": Trace("later", HazardState.verified, None)}
    assert progress([visit], mended, 0).state is SiteState.cleared


def test_a_hazard_found_twice_by_the_campaign_is_one() -> None:
    visits = [Call("a", START, VisitOutcome.completed, 0), Call("b", START, VisitOutcome.completed, 0)]
    found = {"1": Trace("a", HazardState.carried_over, "2"), "2": Trace("b", HazardState.open, None)}
    assert (progress(visits, found, 0).hazards_found, progress(visits, found, 0).hazards_open) == (1, 1)
