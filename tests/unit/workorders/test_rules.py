"""The step table of work orders, and what late acts come to."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.workorders.rules import (
    ENDED,
    LATE,
    MOVES,
    DoneByOther,
    OrderWithdrawn,
    PhotosTooMany,
    Proof,
    Standing,
    StepOutOfOrder,
    evidence,
    next_step,
    rule,
    scopes,
    series,
    with_photos,
)
from mobile_contract.workorders import Act, Effect, Evidence, Step
from mobile_contract.worktemplates import EvidenceRule
from sync.kinds import Verdict

FIELD_ACTS = [Act.start, Act.pause, Act.resume, Act.finish]


@pytest.mark.parametrize("step", list(Step))
@pytest.mark.parametrize("act", list(MOVES))
def test_an_act_goes_only_where_the_table_says(step: Step, act: Act) -> None:
    if step in MOVES[act].before:
        assert next_step(step, act) is (MOVES[act].after or step)
    else:
        with pytest.raises(StepOutOfOrder):
            next_step(step, act)


def standing(step: Step, assignee: str | None = "ann", started: str | None = None, done: str | None = None) -> Standing:
    return Standing(step, assignee, started, done)


def test_a_crew_works_its_order_to_the_end() -> None:
    step, started = Step.released, None
    for act in (Act.start, Act.pause, Act.resume, Act.finish):
        ruling = rule(standing(step, "ann", started), act, "ann")
        assert ruling.effect is Effect.applied
        step, started = ruling.step, "ann"
    assert step is Step.done


def test_a_mate_may_finish_what_the_team_began() -> None:
    assert rule(standing(Step.started, None, "ann"), Act.finish, "bob").step is Step.done


def test_work_done_before_the_new_assignee_began_counts() -> None:
    ruling = rule(standing(Step.released, "bob"), Act.finish, "ann")
    assert (ruling.step, ruling.effect) == (Step.done, Effect.took_over)


def test_once_the_new_assignee_began_their_state_stands() -> None:
    ruling = rule(standing(Step.started, "bob", "bob"), Act.finish, "ann")
    assert (ruling.step, ruling.effect, ruling.refusal) == (Step.started, Effect.kept, DoneByOther)


def test_finished_twice_by_one_is_nothing_new_by_two_is_kept() -> None:
    done = standing(Step.done, "ann", "ann", "ann")
    assert rule(done, Act.finish, "ann").effect is None
    assert rule(done, Act.finish, "bob").refusal is DoneByOther


@pytest.mark.parametrize("step", sorted(ENDED))
def test_work_on_what_has_ended_is_kept(step: Step) -> None:
    ruling = rule(standing(step), Act.finish, "ann")
    assert (ruling.step, ruling.refusal) == (step, OrderWithdrawn)


@given(
    st.sampled_from(list(Step)),
    st.sampled_from([None, "ann", "bob"]),
    st.sampled_from([None, "ann", "bob"]),
    st.sampled_from([None, "ann", "bob"]),
    st.sampled_from(FIELD_ACTS),
)
def test_the_same_act_twice_is_as_once(
    step: Step, assignee: str | None, started: str | None, done: str | None, act: Act
) -> None:
    try:
        first = rule(standing(step, assignee, started, done), act, "ann")
    except StepOutOfOrder:
        return
    if first.effect not in (Effect.applied, Effect.took_over) or act in (Act.pause, Act.resume):
        return
    now = standing(first.step, "ann" if assignee else None, started or "ann", "ann" if act is Act.finish else done)
    again = rule(now, act, "ann")
    assert (again.step, again.effect) == (first.step, None) or started == "bob"


def test_every_late_act_on_what_has_ended_is_foreseen() -> None:
    for act in FIELD_ACTS:
        assert LATE[act].keys() >= ENDED
    assert all(LATE[Act.finish][step] is Verdict.compensate for step in ENDED)


@pytest.mark.parametrize(
    ("photos_min", "cited", "present", "step", "state"),
    [
        (0, [], set(), Step.done, Evidence.none),
        (1, [], set(), Step.done, Evidence.awaiting),
        (1, ["a"], set(), Step.done, Evidence.awaiting),
        (1, ["a"], {"a"}, Step.done, Evidence.complete),
        (1, ["a", "b"], {"a"}, Step.done, Evidence.awaiting),
        (0, ["a"], {"a"}, Step.done, Evidence.complete),
        (2, ["a"], {"a"}, Step.closed, Evidence.awaiting),
        (1, ["a"], {"a"}, Step.started, Evidence.none),
    ],
)
def test_evidence_is_complete_when_every_photo_has_come(
    photos_min: int, cited: list[str], present: set[str], step: Step, state: Evidence
) -> None:
    proof = Proof(cited=cited, present=frozenset(present))
    assert evidence(EvidenceRule(photos_min=photos_min), proof, step)[0] is state


def test_photos_are_kept_once_and_bounded() -> None:
    assert with_photos(["a", "b"], ["b", "c"]) == ["a", "b", "c"]
    with pytest.raises(PhotosTooMany):
        with_photos([], [str(i) for i in range(51)])


def test_codes_name_street_and_day() -> None:
    assert series("/440111/song-zhou/07/", date(2026, 11, 21)) == "SZ-20261121"
    assert series("/440111/songzhou/", date(2026, 11, 21)) == "SO-20261121"
    assert series("/440111/", date(2026, 11, 21)) == "44-20261121"


def test_a_planned_order_is_only_the_desks() -> None:
    assert scopes("/440111/songzhou/", "t", ["p"], Step.planned) == ["area:/440111/", "area:/440111/songzhou/"]
    assert {"team:t", "user:p"} <= set(scopes("/440111/songzhou/", "t", ["p", None], Step.released))
