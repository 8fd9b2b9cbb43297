"""The simulated server: hosts the real engine as the product does, over a shelf, behind one small door."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import orjson
from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError

from sync import mending, pull
from sync.compaction import compact
from sync.conflicts import Conflict
from sync.cursor import Signer
from sync.handset.client import DRAIN_PATH, PACKS_PATH, PULL_PATH, PUSH_PATH, REPAIR_PATH, SNAPSHOTS_PATH
from sync.journal import Entries, RowChange, Writer
from sync.kinds import Claim, Command, Deed, Kind
from sync.mutations import DeviceRevoked, Drained, NeedsUnmet, SequenceReused, StaleEpoch
from sync.protocol import Outcome, Pull, Push, PushAnswer, Repair, Snapshots
from sync.push import Taker, set_held_aside, take_held
from sync.refusal import Refusal
from tests.simulation.domain import CONFLICTS, HELD, REGISTRY, SCAN, TEAMS, Row, proof_of, team_scope, user_scope
from tests.simulation.ending import ORDER_PATH, SECRET, WIPED_PATH, order_for, wiped_by
from tests.simulation.packs import Packs
from tests.simulation.shelves import DiskFull, Shelf

HELD_LASTS_MS = 72 * 3_600_000
PAGE_BYTES = 2_000
"""Small pages: much happens between two of them."""
DEVICES, PEOPLE, LEDGER, TAKEN, AUDIT, PHOTOS = "devices", "people", "ledger", "taken", "audit", "photos"
"""What the server keeps that no phone sees."""


class UnknownEpoch(Refusal):
    code = "sync.unknown_epoch"
    status = 409


class ContractTooOld(Refusal):
    code = "sync.contract_too_old"
    status = 409


@dataclass(frozen=True, slots=True)
class Answer:
    """What leaves the server."""

    status: int
    body: bytes


class Watcher(Protocol):
    """Whoever looks on: the laws. Called when a transaction is durable."""

    def took(self, sent: Push, answer: PushAnswer) -> None: ...
    def gave(self, sent: Pull, user: str, frames: Sequence[bytes]) -> None: ...
    def mended(self, sent: Repair, user: str, frames: Sequence[bytes]) -> None: ...


class TownDesk:
    """What the engine may ask of the town, in one transaction."""

    def __init__(self, server: "Server") -> None:
        self._server = server
        self._shelf = server.shelf
        self.journal = server.shelf.journal
        self._writer = Writer()
        self._changes: list[RowChange] = []
        self._facts: list[RowChange] = []

    # -- what the town's rules ask --------------------------------------------------------------------------------

    def find(self, t: str, row_id: str) -> Row | None:
        return self._shelf.find(t, row_id)

    def write(self, t: str, row_id: str, row: Row) -> None:
        """Changes a row; its journal entry follows at the flush."""
        self._changes.append(self._put(t, row_id, row))

    def add_fact(self, t: str, row_id: str, row: Row) -> None:
        """Adds a row that was never there."""
        self._facts.append(self._put(t, row_id, row))

    def _put(self, t: str, row_id: str, row: Row) -> RowChange:
        kind = REGISTRY.kinds[t]
        scopes = frozenset(kind.scopes(row))
        self._shelf.put(t, row_id, row, scopes)
        return RowChange(t, row_id, kind.body(row), scopes)

    def has_blob(self, blob: str) -> bool:
        return self._shelf.find(PHOTOS, blob) is not None

    def remove(self, t: str, row_id: str) -> None:
        self._shelf.remove(t, row_id)
        self._changes.append(RowChange(t, row_id, None, frozenset()))

    def flush(self) -> None:
        """Writes the journal entries of what changed."""
        changes, self._changes = self._changes, []
        facts, self._facts = self._facts, []
        if changes:
            self.journal.record(changes, self._writer)
        if facts:
            self.journal.append(facts, self._writer)

    # -- what the engine asks -------------------------------------------------------------------------------------

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        try:
            with self._shelf.savepoint():
                yield
        except BaseException:
            self._changes, self._facts = [], []
            raise

    def write_as(self, writer: Writer) -> None:
        self.flush()  # what was changed before stays its writer's
        self._writer = writer

    def fetch(self, rows: Entries) -> None:
        """The town has its rows at hand."""

    def settle(self) -> None:
        self.flush()

    def do(self, command: Command, deeds: Sequence[Deed]) -> None:
        if command.accept_many is not None and len(deeds) > 1:
            command.accept_many(self, deeds)
        else:
            for deed in deeds:
                command.accept(self, deed)
        for deed in deeds:
            self._note(deed.claim)

    def edit(self, kind: Kind, row_id: str, values: Mapping[str, Any], claim: Claim) -> None:
        assert kind.edit is not None
        kind.edit(self, row_id, values, claim)
        self._note(claim)

    def _note(self, claim: Claim) -> None:
        """Writes down in which transaction the act took effect."""
        act = act_of(claim)
        takes = (self._shelf.find(LEDGER, act) or {"takes": []})["takes"]
        if self._server.take not in takes:
            timed = {"ms": claim.trusted_ms, "error_ms": claim.error_ms, "quality": claim.quality}
            self._shelf.put(LEDGER, act, {"takes": [*takes, self._server.take], **timed})

    def keep(self, conflict: Conflict) -> str:
        row_id = self._server.new_id()
        lost = [conflict.claim.user, conflict.loser]
        row = {
            "id": row_id,
            "t": conflict.t,
            "row": conflict.row,
            "person": conflict.claim.user,
            "state": conflict.state.value,
            "why": conflict.why.model_dump() if conflict.why else None,
            "fields": [field.wire() for field in conflict.fields],
            "payload": conflict.payload,
            "by": None,
            "scopes": sorted({user_scope(user) for user in lost} | {s for s in conflict.scopes if s[:5] == "team:"}),
        }
        self.write(CONFLICTS, row_id, row)
        self.flush()
        return row_id

    def hold(self, claim: Claim, payload: dict[str, Any], needs: Sequence[str], rows: Sequence[str]) -> None:
        said = {"claim": claim._asdict(), "payload": payload, "needs": list(needs), "rows": list(rows)}
        until_ms = self._server.now_ms() + HELD_LASTS_MS
        row_id = self._server.new_id()
        self._writer = Writer()
        named = {"id": row_id, "device": claim.device, "epoch": claim.epoch, "n": claim.n, "cmd": payload["cmd"]}
        row = named | {"state": "waiting", "outcome": None, "until_ms": until_ms}
        self.write(HELD, row_id, row | said)
        self.flush()

    def held_behind(self, queue: str, rows: Sequence[str]) -> bool:
        waiting = (row for row in self._server.waiting() if queue_of(row) == queue)
        return any(set(row["rows"]) & set(rows) for row in waiting)

    def late(self, claim: Claim, t: str, row_id: str) -> None:
        self._shelf.put(AUDIT, act_of(claim), {"t": t, "row": row_id})

    def fault(self, problem: Exception, claim: Claim) -> None:
        if isinstance(problem, DiskFull | DBAPIError):
            raise problem  # the database's trouble, no fault of this mutation: nothing was taken, the phone sends again


def queue_of(held: Row) -> str:
    return Claim(**held["claim"]).queue


def act_of(claim: Claim) -> str:
    """Names an act whatever number it was queued under: a phone's wall clock never shows a person the same twice."""
    return f"{claim.device}:{claim.user}:{claim.wall_ms}"


class Server:
    """The town's server: push, pull, drain and a new epoch, each in one transaction."""

    def __init__(self, shelf: Shelf, now_ms: Any, watcher: Watcher, mint: Any) -> None:
        self.shelf = shelf
        self.now_ms = now_ms
        self.new_id = mint
        self.signer = Signer(SECRET)
        self.take = 0
        self.contract_oldest = 1
        self.packs = Packs()
        self.arm: tuple[int, type[BaseException]] | None = None
        """What will befall it so many statements into the next push."""
        self._watcher = watcher

    # -- the door -------------------------------------------------------------------------------------------------

    def answer(self, path: str, body: bytes, user: str) -> Answer:
        """One request. Raises ServerDied; a full disk answers 503."""
        self.take += 1
        if self.arm is not None and path in (PUSH_PATH, DRAIN_PATH):
            self.shelf.fuse.light(*self.arm)
            self.arm = None
        try:
            said = self._answer(path, orjson.loads(body), user)
        except Refusal as refusal:
            return Answer(refusal.status, orjson.dumps(refusal.why()))
        except (orjson.JSONDecodeError, ValidationError):
            return Answer(422, b'{"code":"http.body_invalid"}')
        except (DiskFull, DBAPIError):
            return Answer(503, b'{"code":"http.busy"}')
        finally:
            self.shelf.fuse.left = None
        return Answer(206 if path.startswith(PACKS_PATH) else 200, said)

    def _answer(self, path: str, raw: Any, user: str) -> bytes:
        if path == PULL_PATH:
            return self._pull(Pull.model_validate(raw | {"max_bytes": PAGE_BYTES}), user)
        if path == SNAPSHOTS_PATH or path.startswith(PACKS_PATH):
            return self._pack(path, raw, user)
        if path == REPAIR_PATH:
            return self._repair(Repair.model_validate(raw), user)
        if path == ORDER_PATH:
            return order_for(raw["device"], self._device(raw["device"]))
        if path == WIPED_PATH:
            return self._note_wiped(wiped_by(raw))
        if path == PUSH_PATH:
            return self._push(Push.model_validate(raw), user)
        assert path == DRAIN_PATH
        return self._drain(Push.model_validate(raw))

    # -- push -----------------------------------------------------------------------------------------------------

    def _push(self, sent: Push, user: str) -> bytes:
        assert sent.user == user, "a queue is pushed as its own person"
        reused: SequenceReused | None = None
        with self.shelf.transaction():
            device = self._device(sent.device)
            if device["status"] != "active":
                raise DeviceRevoked
            epoch = device["epoch"]
            if sent.epoch > epoch:
                raise UnknownEpoch(epoch=epoch)
            stale = StaleEpoch(epoch=epoch) if sent.epoch < epoch else None
            try:
                answer = self._take(sent, stale=stale)
            except SequenceReused as found:
                self.shelf.put(DEVICES, sent.device, device | {"epoch": epoch + 1})
                reused = SequenceReused(n=found.params["n"], epoch=epoch + 1)
        self.shelf.fuse.left = None
        if reused is not None:
            raise reused
        self._watcher.took(sent, answer)
        return answer.model_dump_json(exclude_none=True).encode()

    def _drain(self, sent: Push) -> bytes:
        with self.shelf.transaction():
            device = self._device(sent.device)
            if sent.epoch > device["epoch"] and device["status"] == "active":
                raise UnknownEpoch(epoch=device["epoch"])
            aside = Drained() if device["status"] == "active" else DeviceRevoked()
            answer = self._take(sent, aside)
        self.shelf.fuse.left = None
        self._watcher.took(sent, answer)
        return answer.model_dump_json(exclude_none=True).encode()

    def _take(self, sent: Push, aside: Refusal | None = None, *, stale: Refusal | None = None) -> PushAnswer:
        taker = Taker(sent, REGISTRY, TownDesk(self), self.signer, self.now_ms())
        answer = taker.take(aside=aside, stale=stale)
        self._write_down(sent, answer, taker)
        if aside is None and any(outcome.rows for outcome in answer.results):
            self._release_held()
        return answer

    def _write_down(self, sent: Push, answer: PushAnswer, taker: Taker) -> None:
        """What became of each act, for the laws to look at."""
        for raw, outcome in zip(sent.muts, answer.results, strict=True):
            act = f"{sent.device}:{sent.user}:{raw['at']['wall_ms']}"
            when = taker._when.get(outcome.n)
            self._became(act, raw, outcome, when.ms if when else None)

    def _became(self, act: str, raw: Mapping[str, Any], outcome: Outcome, ms: int | None) -> None:
        before = self.shelf.find(TAKEN, act)
        if before is None or before["r"] == "held":
            said = {"r": outcome.r.value, "raw": raw, "conflict": outcome.conflict, "take": self.take, "ms": ms}
            said["rows"] = {row.id: row.ver for row in outcome.rows}
            if before is None or said["r"] != "held":
                self.shelf.put(TAKEN, act, said)

    # -- what waits for another's rows ----------------------------------------------------------------------------

    def waiting(self) -> list[Row]:
        return [row for _, row in self.shelf.rows(HELD) if row["state"] == "waiting"]

    def _release_held(self) -> None:
        while self._release_ready():
            pass

    def _release_ready(self) -> bool:
        released = False
        blocked: set[tuple[str, str]] = set()
        for held in self.waiting():
            keys = {(queue_of(held), row) for row in held["rows"]}
            if set(held["needs"]) - self.shelf.journal.existing(held["needs"]) or keys & blocked:
                blocked |= keys
                continue
            claim = Claim(**held["claim"])
            outcome = take_held(held["payload"], claim, REGISTRY, TownDesk(self), self.signer)
            self._end_held(held, "applied", outcome)
            released = True
        return released

    def expire_held(self) -> int:
        """What waited too long goes to the conflict desk."""
        with self.shelf.transaction():
            self._release_held()
            expired = [held for held in self.waiting() if held["until_ms"] <= self.now_ms()]
            for held in expired:
                claim = Claim(**held["claim"])
                desk = TownDesk(self)
                outcome = set_held_aside(held["payload"], claim, REGISTRY, desk, self.signer, NeedsUnmet())
                self._end_held(held, "expired", outcome)
        return len(expired)

    def _end_held(self, held: Row, state: str, outcome: Outcome) -> None:
        desk = TownDesk(self)
        desk.write(HELD, held["id"], held | {"state": state, "outcome": outcome.model_dump(mode="json")})
        desk.flush()
        claim = Claim(**held["claim"])
        self._became(act_of(claim), held["payload"], outcome, claim.trusted_ms)

    # -- pull -----------------------------------------------------------------------------------------------------

    def _pull(self, sent: Pull, user: str) -> bytes:
        with self.shelf.reading():
            if self._device(sent.device)["status"] != "active":
                raise DeviceRevoked
            if sent.contract < self.contract_oldest:
                raise ContractTooOld
            frames = pull.answer(sent, user, self.shelf.journal, self.signer, self.now_ms() // 1000)
            self._watcher.gave(sent, user, frames)
        return b"".join(frames)

    def _pack(self, path: str, raw: Any, user: str) -> bytes:
        with self.shelf.reading():
            journal, now_s = self.shelf.journal, self.now_ms() // 1000
            if self._device(raw["device"])["status"] != "active":
                raise DeviceRevoked
            if path == SNAPSHOTS_PATH:
                return self.packs.offer(Snapshots.model_validate(raw), user, journal, self.signer, now_s)
            return self.packs.piece(path, raw, user, journal, self.signer, now_s)

    def _repair(self, sent: Repair, user: str) -> bytes:
        with self.shelf.reading():
            if self._device(sent.device)["status"] != "active":
                raise DeviceRevoked
            now_s = self.now_ms() // 1000
            frames = mending.answer(sent, user, self.shelf.journal, self.signer, now_s, mending.KeptMarks())
            self._watcher.mended(sent, user, frames)
        return b"".join(frames)

    # -- the office -----------------------------------------------------------------------------------------------

    def _device(self, device: str) -> Row:
        found = self.shelf.find(DEVICES, device)
        assert found is not None, "every phone was enrolled before the first backup"
        return found

    def found_town(self, devices: Sequence[str], people: Mapping[str, Sequence[str]]) -> None:
        """Enrols the phones and puts people into teams."""
        with self.shelf.transaction():
            for device in devices:
                self.shelf.put(DEVICES, device, {"epoch": 1, "status": "active"})
            for user, teams in people.items():
                self._put_person(user, list(teams))

    def _put_person(self, user: str, teams: Sequence[str]) -> None:
        self.shelf.put(PEOPLE, user, {"teams": list(teams)})
        self.shelf.journal.set_user_scopes(user, [user_scope(user), *map(team_scope, teams)])

    def teams_of(self, user: str) -> list[str]:
        person = self.shelf.find(PEOPLE, user)
        assert person is not None
        return list(person["teams"])

    def set_teams(self, user: str, teams: Sequence[str]) -> None:
        """A person joins or leaves."""
        with self.shelf.transaction():
            self._put_person(user, sorted(teams))

    def office_writes(self, t: str, row_id: str, values: Row | None) -> bool:
        """The office changes or deletes (None) a row; False when there is none."""
        with self.shelf.transaction():
            row = self.shelf.find(t, row_id)
            if row is None:
                return False
            desk = TownDesk(self)
            if values is None:
                desk.remove(t, row_id)
            else:
                desk.write(t, row_id, row | values)
            desk.flush()
        return True

    def take_blob(self, blob: str) -> None:
        """A photo has come: whatever awaited it is looked at again."""
        with self.shelf.transaction():
            desk = TownDesk(self)
            if not desk.has_blob(blob):
                self.shelf.put(PHOTOS, blob, {})
                self._prove(desk, blob)

    def _prove(self, desk: TownDesk, blob: str) -> None:
        for row_id, row in self.shelf.rows(SCAN):
            if blob in row["blobs"]:
                desk.write(SCAN, row_id, row | {"proof": proof_of(row["blobs"], desk.has_blob)})
        desk.flush()

    def dissolve(self, team: str, people: Sequence[str]) -> None:
        """A team ends: its people leave it, its jobs go to the first team."""
        with self.shelf.transaction():
            desk = TownDesk(self)
            for row_id, row in self.shelf.rows("job"):
                if row["team"] == team:
                    desk.write("job", row_id, row | {"team": TEAMS[0]})
            desk.flush()
            for user in people:
                self._put_person(user, [t for t in self.teams_of(user) if t != team])

    def renew_epoch(self, device: str) -> int:
        """A phone asks for a new epoch by its own secret."""
        with self.shelf.transaction():
            row = self._device(device)
            self.shelf.put(DEVICES, device, row | {"epoch": row["epoch"] + 1})
        return int(row["epoch"]) + 1

    def compact(self) -> int:
        """The journal forgets what no cookie in force can ask about."""
        with self.shelf.transaction():
            return compact(self.shelf.journal, self.now_ms() // 1000)

    def mark_safe(self) -> None:
        """A durable backup holds what every queue has brought so far."""
        with self.shelf.transaction():
            self.shelf.journal.mark_safe(self.shelf.journal.positions())

    def head(self) -> int:
        """The last number taken."""
        with self.shelf.reading():
            return self.shelf.journal.head()

    def _note_wiped(self, device: str) -> bytes:
        with self.shelf.transaction():
            self.shelf.put(DEVICES, device, self._device(device) | {"wiped": True})
        return b"{}"

    def is_active(self, device: str) -> bool:
        return bool(self._device(device)["status"] == "active")

    def is_wiped(self, device: str) -> bool:
        """Whether a receipt has come."""
        return bool(self._device(device).get("wiped"))

    def revoke(self, device: str) -> None:
        with self.shelf.transaction():
            self.shelf.put(DEVICES, device, self._device(device) | {"status": "revoked", "ended_ms": self.now_ms()})
