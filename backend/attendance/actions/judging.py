"""Days are judged again when their facts change; a frozen month gets an entry instead of a change."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import date, timedelta

from backend.attendance import queries, rules
from backend.attendance.events import CorrectionDecided, DaysWentWrong, DayWentWrong
from backend.attendance.rules import DayFacts
from backend.attendance.tables import DayResult, SheetEntry, StaleDay
from backend.kernel import jobs
from backend.kernel.calendar import local_day, minute_ms
from backend.kernel.clock import from_ms
from backend.kernel.context import Ctx
from backend.kernel.events import announce
from mobile_contract import days as wire
from mobile_contract.days import DayWord, RequestState

RECOMPUTE = "attendance.recompute"
DAYS_PER_TURN = 1_000
"""Days judged in one transaction, so that phones get a turn."""
WRONG = frozenset(
    {DayWord.late, DayWord.serious_late, DayWord.absent_late, DayWord.early, DayWord.missing, DayWord.absent}
)
PersonDay = tuple[str, date]


def mark_stale(ctx: Ctx, days: Iterable[PersonDay]) -> None:
    """Says that facts of these days changed; they are judged soon. What has not begun yet is left for its day."""
    today = local_day(ctx.now()) + timedelta(days=1)
    wanted = sorted({(person_id, on) for person_id, on in days if on <= today})
    if not wanted:
        return
    known = queries.stale_of(ctx, {p for p, _ in wanted}, min(on for _, on in wanted), max(on for _, on in wanted))
    fresh = [StaleDay(person_id=p, on=on) for p, on in wanted if (p, on) not in known]
    if not fresh:
        return
    waiting = bool(known) or queries.any_stale(ctx)
    ctx.session.add_all(fresh)
    ctx.session.flush()
    if not waiting:
        jobs.enqueue(ctx, RECOMPUTE, {})


def around(person_id: str, on: date) -> Iterator[PersonDay]:
    """The days that a fact of a day may belong to: a night shift reaches into the next."""
    for distance in (-1, 0, 1):
        yield person_id, on + timedelta(days=distance)


def judge_stale(ctx: Ctx) -> int:
    """Judges days whose facts changed, a portion of them; the rest are wished again. Returns how many."""
    rows = queries.stale(ctx, DAYS_PER_TURN)
    judge(ctx, {(row.person_id, row.on) for row in rows})
    for row in rows:
        ctx.session.delete(row)
    ctx.session.flush()
    if len(rows) == DAYS_PER_TURN:
        jobs.enqueue(ctx, RECOMPUTE, {})
    return len(rows)


def judge_due(ctx: Ctx) -> int:
    """Judges days that time alone decides: shifts that began, and undecided days behind the watermark."""
    today = local_day(ctx.now())
    due = {*queries.overdue(ctx, DAYS_PER_TURN), *queries.unjudged(ctx, today, DAYS_PER_TURN)}
    judge(ctx, due)
    return len(due)


def judge(ctx: Ctx, days: Collection[PersonDay]) -> int:
    """Judges days by the facts known now; returns how many came out otherwise than before.

    Doing it twice changes nothing more.
    """
    if not days:
        return 0
    persons = {person_id for person_id, _ in days}
    first_on, last_on = min(on for _, on in days), max(on for _, on in days)
    facts = queries.facts_of(ctx, persons, first_on, last_on)
    known = {(row.person_id, row.on): row for row in queries.results_of(ctx, persons, first_on, last_on)}
    fresh: list[DayResult] = []
    changed: list[DayResult] = []
    wrong: list[DayWentWrong] = []
    for person_id, on in sorted(days):
        day = facts.day(person_id, on)
        row, before = known.get((person_id, on)), None
        made = _row(ctx, facts.rostered(person_id, on).area, day)
        if row is None:
            if made.word == DayWord.not_required.value and not made.review:
                continue
            fresh.append(made)
        elif row.digest != made.digest:
            before = row.word
            _take_over(row, made)
            ctx.session.add(row)
        else:
            continue
        stands = row or made
        changed.append(stands)
        wrong += _went_wrong(stands, before)
    ctx.session.add_all(fresh)
    ctx.session.flush()
    _end_needless(ctx, [*fresh, *changed])
    if wrong:
        announce(ctx, DaysWentWrong(tuple(wrong)))
    _enter(ctx, changed)
    return len(changed)


def _end_needless(ctx: Ctx, days: Collection[DayResult]) -> None:
    """A clock-in that was wished for came late after all: nobody need decide any more, and whoever asked is told."""
    judged = {(row.person_id, row.on): row.body["slots"] for row in days}
    for request in queries.requests_open(ctx, judged.keys()):
        wanted = (request.part, request.direction)
        slots = judged[request.person_id, request.on]
        if any((s["part"], s["direction"]) == wanted and s["word"] == DayWord.normal.value for s in slots):
            request.state, request.decided_at = RequestState.moot.value, ctx.now()
            ctx.session.add(request)
            announce(ctx, CorrectionDecided(request.id, request.person_id, request.state))


def _row(ctx: Ctx, area: str, day: DayFacts) -> DayResult:
    result = rules.judge_day(day)
    body = rules.body_of(day, result)
    until_ms = rules.window(day.shift, day.on)[1] if day.shift else minute_ms(day.on, day.boundary_min + 1_440)
    return DayResult(
        person_id=day.person_id,
        on=day.on,
        area_path=area or queries.home_of(ctx, day.person_id),
        state=result.state.value,
        word=result.word.value,
        review=result.review,
        until_at=from_ms(until_ms),
        body=body,
        digest=rules.body_digest(body),
    )


def _take_over(row: DayResult, made: DayResult) -> None:
    row.state, row.word, row.review, row.until_at = made.state, made.word, made.review, made.until_at
    row.body, row.digest, row.area_path = made.body, made.digest, made.area_path
    row.day_version += 1


def _went_wrong(row: DayResult, before: str | None) -> Iterator[DayWentWrong]:
    """A day that went wrong, once for each way of going wrong."""
    if row.word in WRONG and row.word != before:
        minutes = row.body["late_min"] + row.body["early_min"]
        yield DayWentWrong(row.id, row.person_id, row.on, row.word, minutes, row.area_path)


# -- frozen months -------------------------------------------------------------------------------------------------


def _enter(ctx: Ctx, changed: Collection[DayResult]) -> None:
    """Adds an entry for each day that comes to something else than its frozen sheet and entries say."""
    persons, months = {row.person_id for row in changed}, {rules.month_of(row.on) for row in changed}
    sheets = {(s.person_id, s.month): queries.days_of(s) for s in queries.frozen_of(ctx, persons, months)}
    if not sheets:
        return
    later: dict[tuple[str, str], list[tuple[date, wire.MonthDay | None]]] = defaultdict(list)
    for entry in queries.entries_of(ctx, persons, months):
        after = wire.MonthDay.model_validate(entry.after) if entry.after else None
        later[entry.person_id, entry.month].append((entry.on, after))
    for row in changed:
        place = row.person_id, rules.month_of(row.on)
        if place not in sheets:
            continue
        stands = {day.on: day for day in rules.applied(sheets[place], later[place])}
        differs = rules.difference(stands.get(row.on), rules.month_day(queries.day_shape(row)))
        if differs is not None:
            ctx.session.add(
                SheetEntry(
                    person_id=row.person_id, month=place[1], on=row.on, why="late_fact", made_at=ctx.now(), **differs
                )
            )
    ctx.session.flush()
