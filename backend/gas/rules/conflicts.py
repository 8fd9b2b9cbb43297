"""What must be asked of people about a cylinder's chain: cases with an owner and a deadline. Pure.

Source: brief, gas 3.5 and 5.4; the deadlines are assumed. A chain's case is there as long as the fold finds it: it ends
with a corrective act, or with somebody's confirmation.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from backend.gas.rules.acts import Break, Custody, Seen
from backend.kernel.clock import DISTRICT_ZONE
from mobile_contract.custody import CaseKind, Party
from mobile_contract.gas import Block, GapKind, HolderKind

RECALL_WITHIN = timedelta(hours=4)
"""A blocked cylinder at a customer's is fetched back within (C8)."""
ANSWER_WITHIN = timedelta(hours=24)
_STATION_ASKED = frozenset({GapKind.skipped_check, GapKind.filled_unfit, GapKind.no_fill, GapKind.no_load})
WORKERS_END = frozenset(
    {CaseKind.no_load, CaseKind.no_handover, CaseKind.no_deliver, CaseKind.no_collect, CaseKind.no_unload}
)
"""Where only a scan was forgotten, the word of all workers who are asked ends the case; all else the desk ends."""
_TODAY = frozenset({CaseKind.double_delivery, CaseKind.label_clone})
"""Both customers are called the same day (C2)."""
URGENT = _TODAY | {CaseKind.blocked_delivered}
"""Worth a sound on the phones of those who are asked."""


@dataclass(frozen=True, slots=True)
class Question:
    """A case to be opened: what is asked, of whom, about which acts."""

    kind: CaseKind
    act: str
    """The act that showed it; with the kind it names the case within its subject."""
    last_act: str | None
    asked: tuple[Party, ...]


def questions(custody: Custody, scans: Mapping[str, Seen], *, registered: bool) -> list[Question]:
    """Everything that must be asked about a cylinder, in the order it came up."""
    found = [_of_gap(gap, scans) for gap in custody.gaps]
    if Block.label_clone in custody.blocked:
        found += [
            Question(CaseKind.label_clone, q.act, q.last_act, q.asked)
            for q in found[::-1]
            if q.kind is CaseKind.double_delivery
        ][:1]
    if not registered and custody.last is not None:
        worker = _party(HolderKind.worker, custody.last.worker)
        found.append(Question(CaseKind.foreign_cylinder, "", None, (_party(HolderKind.station, ""), *_named(worker))))
    return found


def of_unread(scan: str, station: str) -> Question:
    """A scan whose label nobody could read: the station looks a second time (brief, gas 3.4)."""
    return Question(CaseKind.manual_id, scan, None, (_party(HolderKind.station, station),))


def deadline_at(kind: CaseKind, opened_at: datetime) -> datetime:
    """Until when a case wants its answer."""
    if kind is CaseKind.blocked_delivered:
        return opened_at + RECALL_WITHIN
    if kind in _TODAY:
        local = opened_at.astimezone(DISTRICT_ZONE)
        return local.replace(hour=23, minute=59, second=59, microsecond=0).astimezone(opened_at.tzinfo)
    return opened_at + ANSWER_WITHIN


def agreed(kind: CaseKind, asked: Iterable[Party], said: Mapping[str, bool]) -> bool:
    """Whether all workers who are asked say that it was so; `said` is worker -> their last word."""
    workers = {party.id for party in asked if party.kind is HolderKind.worker}
    return kind in WORKERS_END and bool(workers) and all(said.get(worker, False) for worker in workers)


def owner_of(asked: tuple[Party, ...]) -> str | None:
    """Who answers for a case: the only worker who is asked; the desk where there are none or several."""
    workers = {party.id for party in asked if party.kind is HolderKind.worker}
    return workers.pop() if len(workers) == 1 else None


def _of_gap(gap: Break, scans: Mapping[str, Seen]) -> Question:
    after, before = scans[gap.next_scan], scans.get(gap.last_scan or "")
    asked: list[Party] = []
    if not gap.unsure:
        # Where the clocks prove nothing, the desk asks around and nobody is named.
        asked += _named(_party(gap.holder_kind, gap.holder_id), _party(gap.from_kind, gap.from_id))
        asked += _named(_party(HolderKind.worker, after.worker if gap.kind not in _STATION_ASKED else ""))
    if gap.kind is GapKind.double_delivery:
        asked += _named(_party(HolderKind.customer, after.customer))
        asked += _named(_party(HolderKind.worker, before.worker if before else ""))
    if gap.kind in _STATION_ASKED or not asked:
        asked.append(_party(HolderKind.station, after.station))
    once = {(party.kind, party.id): party for party in asked}
    return Question(CaseKind(gap.kind.value), gap.next_scan, gap.last_scan, tuple(once.values()))


def _party(kind: HolderKind, party_id: str) -> Party:
    return Party(kind=kind, id=party_id)


def asked_once(*parties: Party) -> tuple[Party, ...]:
    """Those of some parties that have a name, each once."""
    return tuple({(party.kind, party.id): party for party in _named(*parties)}.values())


def _named(*parties: Party) -> list[Party]:
    return [party for party in parties if party.id and party.kind is not HolderKind.nobody]
