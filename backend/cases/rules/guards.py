"""How each guard of the table is judged, by what is known of the case, the doer and the act. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from backend.cases.rules import daytimes, refusals
from backend.cases.rules.daytimes import Daytime
from backend.cases.rules.practice import Practice
from backend.cases.rules.table import OPEN, Guard, Move
from mobile_contract.caselooks import CaseAudit
from mobile_contract.cases import Act, Request, Source, State
from sync.refusal import Refusal

PUBLIC = frozenset({Source.citizen, Source.hot_line})
"""Sources that are told what came of it."""
ASKS: Mapping[Act, Request] = {
    Act.ask_return: Request.return_,
    Act.ask_extension: Request.extension,
    Act.ask_suspension: Request.suspension,
    Act.ask_appeal: Request.appeal,
    Act.grant_return: Request.return_,
    Act.grant_extension: Request.extension,
    Act.grant_suspension: Request.suspension,
    Act.grant_appeal: Request.appeal,
    Act.deny_return: Request.return_,
    Act.deny_extension: Request.extension,
    Act.deny_suspension: Request.suspension,
    Act.deny_appeal: Request.appeal,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known when an act is judged. What an act has no need of may be left out."""

    act: Act
    doer: str
    at: datetime
    """The trusted time of the act."""
    error_ms: int = 0
    practice: Practice
    source: Source = Source.collector
    photos: int = 0
    photos_known: int = 0
    """How many of them are with the case already."""
    distance_m: float | None = None
    """From the case's point, less the doubt of the fix; None without a position."""
    moved: str = ""
    self_disposable: bool = False
    sent: str | None = None
    """Who was sent to verify or to check."""
    daytime: Daytime | None = None
    """When a check may be passed; None: at any time of day."""
    of_the_unit: bool = False
    handlers: frozenset[str] = frozenset()
    """Whoever laid hands on it."""
    conditions_missing: tuple[str, ...] = ()
    similar_unseen: tuple[str, ...] = ()
    master: State | None = None
    master_loops: bool = False
    pending: frozenset[Request] = frozenset()
    suspended: bool = False
    returns: int = 0
    extensions: int = 0
    reopens: int = 0
    handle_started_at: datetime | None = None
    handle_due_at: datetime | None = None
    ended_at: datetime | None = None
    appeal_until: datetime | None = None
    """When the time for an appeal is over."""
    denied_by: tuple[str, ...] = ()
    """Who denied an appeal since the case ended, once for each."""
    reply: str = ""
    audit: CaseAudit = CaseAudit.none


def check(line: Move, facts: Facts) -> None:
    """Refuses with what the first guard of the line that does not hold says."""
    for guard in line.guards:
        refusal = GUARDS[guard](facts)
        if refusal is not None:
            raise refusal


def _photo(facts: Facts) -> Refusal | None:
    from_field = facts.act is not Act.report or facts.source in (Source.collector, Source.crew)
    photos_min = 2 if facts.act is Act.report and facts.source is Source.collector else int(from_field)
    return refusals.EvidenceMissing(photos_min=photos_min) if facts.photos < photos_min else None


def _photo_fresh(facts: Facts) -> Refusal | None:
    return refusals.EvidenceReused(photos=facts.photos_known) if facts.photos_known else None


def _two_photos(facts: Facts) -> Refusal | None:
    return refusals.EvidenceMissing(photos_min=2) if facts.photos < 2 else None


def _self_disposable(facts: Facts) -> Refusal | None:
    return None if facts.self_disposable else refusals.NotSelfDisposable()


def _on_the_spot(facts: Facts) -> Refusal | None:
    near = facts.distance_m is not None and facts.distance_m <= facts.practice.spot_m
    if near or facts.moved:
        return None
    return refusals.ElsewhereUnexplained(limit_m=facts.practice.spot_m)


def _sent_there(facts: Facts) -> Refusal | None:
    return None if facts.sent == facts.doer else refusals.NotSentThere()


def _of_the_unit(facts: Facts) -> Refusal | None:
    return None if facts.of_the_unit else refusals.NotOfTheUnit()


def _not_the_handler(facts: Facts) -> Refusal | None:
    looks = facts.sent if facts.act is Act.send_check else facts.doer
    return refusals.CheckerIsHandler() if looks in facts.handlers else None


def _time_of_day(facts: Facts) -> Refusal | None:
    if facts.daytime is None or daytimes.within(facts.at, facts.error_ms, facts.daytime):
        return None
    since, until = map(daytimes.told, facts.daytime)
    return refusals.OtherTimeOfDay(since=since, until=until)


def _conditions_ticked(facts: Facts) -> Refusal | None:
    missing = facts.conditions_missing
    return refusals.ConditionsUnticked(conditions=list(missing)) if missing else None


def _similar_seen(facts: Facts) -> Refusal | None:
    unseen = facts.similar_unseen
    return refusals.SimilarUnseen(cases=list(unseen)) if unseen else None


def _master_fit(facts: Facts) -> Refusal | None:
    return refusals.MasterUnfit() if facts.master not in OPEN or facts.master_loops else None


def _returned_often(facts: Facts) -> Refusal | None:
    enough = facts.practice.force_after_returns
    return refusals.ReturnedTooSeldom(times=enough) if facts.returns < enough else None


def _not_asked_yet(facts: Facts) -> Refusal | None:
    return refusals.AlreadyAsked() if ASKS[facts.act] in facts.pending else None


def _asked(facts: Facts) -> Refusal | None:
    return None if ASKS[facts.act] in facts.pending else refusals.NothingAsked()


def _return_in_window(facts: Facts) -> Refusal | None:
    if facts.returns >= facts.practice.returns_max:
        return refusals.ReturnedTooOften(times=facts.practice.returns_max)
    start, due = facts.handle_started_at, facts.handle_due_at
    if start is not None and due is not None and facts.at > start + (due - start) * facts.practice.return_share:
        return refusals.ReturnTooLate(percent=round(facts.practice.return_share * 100))
    return None


def _before_due(facts: Facts) -> Refusal | None:
    if facts.extensions >= facts.practice.extensions_max:
        return refusals.ExtendedBefore(times=facts.practice.extensions_max)
    late = facts.handle_due_at is not None and facts.at >= facts.handle_due_at
    return refusals.ExtensionTooLate() if late else None


def _not_suspended(facts: Facts) -> Refusal | None:
    return refusals.SuspensionUnfit() if facts.suspended else None


def _suspended(facts: Facts) -> Refusal | None:
    return None if facts.suspended else refusals.SuspensionUnfit()


def _reply_given(facts: Facts) -> Refusal | None:
    return refusals.ReplyMissing() if facts.source in PUBLIC and not facts.reply else None


def _reopen_allowed(facts: Facts) -> Refusal | None:
    if facts.reopens >= facts.practice.reopens_max:
        return refusals.ReopenedBefore(times=facts.practice.reopens_max)
    return (
        refusals.ReopenTooLate(days=facts.practice.reopen_days) if _after(facts, facts.practice.reopen_days) else None
    )


def _appeal_in_window(facts: Facts) -> Refusal | None:
    if len(facts.denied_by) >= facts.practice.appeals_max:
        return refusals.AppealedBefore(times=facts.practice.appeals_max)
    late = facts.appeal_until is not None and facts.at > facts.appeal_until
    return refusals.AppealTooLate(days=facts.practice.appeal_days) if late else None


def _audit_due(facts: Facts) -> Refusal | None:
    return None if facts.audit is CaseAudit.due else refusals.NoAuditDue()


def _another_reviewer(facts: Facts) -> Refusal | None:
    return refusals.ReviewedBefore() if facts.doer in facts.denied_by else None


def _after(facts: Facts, days: int) -> bool:
    return facts.ended_at is not None and facts.at > facts.ended_at + timedelta(days=days)


GUARDS: Mapping[Guard, Callable[[Facts], Refusal | None]] = {
    Guard.photo: _photo,
    Guard.photo_fresh: _photo_fresh,
    Guard.two_photos: _two_photos,
    Guard.self_disposable: _self_disposable,
    Guard.on_the_spot: _on_the_spot,
    Guard.sent_there: _sent_there,
    Guard.time_of_day: _time_of_day,
    Guard.conditions_ticked: _conditions_ticked,
    Guard.similar_seen: _similar_seen,
    Guard.master_fit: _master_fit,
    Guard.returned_often: _returned_often,
    Guard.of_the_unit: _of_the_unit,
    Guard.not_asked_yet: _not_asked_yet,
    Guard.asked: _asked,
    Guard.return_in_window: _return_in_window,
    Guard.before_due: _before_due,
    Guard.not_suspended: _not_suspended,
    Guard.suspended: _suspended,
    Guard.not_the_handler: _not_the_handler,
    Guard.reply_given: _reply_given,
    Guard.reopen_allowed: _reopen_allowed,
    Guard.appeal_in_window: _appeal_in_window,
    Guard.audit_due: _audit_due,
    Guard.another_reviewer: _another_reviewer,
}
