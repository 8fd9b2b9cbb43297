"""补卡, facts on behalf, disputes: how a day is made right, and by whom."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from backend.attendance import queries, rules
from backend.attendance.actions.judging import around, judge, mark_stale
from backend.attendance.events import CorrectionAsked, CorrectionDecided, DisputeSaid, Punched
from backend.attendance.rules import CorrectionRule, Wish
from backend.attendance.tables import Dispute, Punch, PunchRequest
from backend.kernel.audit import record
from backend.kernel.calendar import local_day
from backend.kernel.clock import to_ms
from backend.kernel.context import Ctx
from backend.kernel.events import announce
from backend.kernel.geo import Datum
from backend.kernel.ids import new_id
from backend.people import queries as people
from mobile_contract import days as wire
from mobile_contract.attendance import Direction, Place, Source
from mobile_contract.days import DayWord, DisputeState, RequestState

MANAGE = "attendance.manage"
REQUESTS = "punch_requests"


def ask_correction(ctx: Ctx, request_id: str, said: wire.CorrectionParams) -> PunchRequest:
    """A wish of the caller to have a clock-in made good; the same again answers the same.

    Refuses with attendance.no_anomaly, .not_allowed, .out_of_date_limit, .count_exceeded, .in_the_future and
    .request_exists.
    """
    ctx.principal.require("attendance.clock_in")
    me = ctx.principal.person_id
    known = queries.request_row(ctx, request_id)
    if known is not None:
        return _same_request(known, me, said)
    wish = Wish(
        on=said.on,
        asked_on=local_day(ctx.done_at()),
        used=queries.requests_used(ctx, me, rules.month_of(said.on)),
        word=_word_of(ctx, me, said),
        at_ms=to_ms(said.at),
        now_ms=to_ms(ctx.now()),
    )
    rules.check_correction(CorrectionRule(ctx.settings.corrections_per_month, ctx.settings.correction_days), wish)
    row = PunchRequest(
        id=request_id,
        person_id=me,
        on=said.on,
        part=said.part,
        direction=said.direction.value,
        at=said.at,
        reason=said.reason,
        photo=said.photo,
        area_path=queries.home_of(ctx, me),
        state=RequestState.open.value,
        asked_at=ctx.done_at(),
    )
    ctx.session.add(row)
    ctx.session.flush()
    announce(ctx, CorrectionAsked(row.id, me, row.area_path))
    return row


def _same_request(known: PunchRequest, me: str, said: wire.CorrectionParams) -> PunchRequest:
    stands = (known.person_id, known.on, known.part, known.direction, known.at, known.reason, known.photo)
    if stands != (me, said.on, said.part, said.direction.value, said.at, said.reason, said.photo):
        raise rules.RequestExists
    return known


def _word_of(ctx: Ctx, person_id: str, said: wire.CorrectionParams) -> DayWord | None:
    """What the clock-in in question came to, by all facts known now."""
    result = rules.judge_day(queries.facts_of(ctx, [person_id], said.on, said.on).day(person_id, said.on))
    wanted = (said.part, said.direction)
    return next((met.word for met in result.slots if (met.slot.part, met.slot.direction) == wanted), None)


def withdraw_correction(ctx: Ctx, request_id: str) -> PunchRequest:
    """The person thinks better of it. Refuses with attendance.request_unknown, .request_decided."""
    row = queries.request_in_sight(ctx, request_id)
    if row.person_id != ctx.principal.person_id:
        raise rules.RequestUnknown
    return _decide(ctx, row, RequestState.withdrawn, "")


def approve_correction(ctx: Ctx, request_id: str, note: str) -> PunchRequest:
    """Adds the clock-in as a fact of its own; what was clocked stays. Refuses with attendance.own_request,
    .request_unknown, .request_decided."""
    row = _theirs(ctx, request_id)
    _decide(ctx, row, RequestState.approved, note)
    side = Direction(row.direction)
    wished: dict[str, Any] = {"note": row.reason, "part": row.part, "photo": row.photo}
    home = queries.home_of(ctx, row.person_id)
    _add(ctx, [_unplaced(ctx, new_id(), row.person_id, row.at, side, Source.approve, home=home, **wished)])
    judge(ctx, {(row.person_id, row.on)})
    return row


def refuse_correction(ctx: Ctx, request_id: str, note: str) -> PunchRequest:
    """Says no, with a reason. Refuses as `approve_correction`."""
    return _decide(ctx, _theirs(ctx, request_id), RequestState.refused, note)


def _theirs(ctx: Ctx, request_id: str) -> PunchRequest:
    row = queries.request_in_sight(ctx, request_id)
    ctx.principal.require(MANAGE, row.area_path)
    if row.person_id == ctx.principal.person_id:
        raise rules.OwnRequest
    return row


def _decide(ctx: Ctx, row: PunchRequest, state: RequestState, note: str) -> PunchRequest:
    if row.state != RequestState.open:
        raise rules.RequestDecided(state=row.state)
    row.state, row.decision = state.value, note
    row.decided_by, row.decided_at = ctx.principal.person_id, ctx.now()
    ctx.session.add(row)
    ctx.session.flush()
    record(ctx, f"attendance.correction_{state.value}", f"request:{row.id}", person=row.person_id, on=str(row.on))
    announce(ctx, CorrectionDecided(row.id, row.person_id, row.state))
    return row


# -- on behalf -----------------------------------------------------------------------------------------------------


def enter_punch(ctx: Ctx, ask: wire.EnteredPunch) -> Punch:
    """A clock-in that a supervisor saw; both are named. The same again answers the same.

    Refuses with attendance.person_unknown, .own_request, .in_the_future, .punch_exists.
    """
    return enter_punches(ctx, [ask])[0]


def enter_punches(ctx: Ctx, asks: Sequence[wire.EnteredPunch]) -> list[Punch]:
    """A whole paper sheet of clock-ins, all of it or none; refuses as `enter_punch`."""
    homes = people.employed(ctx, {ask.person_id for ask in asks})
    known = queries.punch_rows(ctx, [ask.id for ask in asks])
    rows = [_entered(ctx, ask, homes, known.get(ask.id)) for ask in asks]
    new = [row for row in rows if row.id not in known]
    _add(ctx, new)
    for row in new:
        at = row.trusted_at.isoformat()
        record(ctx, "attendance.punch_entered", f"person:{row.person_id}", punch=row.id, at=at)
    return rows


def _entered(ctx: Ctx, ask: wire.EnteredPunch, homes: Mapping[str, tuple[str, str]], known: Punch | None) -> Punch:
    if ask.person_id not in homes or not ctx.principal.may(MANAGE, homes[ask.person_id][1]):
        raise rules.PersonUnknown(person=ask.person_id)
    if ask.person_id == ctx.principal.person_id:
        raise rules.OwnRequest
    if ask.at > ctx.now():
        raise rules.InTheFuture
    if known is None:
        home = homes[ask.person_id][1]
        return _unplaced(
            ctx, ask.id, ask.person_id, ask.at, ask.direction, Source.boss_change, home=home, note=ask.reason
        )
    side = ask.direction.value if ask.direction else None
    stands = (known.person_id, known.trusted_at, known.direction, known.note, known.source)
    if stands != (ask.person_id, ask.at, side, ask.reason, Source.boss_change.value):
        raise rules.PunchExists
    return known


def _unplaced(
    ctx: Ctx,
    punch_id: str,
    person_id: str,
    at: datetime,
    direction: Direction | None,
    source: Source,
    *,
    home: str,
    note: str,
    part: int | None = None,
    photo: str | None = None,
) -> Punch:
    """A clock-in that no phone gave: no place to judge, the word of whoever entered it."""
    return Punch(
        id=punch_id,
        person_id=person_id,
        area_path=home,
        trusted_at=at,
        quality="server",
        received_at=ctx.now(),
        direction=direction.value if direction else None,
        datum=Datum.wgs84.value,
        place=Place.no_fence.value,
        photo=photo,
        note=note,
        source=source.value,
        entered_by=ctx.principal.person_id,
        part=part,
    )


def _add(ctx: Ctx, rows: Sequence[Punch]) -> None:
    ctx.session.add_all(rows)
    ctx.session.flush()
    for row in rows:
        announce(ctx, Punched(row.id, row.person_id, row.trusted_at))
    mark_stale(ctx, (day for row in rows for day in around(row.person_id, local_day(row.trusted_at))))


# -- disputes ------------------------------------------------------------------------------------------------------


def open_dispute(ctx: Ctx, ask: wire.NewDispute) -> Dispute:
    """The caller does not agree with a day. Refuses with attendance.day_unknown, .dispute_exists."""
    me = ctx.principal.person_id
    known = queries.dispute_row(ctx, ask.id)
    if known is not None:
        if (known.person_id, known.on, known.words[0]["text"]) != (me, ask.on, ask.text):
            raise rules.DisputeExists
        return known
    day = queries.day_row(ctx, me, ask.on)
    row = Dispute(id=ask.id, person_id=me, on=ask.on, area_path=day.area_path, state=DisputeState.open.value)
    return _say(ctx, row, "opened", ask.text)


def answer_dispute(ctx: Ctx, dispute_id: str, text: str) -> Dispute:
    """A word of either side. Refuses with attendance.dispute_unknown, .dispute_settled."""
    row = queries.dispute_in_sight(ctx, dispute_id)
    if row.state == DisputeState.settled:
        raise rules.DisputeSettled
    mine = row.person_id == ctx.principal.person_id
    if not mine:
        ctx.principal.require(MANAGE, row.area_path)
    row.state = (DisputeState.open if mine else DisputeState.answered).value
    return _say(ctx, row, "said", text)


def settle_dispute(ctx: Ctx, dispute_id: str, text: str) -> Dispute:
    """Ends it: a supervisor, never the person's own. Refuses as `answer_dispute`, and with .own_request."""
    row = queries.dispute_in_sight(ctx, dispute_id)
    ctx.principal.require(MANAGE, row.area_path)
    if row.person_id == ctx.principal.person_id:
        raise rules.OwnRequest
    if row.state == DisputeState.settled:
        raise rules.DisputeSettled
    row.state = DisputeState.settled.value
    return _say(ctx, row, "settled", text)


def _say(ctx: Ctx, row: Dispute, deed: str, text: str) -> Dispute:
    word = {"at": ctx.now().isoformat(), "by": ctx.principal.person_id, "deed": deed, "text": text}
    row.words = [*row.words, word]
    ctx.session.add(row)
    ctx.session.flush()
    record(ctx, f"attendance.dispute_{deed}", f"dispute:{row.id}", person=row.person_id, on=str(row.on))
    announce(ctx, DisputeSaid(row.id, row.person_id, word["by"], deed, len(row.words), row.area_path))
    return row
