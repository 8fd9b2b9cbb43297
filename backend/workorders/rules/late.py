"""The conflict table: what an act from a phone comes to when the order had moved on without it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from backend.kernel.lateness import Told, When
from mobile_contract.workorders import Act, Effect, Step
from sync.kinds import Verdict

S, A, V = Step, Act, Verdict


class Whose(StrEnum):
    """Whose the order is by now, seen from whoever acts."""

    any = "any"
    ours = "ours"
    """Theirs, or free in a team of theirs."""
    others = "others"
    """It was given to others, who have not begun."""
    others_at_it = "others_at_it"
    """It was given to others, who have begun."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table: in these steps, an act of this time comes to `verdict`, and is told by `code`."""

    steps: frozenset[Step]
    act: Act
    verdict: Verdict
    told: Told
    code: str = ""
    when: When = When.any
    whose: Whose = Whose.any
    halted: bool = False
    """Only where weather or an incident halts the order."""
    unseen: bool = False
    """Only where the phone had not heard of the step."""


def _on(*steps: Step) -> frozenset[Step]:
    return frozenset(steps)


_BEGUN = _on(S.started, S.paused)
_OPEN = _on(S.released, S.started, S.paused, S.rework)
_WITHDRAWN = _on(S.cancelled, S.merged, S.excused, S.missed)
_OVER = _WITHDRAWN | _on(S.closed)
# fmt: off
TABLE: tuple[Row, ...] = (
    Row(_on(S.cancelled), A.finish, V.compensate, Told.decide, "workorders.done_before_cancel", When.before),
    Row(_on(S.cancelled), A.finish, V.compensate, Told.info, "workorders.done_after_cancel", When.after),
    Row(_on(S.merged), A.finish, V.compensate, Told.decide, "workorders.merged_meanwhile"),
    Row(_on(S.closed), A.finish, V.compensate, Told.info, "workorders.done_after_closing"),
    Row(_on(S.missed), A.finish, V.compensate, Told.decide, "workorders.done_though_missed"),
    Row(_on(S.excused), A.finish, V.compensate, Told.info, "workorders.done_though_excused"),
    Row(_on(S.done), A.finish, V.compensate, Told.info, "workorders.done_meanwhile"),
    Row(_on(S.rework), A.finish, V.compensate, Told.info, "workorders.evidence_before_check", unseen=True),
    Row(_OPEN, A.finish, V.compensate, Told.decide, "workorders.other_at_work", whose=Whose.others_at_it),
    Row(_OPEN, A.finish, V.supersede, Told.info, "workorders.taken_over", whose=Whose.others),
    Row(_OPEN, A.finish, V.apply, Told.info, "workorders.finished_while_halted", halted=True),
    Row(_OVER, A.start, V.compensate, Told.info, "workorders.begun_in_vain"),
    Row(_on(S.done), A.start, V.compensate, Told.nobody),
    Row(_on(S.rework), A.start, V.compensate, Told.info, "workorders.evidence_before_check", unseen=True),
    Row(_OPEN, A.start, V.compensate, Told.info, "workorders.other_at_work_begun", whose=Whose.others_at_it),
    Row(_OPEN, A.start, V.supersede, Told.info, "workorders.taken_over_begun", whose=Whose.others),
    Row(_on(S.released, S.rework), A.start, V.apply, Told.info, "workorders.halted_meanwhile", When.after, halted=True),
    *(Row(_OVER | _on(S.done, S.rework), act, V.compensate, Told.nobody) for act in (A.pause, A.resume)),
    *(Row(_OPEN, act, V.compensate, Told.nobody, whose=whose)
      for act in (A.pause, A.resume) for whose in (Whose.others, Whose.others_at_it)),
    Row(_OVER | _on(S.done) | _BEGUN, A.claim, V.noop, Told.nobody, whose=Whose.ours),
    *(Row(_OPEN | _OVER | _on(S.done), A.claim, V.compensate, Told.info, "workorders.claimed_by_other", whose=whose)
      for whose in (Whose.others, Whose.others_at_it)),
)
# fmt: on
"""What no row says is decided by the table of moves. A pause or a resume that finds things otherwise is kept for the
hours of whoever said it, and nobody is bothered."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How an order stands when a crew's act comes in."""

    step: Step
    since_at: datetime
    """From when it is at this step."""
    assignee_id: str | None
    team_id: str
    started_by: str | None
    halted_at: datetime | None = None
    seen: bool = False
    """Whoever acts had heard of the step."""


def whose(standing: Standing, doer: str, teams: frozenset[str]) -> Whose:
    """Whose an order is, seen from `doer`, who is in `teams`."""
    if standing.assignee_id == doer or (standing.assignee_id is None and standing.team_id in teams):
        return Whose.ours
    begun = standing.step in _BEGUN and standing.started_by != doer
    return Whose.others_at_it if begun else Whose.others


def row(standing: Standing, act: Act, done_at: datetime, doer: str, teams: frozenset[str]) -> Row | None:
    """The row for an act that `doer` did at `done_at`; None: the table of moves decides."""
    place = whose(standing, doer, teams)
    for line in TABLE:
        since_at = standing.halted_at if line.halted else standing.since_at
        if (
            line.act is not act
            or standing.step not in line.steps
            or since_at is None
            or (line.unseen and standing.seen)
        ):
            continue
        when = When.before if done_at <= since_at else When.after
        if line.when in (When.any, when) and line.whose in (Whose.any, place):
            return line
    return None


def verdicts(act: Act) -> Mapping[Step, Verdict]:
    """What a phone may be told beforehand: the verdicts that hang on the step alone."""
    told: dict[Step, Verdict] = {}
    for line in TABLE:
        alone = line.when is When.any or line.steps == {S.cancelled}
        if line.act is act and alone and line.whose is Whose.any and line.code and not line.halted:
            told |= dict.fromkeys(line.steps, line.verdict)
    return told


def effect_of(verdict: Verdict) -> Effect:
    """What the line of history says of a verdict."""
    return {V.compensate: Effect.kept, V.supersede: Effect.took_over}.get(verdict, Effect.applied)
