"""What a day came to: a pure function of its facts.

Late facts give the same as punctual ones, and an unknown is never a reproach: until the phones were heard of, an unmet
clock-in is `pending`; the doubt about a phone's time counts in the person's favour.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from backend.attendance.rules import slots
from backend.attendance.rules.explain import Why, local, why
from backend.attendance.rules.facts import DayFacts, PunchFact
from backend.attendance.rules.pairing import collapse, pair
from backend.attendance.rules.pay import Pay, kind_of, of_free_day, of_shift, reasons_of
from backend.attendance.rules.shifts import Span
from backend.attendance.rules.slots import Met
from backend.kernel.calendar import minute_ms
from mobile_contract.attendance import Place
from mobile_contract.days import DayState, DayWord, Integrity
from mobile_contract.rosters import DayKind

HOUR_MS = 3_600_000
WORST_FIRST = (
    DayWord.absent,
    DayWord.absent_late,
    DayWord.serious_late,
    DayWord.missing,
    DayWord.late,
    DayWord.early,
    DayWord.pending,
    DayWord.normal,
    DayWord.excused,
    DayWord.not_required,
)


@dataclass(frozen=True, slots=True)
class Result:
    """A day judged."""

    state: DayState
    word: DayWord
    kind: DayKind
    no_contact: bool = False
    slots: tuple[Met, ...] = ()
    late_min: int = 0
    early_min: int = 0
    pay: Pay = field(default_factory=Pay)
    review: bool = False
    reasons: tuple[Why, ...] = ()


def judge_day(facts: DayFacts) -> Result:
    """What the day came to."""
    if facts.shift is None:
        return _free_day(facts)
    span = slots.own_window(facts)
    wanted = slots.wanted(facts, span)
    punches = collapse([p for p in facts.punches if span[0] <= p.at_ms < span[1]])
    paired = pair([w.slot for w in wanted if not w.excused], punches)
    pairs = iter(paired)
    wait = _wait(facts, span[1])
    met = tuple(slots.judge(facts, w, None if w.excused else next(pairs), wait.over) for w in wanted)
    paid = of_shift(facts, met)
    word = _word(met)
    reasons = [r for m in met for r in m.reasons]
    if word is DayWord.absent:
        reasons = [why("absent"), *reasons]
    if facts.post_name:
        reasons.append(why("post", post=facts.post_name))
    if wait.no_contact:
        reasons.append(why("no_contact", hours=facts.heard.cap_ms // HOUR_MS))
    reasons += reasons_of(facts, paid)
    reasons += _extras(facts, span, [m.punch for m in met])
    return Result(
        state=DayState.final if wait.over else DayState.provisional,
        word=word,
        kind=kind_of(facts),
        no_contact=wait.no_contact,
        slots=met,
        late_min=sum(m.off_min for m in met if m.word in slots.LATE),
        early_min=sum(m.off_min for m in met if m.word is DayWord.early),
        pay=paid,
        review=any(_odd(m) for m in met) or paid.work_on_leave,
        reasons=tuple(reasons),
    )


@dataclass(frozen=True, slots=True)
class _Wait:
    over: bool
    no_contact: bool


def _wait(facts: DayFacts, end_ms: int) -> _Wait:
    """Whether every phone has said that it delivered all up to `end_ms`, or was silent too long after it."""
    heard = facts.heard
    if heard.through_ms is not None and heard.through_ms >= end_ms:
        return _Wait(True, False)
    capped = heard.now_ms > end_ms + heard.cap_ms
    return _Wait(capped, capped)


def _word(met: Sequence[Met]) -> DayWord:
    """The worst that is known; with no clock-in at all the day is an absence."""
    needed = [m for m in met if m.word is not DayWord.excused]
    if needed and all(m.word is DayWord.missing for m in needed):
        return DayWord.absent
    return min((m.word for m in met), key=WORST_FIRST.index)


def _odd(met: Met) -> bool:
    if met.punch is None:
        return False
    return met.integrity is not Integrity.ok or met.punch.place in (Place.outside, Place.unsure, Place.no_fix)


def _extras(facts: DayFacts, span: Span, used: Sequence[PunchFact | None]) -> list[Why]:
    """Clock-ins of the day outside the shift's window: told, since somebody will ask."""
    taken = {p.id for p in used if p}
    low, high = _free_span(facts)
    stray = [
        p
        for p in collapse(facts.punches)
        if p.id not in taken and low <= p.at_ms < high and not span[0] <= p.at_ms < span[1]
    ]
    return [why("extra", at=local(p.at_ms)) for p in stray]


# -- days without a shift ------------------------------------------------------------------------------------------


def _free_span(facts: DayFacts) -> Span:
    """The day from boundary to boundary, without what belongs to the shifts around it."""
    low, high = minute_ms(facts.on, facts.boundary_min), minute_ms(facts.on, facts.boundary_min + 1_440)
    low = max([low, *(end for _, end in facts.before)])
    high = min([high, *(start for start, _ in facts.after)])
    return low, max(low, high)


def _free_day(facts: DayFacts) -> Result:
    span = _free_span(facts)
    punches = collapse([p for p in facts.punches if span[0] <= p.at_ms < span[1]])
    wait = _wait(facts, span[1])
    reasons = [why("not_required")]
    paid = Pay()
    if len(punches) >= 2:
        first, last = punches[0], punches[-1]
        paid = of_free_day(facts, first.at_ms, last.at_ms)
        reasons.append(why("unplanned", since=local(first.at_ms), until=local(last.at_ms)))
        reasons += reasons_of(facts, paid)
    else:
        reasons += [why("extra", at=local(p.at_ms)) for p in punches]
    return Result(
        state=DayState.final if wait.over else DayState.provisional,
        word=DayWord.not_required,
        kind=kind_of(facts),
        no_contact=wait.no_contact and bool(punches),
        pay=paid,
        review=bool(punches),
        reasons=tuple(reasons),
    )
