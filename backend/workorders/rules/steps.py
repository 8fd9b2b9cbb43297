"""The steps of a routine work order, who may take them, and what a late act comes to. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from backend.kernel.errors import Clash
from backend.workorders.rules.refusals import ClaimedByOther, DoneByOther, OrderWithdrawn, StepOutOfOrder
from mobile_contract.workorders import Act, Effect, Step
from sync.kinds import Verdict

S = Step


@dataclass(frozen=True, slots=True)
class Move:
    """A line of the step table: `act` takes an order from one of `before` to `after`."""

    act: Act
    before: frozenset[Step]
    after: Step | None
    """None: the step stays."""
    permission: str
    offline: bool


_WORK, _DESK, _INSPECT = "workorders.work", "workorders.dispatch", "workorders.inspect"
_OPEN = (S.planned, S.released, S.started, S.paused, S.rework)
MOVES: Mapping[Act, Move] = {
    move.act: move
    for move in (
        Move(Act.release, frozenset({S.planned}), S.released, _DESK, offline=False),
        Move(Act.reassign, frozenset(_OPEN), None, _DESK, offline=False),
        Move(Act.claim, frozenset({S.released, S.rework}), None, _WORK, offline=True),
        Move(Act.start, frozenset({S.released, S.rework}), S.started, _WORK, offline=True),
        Move(Act.pause, frozenset({S.started}), S.paused, _WORK, offline=True),
        Move(Act.resume, frozenset({S.paused}), S.started, _WORK, offline=True),
        Move(Act.finish, frozenset({S.started, S.paused, S.rework}), S.done, _WORK, offline=True),
        Move(Act.inspected_ok, frozenset({S.done}), None, _INSPECT, offline=False),
        Move(Act.inspected_bad, frozenset({S.done}), S.rework, _INSPECT, offline=False),
        Move(Act.cancel, frozenset(_OPEN), S.cancelled, _DESK, offline=False),
        Move(Act.excuse, frozenset({S.planned, S.released}), S.excused, _DESK, offline=False),
        Move(Act.miss, frozenset({S.released}), S.missed, "", offline=False),
        Move(
            Act.close,
            frozenset({S.done, S.missed, S.excused, S.started, S.paused, S.rework}),
            S.closed,
            _DESK,
            offline=False,
        ),
    )
}
OPEN = frozenset(_OPEN)
AT_WORK = OPEN - {S.planned}
"""Given out and not ended."""
ENDED = frozenset({S.closed, S.cancelled, S.missed, S.excused})


def next_step(step: Step, act: Act) -> Step:
    """The step that `act` leads to; refuses with workorders.step_out_of_order."""
    move = MOVES[act]
    if step not in move.before:
        raise StepOutOfOrder(step=step.value, act=act.value)
    return move.after or step


# -- acts that come late -------------------------------------------------------------------------------------------

V = Verdict
LATE: Mapping[Act, Mapping[Step, Verdict]] = {
    Act.claim: {S.started: V.noop, S.paused: V.noop, S.done: V.noop, **dict.fromkeys(ENDED, V.noop)},
    Act.start: {
        S.planned: V.conflict,
        S.paused: V.noop,
        S.done: V.noop,
        S.rework: V.compensate,
        S.closed: V.noop,
        S.missed: V.compensate,
        S.excused: V.compensate,
        S.cancelled: V.compensate,
    },
    Act.pause: {S.paused: V.noop, S.done: V.noop, S.rework: V.noop, **dict.fromkeys(ENDED, V.noop)},
    Act.resume: {S.started: V.noop, S.done: V.noop, S.rework: V.noop, **dict.fromkeys(ENDED, V.noop)},
    Act.finish: {
        S.paused: V.apply,
        S.rework: V.compensate,
        S.closed: V.compensate,
        S.missed: V.compensate,
        S.excused: V.compensate,
        S.cancelled: V.compensate,
    },
}
"""Server step x act of a phone that had not seen it. What is left out is decided by `rule`. A finish that comes from
before a failed inspection is evidence from before it: kept, and the order stays in rework."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How an order stands when a crew's act comes in."""

    step: Step
    assignee_id: str | None
    started_by: str | None
    done_by: str | None


@dataclass(frozen=True, slots=True)
class Ruling:
    """What an act comes to: the step that follows, and its effect on the record."""

    step: Step
    effect: Effect | None
    """None: the act says nothing new and leaves no trace."""
    refusal: type[Clash] | None = None
    """Told to the crew when the order stayed as it was and their work was kept."""


def rule(standing: Standing, act: Act, doer: str) -> Ruling:
    """What an act of the person `doer`, who saw the order, comes to as things stand.

    Refuses with workorders.step_out_of_order when the act makes no sense from here.
    """
    step = standing.step
    if act is Act.claim:
        return _claimed(standing, doer)
    if step in ENDED and act in (Act.start, Act.finish):
        return Ruling(step, Effect.kept, OrderWithdrawn)
    if act is Act.finish and step is S.done:
        return _said_again(standing, standing.done_by == doer)
    if act is Act.start and step in (S.started, S.paused):
        return _said_again(standing, standing.started_by == doer or standing.assignee_id is None)
    if _anothers(standing, doer):
        return _in_anothers_place(standing, act)
    return Ruling(next_step(step, act), Effect.applied)


def _claimed(standing: Standing, doer: str) -> Ruling:
    """Whoever comes first has it; a claim of one's own order says nothing new."""
    if standing.assignee_id == doer:
        return Ruling(standing.step, None)
    step = next_step(standing.step, Act.claim)
    return Ruling(step, Effect.applied if standing.assignee_id is None else Effect.kept, _taken(standing))


def _taken(standing: Standing) -> type[Clash] | None:
    return None if standing.assignee_id is None else ClaimedByOther


def _anothers(standing: Standing, doer: str) -> bool:
    return standing.assignee_id not in (None, doer) and standing.started_by != doer


def _said_again(standing: Standing, known: bool) -> Ruling:
    return Ruling(standing.step, None) if known else Ruling(standing.step, Effect.kept, DoneByOther)


def _in_anothers_place(standing: Standing, act: Act) -> Ruling:
    """The order was given to someone else: before they began, work that was done counts; after that, theirs stands."""
    if act is Act.finish and standing.step in (S.released, S.rework):
        return Ruling(S.done, Effect.took_over)
    if act is Act.start and standing.step in (S.released, S.rework):
        return Ruling(S.started, Effect.took_over)
    if act is Act.finish and standing.step in (S.started, S.paused):
        return Ruling(standing.step, Effect.kept, DoneByOther)
    raise StepOutOfOrder(step=standing.step.value, act=act.value)
