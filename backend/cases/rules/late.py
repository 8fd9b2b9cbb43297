"""The conflict table: what an act from a phone comes to when the case had moved on without it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from backend.kernel.lateness import Told, When
from mobile_contract.cases import Act, State
from sync.kinds import Verdict

S, A, V = State, Act, Verdict


class Place(StrEnum):
    """Whose the case is by now, seen from whoever acts."""

    any = "any"
    mine = "mine"
    given_away = "given_away"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table: in these states, an act of this time comes to `verdict`, and is told by `code`."""

    states: frozenset[State]
    act: Act
    verdict: Verdict
    told: Told
    code: str
    when: When = When.any
    place: Place = Place.any


def _on(*states: State) -> frozenset[State]:
    return frozenset(states)


_FORCED = _on(S.closed, S.forced_closed)
_DONE = _on(S.handled, S.checking, S.check_passed)
# fmt: off
TABLE: tuple[Row, ...] = (
    Row(_on(S.cancelled), A.finish, V.compensate, Told.decide, "cases.done_before_cancel", When.before),
    Row(_on(S.cancelled), A.finish, V.compensate, Told.info, "cases.done_after_cancel", When.after),
    Row(_on(S.dispatched), A.finish, V.supersede, Told.info, "cases.taken_over", place=Place.given_away),
    Row(_on(S.handling, S.check_failed), A.finish, V.compensate, Told.decide, "cases.other_at_work", place=Place.given_away),  # noqa: E501
    Row(_on(S.check_failed), A.finish, V.compensate, Told.info, "cases.evidence_before_check", When.before),
    Row(_FORCED, A.finish, V.compensate, Told.info, "cases.done_after_closing"),
    Row(_on(S.merged), A.finish, V.compensate, Told.decide, "cases.merged_meanwhile"),
    Row(_DONE, A.finish, V.compensate, Told.info, "cases.handled_meanwhile"),
    Row(_on(S.returned, S.registered, S.transferred, S.not_accepted), A.finish, V.compensate, Told.decide, "cases.not_yours_meanwhile"),  # noqa: E501
    Row(_on(S.handling) | _DONE | _FORCED, A.accept, V.noop, Told.nobody, ""),
    Row(_on(S.cancelled, S.merged, S.transferred, S.returned, S.registered), A.accept, V.compensate, Told.info, "cases.not_yours_meanwhile"),  # noqa: E501
    Row(_on(S.handling) | _DONE | _FORCED, A.rework, V.noop, Told.nobody, ""),
    Row(_on(S.cancelled, S.merged, S.transferred), A.rework, V.compensate, Told.info, "cases.not_yours_meanwhile"),
    *(Row(_on(S.cancelled, S.merged, S.forced_closed, S.closed), act, V.compensate, Told.info, "cases.looked_in_vain")
      for act in (A.verify_exist, A.verify_not_exist, A.verify_unable, A.check_pass, A.check_fail, A.check_unable)),
    *(Row(_on(S.check_passed, S.check_failed, S.handled), act, V.compensate, Told.decide, "cases.checked_meanwhile")
      for act in (A.check_pass, A.check_fail, A.check_unable)),
    *(Row(_on(S.registered, S.verified, S.not_accepted, S.verify_unable), act, V.compensate, Told.info, "cases.looked_in_vain")  # noqa: E501
      for act in (A.verify_exist, A.verify_not_exist, A.verify_unable)),
)
# fmt: on


def row(act: Act, state: State, done_at: datetime, moved_at: datetime, *, given_away: bool) -> Row | None:
    """The row for an act done at `done_at` on a case in `state` since `moved_at`; None: the table of moves decides.

    `given_away`: it was the doer's unit's, and is another's now.
    """
    when = When.before if done_at < moved_at else When.after
    place = Place.given_away if given_away else Place.mine
    for line in TABLE:
        fits = line.act is act and state in line.states
        if fits and line.when in (When.any, when) and line.place in (Place.any, place):
            return line
    return None


def verdicts(*acts: Act) -> Mapping[State, Verdict]:
    """What a phone may be told beforehand: the gravest verdict of the rows of each state."""
    told: dict[State, Verdict] = {}
    for line in TABLE:
        if line.act in acts and line.verdict in (V.noop, V.compensate) and line.when is When.any:
            for state in line.states if line.place is Place.any else ():
                told[state] = line.verdict
    if A.finish in acts:
        told[S.cancelled] = V.compensate
    return told
