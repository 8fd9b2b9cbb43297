"""The steps of a routine work order and who may take them. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from backend.workorders.rules.refusals import StepOutOfOrder
from mobile_contract.workorders import Act, Step

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
        Move(Act.merge, frozenset(_OPEN), S.merged, _DESK, offline=False),
        Move(Act.halt, frozenset(_OPEN), None, _DESK, offline=False),
        Move(Act.lift, frozenset(_OPEN), None, _DESK, offline=False),
        Move(Act.extend, frozenset(_OPEN), None, _DESK, offline=False),
        Move(Act.reopen, frozenset({S.missed, S.excused}), S.released, _DESK, offline=False),
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
TAKEN_OVER: Mapping[Act, Step] = {Act.start: S.started, Act.finish: S.done}
"""Where an act leads that was done before the others began, whatever they were to do."""
NOT_ASKED = frozenset({S.cancelled, S.merged, S.excused})
"""A part of joint work that nobody waits for."""
ENDED = frozenset({S.closed, S.cancelled, S.missed, S.excused, S.merged})


def next_step(step: Step, act: Act) -> Step:
    """The step that `act` leads to; refuses with workorders.step_out_of_order."""
    move = MOVES[act]
    if step not in move.before:
        raise StepOutOfOrder(step=step.value, act=act.value)
    return move.after or step
