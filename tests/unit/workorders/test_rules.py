"""The step table of work orders, and what late acts come to."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.workorders.rules import (
    ENDED,
    MOVES,
    TABLE,
    Line,
    PhotosTooMany,
    Proof,
    Row,
    Standing,
    StepOutOfOrder,
    ToldTo,
    efforts,
    evidence,
    late,
    next_step,
    scopes,
    series,
    verdicts,
    with_photos,
)
from mobile_contract.problems import PROBLEMS
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


AT = datetime(2026, 9, 1, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def standing(step: Step, assignee: str | None = "ann", started: str | None = None, *, halted: bool = False) -> Standing:
    return Standing(step, AT, assignee, "team", started, AT if halted else None)


def row(standing: Standing, act: Act, minutes: int = 5, doer: str = "ann") -> Row | None:
    return late(standing, act, AT + minutes * MINUTE, doer, frozenset({"team"}))


def code(*args: Any, **kwargs: Any) -> str | None:
    found = row(*args, **kwargs)
    return found.code.removeprefix("workorders.") if found else None


def test_a_crew_works_its_order_to_the_end_and_no_row_stands_in_its_way() -> None:
    steps = (
        (Step.released, Act.start),
        (Step.started, Act.pause),
        (Step.paused, Act.resume),
        (Step.started, Act.finish),
    )
    assert [row(standing(step, started="ann"), act) for step, act in steps] == [None] * 4


def test_a_mate_may_finish_what_the_team_began() -> None:
    assert row(standing(Step.started, None, "ann"), Act.finish, doer="bob") is None


def test_work_that_was_done_before_the_others_began_counts_and_after_that_theirs_stands() -> None:
    assert code(standing(Step.released, "bob"), Act.finish) == "taken_over"
    assert code(standing(Step.started, "bob", "ann"), Act.finish) == "taken_over"
    assert code(standing(Step.started, "bob", "bob"), Act.finish) == "other_at_work"


def test_what_is_done_before_a_withdrawal_is_for_a_person_to_decide_and_after_it_is_only_told() -> None:
    cancelled = standing(Step.cancelled)
    before, after = row(cancelled, Act.finish, -5), row(cancelled, Act.finish, 5)
    assert before is not None
    assert after is not None
    assert (before.told, after.told) == (ToldTo.decide, ToldTo.info)


@pytest.mark.parametrize("step", sorted({*ENDED, Step.done}))
@pytest.mark.parametrize("act", FIELD_ACTS)
@pytest.mark.parametrize("minutes", [-5, 5])
@pytest.mark.parametrize("doer", ["ann", "bob"])
def test_every_late_act_on_what_is_over_is_kept(step: Step, act: Act, minutes: int, doer: str) -> None:
    found = row(standing(step, started="ann"), act, minutes, doer)
    assert found is not None
    assert found.verdict is Verdict.compensate


@given(
    st.sampled_from(list(Step)),
    st.sampled_from([None, "ann", "bob"]),
    st.sampled_from([None, "ann", "bob"]),
    st.sampled_from([*FIELD_ACTS, Act.claim]),
    st.integers(-9, 9),
    st.booleans(),
)
def test_what_one_row_says_no_earlier_row_says_otherwise(
    step: Step, assignee: str | None, started: str | None, act: Act, minutes: int, halted: bool
) -> None:
    found = row(standing(step, assignee, started, halted=halted), act, minutes)
    if found is not None:
        assert step in found.steps
        assert (found.code == "") == (found.told is ToldTo.nobody)
        assert found.code in PROBLEMS or not found.code


def test_every_row_can_be_met() -> None:
    met = {
        row(standing(step, assignee, started, halted=halted), act, minutes)
        for step in Step
        for assignee in (None, "ann", "bob")
        for started in (None, "ann", "bob")
        for act in (*FIELD_ACTS, Act.claim)
        for minutes in (-5, 5)
        for halted in (False, True)
    }
    assert met >= set(TABLE)


def test_phones_are_told_beforehand_what_hangs_on_the_step_alone() -> None:
    said = verdicts(Act.finish)
    assert all(said[step] is Verdict.compensate for step in (*ENDED, Step.done))
    assert said[Step.rework] is Verdict.compensate
    assert not said.keys() & {Step.released, Step.started, Step.paused}


def test_hours_are_each_persons_own_and_a_finish_ends_the_work_of_all() -> None:
    def line(act: Act, who: str, minutes: int, effect: Effect = Effect.applied) -> Line:
        return Line(act, effect, who, AT + minutes * MINUTE)

    given_ = efforts(
        [
            line(Act.start, "ann", 0),
            line(Act.start, "bob", 10, Effect.joined),
            line(Act.pause, "bob", 20, Effect.joined),
            line(Act.resume, "bob", 30, Effect.joined),
            line(Act.finish, "ann", 60),
            line(Act.start, "eve", 70, Effect.kept),
            line(Act.finish, "eve", 75, Effect.kept),
            line(Act.start, "ann", 100),
        ]
    )
    assert [(one.person_id, one.worked_s // 60, one.kept) for one in given_] == [
        ("ann", 60, False),
        ("bob", 40, False),
        ("eve", 5, True),
    ]
    assert given_[0].since_at == AT + 100 * MINUTE


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
