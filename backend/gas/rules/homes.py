"""How a home stands: a fold over the sorted set of its visits and of what was done about its hazards. Pure.

Any order of arrival and any repetition give the same home (brief, gas 3.8 to 3.10). A hazard found again is carried
over to a successor; one that a later check finds right is verified; nothing is deleted.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from backend.gas.rules.half_years import CHECK_MONTHS, DayPart, day_part, months_after
from backend.kernel.calendar import local_day
from backend.kernel.clock import from_ms
from mobile_contract.checklists import Grade
from mobile_contract.homes import EscalatedTo, HazardDeed, HazardState, VisitOutcome

NOT_MET_MAX = 3
"""After so many times a notice is due and the next order comes only with a booked check; a district's setting."""
ESCALATIONS = ((1, EscalatedTo.company), (7, EscalatedTo.street), (14, EscalatedTo.district))
"""Days past the deadline -> who is told. A district's setting; assumed."""
NOTICE_DAYS = 1
"""So soon after it was found the customer is told in writing, where nobody signed at the visit; assumed."""
LOOK_DAYS = 7
"""So soon after somebody said that it is mended, somebody looks; assumed."""
H, D = HazardState, HazardDeed
CLOSED = frozenset({H.verified, H.carried_over})
_LEVELS = list(EscalatedTo)


@dataclass(frozen=True, slots=True)
class Finding:
    """A hazard as a visit found it."""

    hazard: str
    item: str
    grade: Grade
    deadline_days: int | None
    stops_supply: bool
    in_writing: bool
    """Whether its grade asks for a written notice."""
    fixed: bool
    measure: str = ""
    photos: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class When:
    """When a thing was done, and its place in its device's own order; without a device only time orders it."""

    trusted_ms: int
    device: str = ""
    epoch: int = 0
    n: int = 0


@dataclass(frozen=True, slots=True)
class Came:
    """A visit as the fold looks at it."""

    id: str
    when: When
    outcome: VisitOutcome
    counts: bool
    proven: bool
    signed: bool
    findings: tuple[Finding, ...] = ()
    right: frozenset[str] = frozenset()
    """Items that were found in order."""
    unalarmed_heater: bool = False
    cylinders_found: int | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """A deed about a hazard as the fold looks at it."""

    id: str
    when: When
    hazard: str
    deed: HazardDeed
    told: EscalatedTo = EscalatedTo.nobody


@dataclass(frozen=True, slots=True)
class Danger:
    """A hazard as it stands."""

    finding: Finding
    visit: str
    found_at: datetime
    first_found_at: datetime
    state: HazardState = H.open
    notified_at: datetime | None = None
    due_on: date | None = None
    closed_at: datetime | None = None
    predecessor: str | None = None
    successor: str | None = None
    told: EscalatedTo = EscalatedTo.nobody


@dataclass(slots=True)
class Standing:
    """What the visits and deeds of a home come to."""

    dangers: dict[str, Danger] = field(default_factory=dict)
    early: dict[str, list[Done]] = field(default_factory=dict)
    """Deeds about hazards that by the clocks were not found yet: who did them knew the hazard, so the clocks err."""
    checked_at: datetime | None = None
    not_met_max: int = NOT_MET_MAX
    unmet: set[DayPart] = field(default_factory=set)
    missed: str | None = None
    """The visit with which it was enough: of it a notice is left and sent."""
    missed_at: datetime | None = None
    refused: bool = False
    exempt: bool = False
    winter_first: bool = False

    @property
    def due_on(self) -> date | None:
        """When the next check is due; None: now."""
        return months_after(local_day(self.checked_at), CHECK_MONTHS) if self.checked_at else None

    @property
    def not_met(self) -> int:
        """Times that nobody was met, each at another part of the day, since the last check."""
        return len(self.unmet)

    @property
    def booked_check(self) -> bool:
        """Whether the next order is taken only together with a booked check."""
        return self.not_met >= self.not_met_max

    def warn_on(self, months: int) -> date | None:
        """From when on the next check is told to be due soon; None: it is due now."""
        return months_after(local_day(self.checked_at), months) if self.checked_at else None

    @property
    def revisit_on(self) -> date | None:
        """From when on somebody looks at a hazard again: it is said to be mended, or its day has passed."""
        days = []
        for danger in self.open:
            if danger.due_on is not None and danger.state is H.rectified:
                days.append(danger.due_on - timedelta(days=LOOK_DAYS))
            elif danger.due_on is not None and danger.state is H.notified:
                days.append(danger.due_on + timedelta(days=1))
        return min(days, default=None)

    @property
    def open(self) -> list[Danger]:
        """Hazards that nobody has seen mended."""
        return [danger for danger in self.dangers.values() if danger.state not in CLOSED]

    @property
    def worst(self) -> Grade | None:
        """The gravest of the open ones."""
        return min((danger.finding.grade for danger in self.open), default=None)

    @property
    def supply_stopped(self) -> bool:
        """Whether no full cylinder may be handed over."""
        return any(danger.finding.stops_supply for danger in self.open)


def fold(visits: Iterable[Came], deeds: Iterable[Done], not_met_max: int = NOT_MET_MAX) -> Standing:
    """How a home stands after all its visits and deeds."""
    home = Standing(not_met_max=not_met_max)
    for event in in_order([*visits, *deeds]):
        if isinstance(event, Came):
            _come(home, event)
        else:
            _do(home, event)
    return home


def in_order(events: Iterable[Came | Done]) -> list[Came | Done]:
    """As they happened: inside a device by its own count, between devices by corrected time."""
    once = {event.id: event for event in events}
    by_device = sorted(once.values(), key=lambda e: (e.when.device, e.when.epoch, e.when.n, e.when.trusted_ms, e.id))
    timed: list[tuple[tuple[int, str, int, int, str], Came | Done]] = []
    device, latest = "", 0
    for event in by_device:
        when = event.when
        latest = max(latest, when.trusted_ms) if when.device and when.device == device else when.trusted_ms
        device = when.device
        timed.append(((latest, when.device, when.epoch, when.n, event.id), event))
    return [event for _, event in sorted(timed, key=lambda pair: pair[0])]


def _come(home: Standing, visit: Came) -> None:
    at = from_ms(visit.when.trusted_ms)
    if visit.outcome is VisitOutcome.not_met and visit.proven:
        home.unmet.add(day_part(at))
        if home.booked_check and home.missed is None:
            home.missed, home.missed_at = visit.id, at
    if visit.outcome is VisitOutcome.refused and visit.proven:
        home.refused = True
    if visit.outcome is VisitOutcome.no_longer_lpg:
        home.exempt = visit.proven and visit.cylinders_found == 0
    if visit.outcome is VisitOutcome.completed:
        _look(home, visit, at)


def _look(home: Standing, visit: Came, at: datetime) -> None:
    for danger in home.open:
        if danger.finding.item in visit.right:
            home.dangers[danger.finding.hazard] = replace(danger, state=H.verified, closed_at=at)
    for finding in visit.findings:
        _find(home, visit, finding, at)
    home.unmet, home.refused, home.exempt = set(), False, False
    home.missed = home.missed_at = None
    home.winter_first = visit.unalarmed_heater
    if visit.counts:
        home.checked_at = at


def _find(home: Standing, visit: Came, finding: Finding, at: datetime) -> None:
    if finding.hazard in home.dangers:
        return
    danger = Danger(finding, visit.id, at, at, due_on=local_day(at) + timedelta(days=NOTICE_DAYS))
    earlier = [known for known in home.open if known.finding.item == finding.item]
    for known in earlier:
        home.dangers[known.finding.hazard] = replace(
            known, state=H.carried_over, closed_at=at, successor=finding.hazard
        )
    if earlier:
        first = min(earlier, key=lambda known: (known.first_found_at, known.finding.hazard))
        told = max((known.told for known in earlier), key=_LEVELS.index)
        danger = replace(danger, predecessor=first.finding.hazard, first_found_at=first.first_found_at, told=told)
    if visit.signed or not finding.in_writing:
        danger = _notified(danger, at)
    if finding.fixed:
        danger = replace(danger, state=H.verified, closed_at=at)
    home.dangers[finding.hazard] = danger
    for deed in home.early.pop(finding.hazard, []):
        _do(home, deed)


def _notified(danger: Danger, at: datetime) -> Danger:
    days = danger.finding.deadline_days
    due_on = None if days is None else local_day(at) + timedelta(days=days)
    return replace(danger, state=H.notified, notified_at=at, due_on=due_on)


def _do(home: Standing, deed: Done) -> None:
    danger = home.dangers.get(deed.hazard)
    if danger is None:
        home.early.setdefault(deed.hazard, []).append(deed)
        return
    if danger.state in CLOSED:
        return
    at = max(from_ms(deed.when.trusted_ms), danger.found_at)
    if deed.deed is D.notify and danger.state is H.open:
        danger = _notified(danger, at)
    if deed.deed is D.claim_fixed and danger.state is not H.rectified:
        # The first claim gives a week to look; saying it again gives no more.
        looked_on = None if danger.due_on is None else local_day(at) + timedelta(days=LOOK_DAYS)
        danger = replace(danger, state=H.rectified, due_on=looked_on)
    if deed.deed is D.verify:
        danger = replace(danger, state=H.verified, closed_at=at)
    if deed.deed is D.escalate:
        danger = replace(danger, told=max(danger.told, deed.told, key=_LEVELS.index))
    home.dangers[deed.hazard] = danger


def overdue_days(due_on: date | None, state: HazardState, today: date) -> int:
    """Days past the deadline of a hazard to be told of, mended or looked at; 0 for one that is closed."""
    if due_on is None or state in CLOSED:
        return 0
    return max((today - due_on).days, 0)


def to_be_told(days_past: int, told: EscalatedTo) -> EscalatedTo | None:
    """Whom to tell next of a hazard that is past its day; None when all who should be told are."""
    reached = [level for days, level in ESCALATIONS if days_past >= days]
    if not reached or _LEVELS.index(reached[-1]) <= _LEVELS.index(told):
        return None
    return reached[-1]


def notice_number(account: str, found_at: datetime, hazard: str) -> str:
    """The number of a written notice; a phone makes the same without a network."""
    return f"{account}-{local_day(found_at):%Y%m%d}-{hazard[-6:].upper()}"


def unalarmed_heater(answered: Mapping[str, str], heater_items: Iterable[str], alarm_items: Iterable[str]) -> bool:
    """Whether there is a water heater, and no CO alarm, by the answers of a visit."""
    heater = any(answered.get(item, "na") != "na" for item in heater_items)
    return heater and any(answered.get(item) == "hazard" for item in alarm_items)
