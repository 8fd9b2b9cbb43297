"""The proof: what the phones did, and what the server knows, put side by side."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from backend.day.office import Office
from backend.day.phones import DayPhone, Deed
from backend.day.script import Cast, Plan
from sync.handset.client import Handset
from sync.handset.replica import Row
from sync.handset.store import SqliteStore

SLACK_MS = 30_000
"""What may lie between the moment of a deed and the trusted estimate, beyond its own error bound: how long a push may
have been on its way when the server was busy or just starting. A clock an hour wrong shows all the same."""
CONFLICTED = ("conflict", "rejected")


@dataclass(slots=True)
class Count:
    """One sort of thing: how many were done, known, known twice, missing, strange."""

    what: str
    done: int = 0
    known: int = 0
    twice: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        """Each exactly once, and nothing else."""
        return not (self.twice or self.missing or self.strange) and self.done == self.known


def compare(what: str, done: Iterable[str], known: Iterable[str]) -> Count:
    """Both sides by name."""
    mine, theirs = Counter(done), Counter(known)
    return Count(
        what,
        sum(mine.values()),
        sum(theirs.values()),
        twice=[name for name, count in theirs.items() if count > 1 and name in mine],
        missing=[name for name in mine if name not in theirs],
        strange=[name for name in theirs if name not in mine],
    )


class Proof:
    """All counts of the day, and what was found wrong, in words."""

    def __init__(self, office: Office, cast: Cast, plan: Plan, opens_at: datetime, *, steered: bool) -> None:
        self._office = office
        self._cast = cast
        self._plan = plan
        self._opens_at = opens_at
        self._steered = steered
        self._devices = {phone.device: phone for phone in cast.phones}
        self.conflicts: list[dict[str, Any]] = []
        self.counts: list[Count] = []
        self.faults: list[str] = []

    @property
    def good(self) -> bool:
        """Whether everything is accounted for."""
        return not self.faults and all(count.good for count in self.counts)

    def name_of(self, person_id: str) -> str:
        """Somebody of the day, by name."""
        names = {user: worker.name for phone in self._cast.phones for user, worker in phone.people.items()}
        return names.get(person_id, person_id)

    def look(self) -> None:
        """Asks the server, as its supervisor, for everything."""
        for phone in self._cast.phones:
            phone.gather_outcomes()
        self.faults += self._answers()
        known = self._office.conflicts()
        self.conflicts = [conflict for conflict in known if conflict["device"] in self._devices]
        self.counts.append(self._facts("punch", self._office.punches(self._opens_at)))
        scans = [
            scan for rows in self._plan.cylinders.values() for row in rows for scan in self._office.scans(row["id"])
        ]
        self.counts.append(self._facts("scan", scans))
        self.counts.append(self._acts())
        self.counts.append(self._conflicts())
        self.counts.append(self._photos())
        self.faults += self._notes()
        self.faults += self._unlisted()
        self.faults += [fault for phone in self._cast.phones for fault in _replicas(phone)]

    def _deeds(self, *whats: str) -> Iterator[tuple[DayPhone, Deed]]:
        for phone in self._cast.phones:
            for deed in phone.deeds:
                if not whats or deed.what in whats:
                    yield phone, deed

    # -- answers --------------------------------------------------------------------------------------------------

    def _answers(self) -> Iterator[str]:
        for phone in self._cast.phones:
            if phone.wiped:
                if phone is not self._cast.revoked:
                    yield f"{phone.name}: wiped, and never revoked"
                continue
            for deed in phone.deeds:
                if deed.outcome is None:
                    yield f"{phone.name}: {deed.what} {deed.act} n={deed.n} was never answered"
            for user in phone.people:
                machine = phone.machine(user)
                last = phone.phone.store.get(f"last_n/{machine.epoch}/{user}") or 0
                if machine.acked != last:
                    yield f"{phone.name}: acknowledged to {machine.acked} of {last}"

    # -- facts ----------------------------------------------------------------------------------------------------

    def _facts(self, what: str, rows: list[dict[str, Any]]) -> Count:
        """Facts by id; those whose phone was revoked lie at the desk, and those that were refused too."""
        found = [(phone, deed) for phone, deed in self._deeds(what) if not _at_desk(phone, deed) and _listed(deed)]
        ours = [row for row in rows if row["device_id"] in self._devices]
        count = compare(what, [deed.row_id for _, deed in found], [row["id"] for row in ours])
        moments = {row["id"]: row for row in ours}
        for phone, deed in found:
            row = moments.get(deed.row_id)
            if row is not None and (fault := _misplaced(phone, deed, row["trusted_at"], row["error_ms"], row)):
                self.faults.append(fault)
        return count

    # -- acts on orders -------------------------------------------------------------------------------------------

    def _acts(self) -> Count:
        """Every act has one line in its order's history; one that said nothing new, that of whoever was first."""
        lines = [
            line | {"order": order}
            for order in self._plan.every_order()
            for line in self._office.history(order)
            if line["device_id"] in self._devices
        ]
        known = [_line_name(line["order"], line["act"], line["device_id"], line["person_id"]) for line in lines]
        first = {(line["order"], line["act"]) for line in lines}
        done = []
        for phone, deed in self._deeds("act"):
            name = _line_name(deed.row_id, deed.act, phone.device, deed.user)
            said_before = (
                name not in known and (deed.row_id, deed.act) in first and _result(deed) in ("applied", "merged")
            )
            if not _at_desk(phone, deed) and not said_before and not _nothing_new(deed, name in known):
                done.append(name)
        self._times(lines)
        return compare("act", done, known)

    def _times(self, lines: list[dict[str, Any]]) -> None:
        at = {_line_name(line["order"], line["act"], line["device_id"], line["person_id"]): line for line in lines}
        for phone, deed in self._deeds("act"):
            line = at.get(_line_name(deed.row_id, deed.act, phone.device, deed.user))
            if line is not None and (fault := _misplaced(phone, deed, line["done_at"], line["error_ms"], line)):
                self.faults.append(fault)

    # -- conflicts and photos -------------------------------------------------------------------------------------

    def _conflicts(self) -> Count:
        """One for each deed that was not simply taken, whole, with what the phone said."""
        done = [
            f"{phone.device}/{deed.epoch}/{deed.user}/{deed.n}"
            for phone, deed in self._deeds()
            if _at_desk(phone, deed) or (deed.outcome or {}).get("conflict")
        ]
        known = [f"{c['device']}/{c['epoch']}/{c['user']}/{c['n']}" for c in self.conflicts]
        for conflict in self.conflicts:
            if not conflict["payload"].get("cmd"):
                self.faults.append(f"conflict {conflict['id']} has lost what was said")
        return compare("conflict", done, known)

    def _photos(self) -> Count:
        """Every photo that its phone could send is at the server, byte for byte."""
        wanted = [sha256 for phone, deed in self._deeds() if not _at_desk(phone, deed) for sha256 in deed.photos]
        held = []
        for sha256 in wanted:
            content = self._office.supervisor.fetch(f"/attachments/v1/{sha256}")
            if content is not None and hashlib.sha256(content).hexdigest() == sha256:
                held.append(sha256)
        return compare("photo", wanted, held)

    def _notes(self) -> Iterator[str]:
        """What stands in a note is what one of its writers wrote."""
        written: dict[tuple[str, str], list[Deed]] = {}
        for _, deed in self._deeds("edit"):
            written.setdefault((deed.row_id, deed.act), []).append(deed)
        for (order_id, name), deeds in written.items():
            stands = self._office.order(order_id)[name]
            last = max(deeds, key=lambda deed: deed.at_ms)
            if stands not in [deed.said[name] for deed in deeds]:
                yield f"{name} of {order_id} says {stands!r}, which nobody wrote"
            # With a real clock the deeds are claimed for hours before their order was made: later means nothing then.
            if self._steered and name == "crew_note" and stands != last.said[name]:
                yield f"crew_note of {order_id}: not the later one"

    def _unlisted(self) -> Iterator[str]:
        """A scan of a label that names no cylinder: the server gives it back to its phone."""
        for phone, deed in self._deeds("scan"):
            if not _listed(deed) and not _at_desk(phone, deed) and not phone.wiped:
                row = phone.phone.store.row(deed.user, "scans", deed.row_id)
                if row is None or row.data()["raw"] != deed.said["code"]:
                    yield f"{phone.name}: the scan of {deed.said['code']!r} is not at the server"


def _result(deed: Deed) -> str:
    return str((deed.outcome or {}).get("r", ""))


def _at_desk(phone: DayPhone, deed: Deed) -> bool:
    """Whether the deed lies at the conflict desk and nowhere else: refused, or drained from a revoked phone."""
    return _result(deed) == "rejected" or (phone.wiped and deed.outcome is None)


def _listed(deed: Deed) -> bool:
    """Whether the deed shows in a list that can be asked for: a scan without a cylinder is in no chain."""
    return bool(deed.said.get("listed", True))


def _nothing_new(deed: Deed, known: bool) -> bool:
    return _result(deed) == "merged" and not known


def _line_name(order: str, act: str, device: str, person: str) -> str:
    return f"{order}/{act}/{device}/{person}"


def _misplaced(phone: DayPhone, deed: Deed, at: str, error_ms: int, row: dict[str, Any]) -> str:
    """What is wrong with where the server puts a fact in time, or whose it is; empty when nothing is."""
    trusted_ms = int(datetime.fromisoformat(at).timestamp() * 1000)
    if abs(trusted_ms - deed.at_ms) > error_ms + SLACK_MS:
        return f"{phone.name}: {deed.what} {deed.act} is put {(trusted_ms - deed.at_ms) / 1000:.0f} s from where it was"
    if row["person_id"] != deed.user:
        return f"{phone.name}: {deed.what} {deed.act} is told of another person"
    return ""


def _replicas(phone: DayPhone) -> Iterator[str]:
    """Each person's replica against the digests, and against a fresh fill."""
    if phone.wiped:
        return
    for user in phone.people:
        machine = phone.machine(user)
        if machine.drifted():
            yield f"{phone.name}: digests differ in {machine.drifted()}"
        if not machine.standing().synced:
            yield f"{phone.name}: not synced: {machine.standing()}"
        here, fresh = _rows(phone.phone.store, user), _fresh_rows(phone, user)
        if here != fresh:
            only = sorted({f"{key[0]}:{key[1]}" for key in here.keys() ^ fresh.keys()})
            other = sorted(f"{t}:{i}" for t, i in here.keys() & fresh.keys() if here[t, i] != fresh[t, i])
            yield f"{phone.name}: the replica is not a fresh fill: {(only + other)[:5]}"


def _rows(store: SqliteStore, user: str) -> dict[tuple[str, str], Row]:
    return {(row.t, row.id): row for row in store.rows(user)}


def _fresh_rows(phone: DayPhone, user: str) -> dict[tuple[str, str], Row]:
    """What the server gives to a phone of this name that holds nothing yet."""
    store = SqliteStore(":memory:")
    for key in ("device_id", "epoch"):
        store.put(key, phone.phone.store.get(key))
    store.put(f"said_through/{store.get('epoch')}/{user}", phone.clock.wall_ms())
    known = phone.machine(user)
    fresh = Handset(store, phone.clock, known._policies, known._contract, user)
    fresh.begin()
    while (request := fresh.next_request()) is not None:
        answer = phone.phone.send(request)
        fresh.receive(request, answer.status, answer.body)
    rows = _rows(store, user)
    store.close()
    return rows
