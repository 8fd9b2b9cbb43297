"""What is right for a routine work order: its steps, who may take them, and what a late act comes to. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from backend.kernel.errors import Clash, Invalid, Unknown
from backend.kernel.scopes import area_scopes
from mobile_contract.workorders import PHOTOS_PER_ORDER_MAX, Act, Effect, Evidence, Step
from sync.kinds import Verdict


class OrderUnknown(Unknown):
    code = "workorders.order_unknown"


class StepOutOfOrder(Clash):
    code = "workorders.step_out_of_order"


class OrderWithdrawn(Clash):
    code = "workorders.order_withdrawn"


class DoneByOther(Clash):
    code = "workorders.done_by_other"


class TeamUnknown(Invalid):
    code = "workorders.team_unknown"


class AssigneeNotInTeam(Invalid):
    code = "workorders.assignee_not_in_team"


class AreaUnknown(Invalid):
    code = "workorders.area_unknown"


class DueInThePast(Invalid):
    code = "workorders.due_in_the_past"


class ReasonNeeded(Clash):
    code = "workorders.reason_needed"


class PhotosTooMany(Invalid):
    code = "workorders.photos_too_many"


# -- steps ---------------------------------------------------------------------------------------------------------

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


_WORK, _DESK = "workorders.work", "workorders.dispatch"
MOVES: Mapping[Act, Move] = {
    move.act: move
    for move in (
        Move(Act.release, frozenset({S.planned}), S.released, _DESK, offline=False),
        Move(Act.reassign, frozenset({S.planned, S.released, S.started, S.paused}), None, _DESK, offline=False),
        Move(Act.start, frozenset({S.released}), S.started, _WORK, offline=True),
        Move(Act.pause, frozenset({S.started}), S.paused, _WORK, offline=True),
        Move(Act.resume, frozenset({S.paused}), S.started, _WORK, offline=True),
        Move(Act.finish, frozenset({S.started, S.paused}), S.done, _WORK, offline=True),
        Move(Act.cancel, frozenset({S.planned, S.released, S.started, S.paused}), S.cancelled, _DESK, offline=False),
        Move(Act.close, frozenset({S.done, S.missed, S.started, S.paused}), S.closed, _DESK, offline=False),
    )
}
OPEN = frozenset({S.planned, S.released, S.started, S.paused})
ENDED = frozenset({S.closed, S.cancelled, S.missed})


def next_step(step: Step, act: Act) -> Step:
    """The step that `act` leads to; refuses with workorders.step_out_of_order."""
    move = MOVES[act]
    if step not in move.before:
        raise StepOutOfOrder(step=step.value, act=act.value)
    return move.after or step


# -- acts that come late -------------------------------------------------------------------------------------------

V = Verdict
LATE: Mapping[Act, Mapping[Step, Verdict]] = {
    Act.start: {
        S.planned: V.conflict,
        S.paused: V.noop,
        S.done: V.noop,
        S.closed: V.noop,
        S.missed: V.compensate,
        S.cancelled: V.compensate,
    },
    Act.pause: {S.paused: V.noop, S.done: V.noop, S.closed: V.noop, S.missed: V.noop, S.cancelled: V.noop},
    Act.resume: {S.started: V.noop, S.done: V.noop, S.closed: V.noop, S.missed: V.noop, S.cancelled: V.noop},
    Act.finish: {
        S.paused: V.apply,
        S.closed: V.compensate,
        S.missed: V.compensate,
        S.cancelled: V.compensate,
    },
}
"""Server step x act of a phone that had not seen it. What is left out is decided by `rule`."""


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
    if step in ENDED and act in (Act.start, Act.finish):
        return Ruling(step, Effect.kept, OrderWithdrawn)
    if act is Act.finish and step is S.done:
        return _said_again(standing, standing.done_by == doer)
    if act is Act.start and step in (S.started, S.paused):
        return _said_again(standing, standing.started_by == doer or standing.assignee_id is None)
    if _anothers(standing, doer):
        return _in_anothers_place(standing, act)
    return Ruling(next_step(step, act), Effect.applied)


def _anothers(standing: Standing, doer: str) -> bool:
    return standing.assignee_id not in (None, doer) and standing.started_by != doer


def _said_again(standing: Standing, known: bool) -> Ruling:
    return Ruling(standing.step, None) if known else Ruling(standing.step, Effect.kept, DoneByOther)


def _in_anothers_place(standing: Standing, act: Act) -> Ruling:
    """The order was given to someone else: before they began, work that was done counts; after that, theirs stands."""
    if act is Act.finish and standing.step is S.released:
        return Ruling(S.done, Effect.took_over)
    if act is Act.start and standing.step is S.released:
        return Ruling(S.started, Effect.took_over)
    if act is Act.finish and standing.step in (S.started, S.paused):
        return Ruling(standing.step, Effect.kept, DoneByOther)
    raise StepOutOfOrder(step=standing.step.value, act=act.value)


# -- evidence ------------------------------------------------------------------------------------------------------


def evidence(photos_min: int, cited: Sequence[str], present: set[str], step: Step) -> Evidence:
    """Whether the photos that prove the work have arrived: each that was cited, and as many as the rule asks."""
    if step not in (Step.done, Step.closed):
        return Evidence.none
    arrived = sum(1 for sha256 in cited if sha256 in present)
    if arrived < len(cited) or arrived < photos_min:
        return Evidence.awaiting
    return Evidence.complete if photos_min or cited else Evidence.none


def with_photos(photos: Sequence[str], more: Sequence[str]) -> list[str]:
    """The photos of an order with more of them; each once, in the order they came."""
    joined = list(dict.fromkeys([*photos, *more]))
    if len(joined) > PHOTOS_PER_ORDER_MAX:
        raise PhotosTooMany(limit=PHOTOS_PER_ORDER_MAX)
    return joined


# -- sight ---------------------------------------------------------------------------------------------------------


def scopes(area_path: str, team_id: str, people: Sequence[str | None], step: Step) -> list[str]:
    """Who holds an order on a handset: the desks around it, and once it is released its team and its people."""
    desks = area_scopes(area_path)
    if step is S.planned:
        return desks
    return [*desks, f"team:{team_id}", *(f"user:{person}" for person in people if person)]


# -- codes ---------------------------------------------------------------------------------------------------------


def series(area_path: str, on: date) -> str:
    """The series an order's code is counted in: two letters of the street, and the day in the district's zone."""
    parts = area_path.strip("/").split("/")
    street = parts[1] if len(parts) > 1 else parts[0]
    head, _, tail = street.partition("-")
    letters = head[:1] + tail[:1] if tail else head[:2]
    return f"{letters.upper()}-{on:%Y%m%d}"


def code(in_series: str, number: int) -> str:
    """`SZ-20261121-0007`."""
    return f"{in_series}-{number:04d}"
