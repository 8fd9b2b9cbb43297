"""What must hold in the store after any fault: every acknowledged mutation is there exactly once, and nothing else."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import orjson
from sqlalchemy import text
from sqlmodel import Session, col, select

from backend.app import build_house
from backend.attendance.tables import Punch
from backend.handsets.tables import Conflict
from backend.kernel.http import House
from backend.kernel.journaling import journal_of
from backend.workorders.tables import WorkOrderStep
from sync.digests import Digest, row_hash
from sync.protocol import N_MAX, RESULTS_KEPT, Outcome, Result
from tests.faults.crowd import Queue, Worker
from tests.faults.server import RealServer


class Findings:
    """What the store and the phones hold, read once, and every law that it breaks, in words."""

    def __init__(self, house: House, session: Session, workers: Sequence[Worker]) -> None:
        self._house = house
        self._session = session
        self._workers = workers
        self._outcomes = self._read_outcomes()
        self.rows = {
            (str(t), str(row_id)): (int(ver), bytes(body))
            for t, row_id, ver, body in self._sql("SELECT t, id, ver, body FROM sync_rows WHERE body IS NOT NULL")
        }
        self.holds: dict[str, set[tuple[str, str]]] = {}
        for scope, t, row_id in self._sql("SELECT scope, t, id FROM sync_row_scopes WHERE seq_out IS NULL"):
            self.holds.setdefault(str(scope), set()).add((str(t), str(row_id)))

    def _sql(self, statement: str) -> list[Any]:
        return list(self._session.connection().execute(text(statement)))

    def _read_outcomes(self) -> dict[Queue, dict[int, Outcome]]:
        journal = journal_of(self._session)
        kept: dict[Queue, dict[int, Outcome]] = {}
        for worker in self._workers:
            stored = journal.outcomes(*worker.queue, 1, N_MAX)
            kept[worker.queue] = {n: Outcome.model_validate_json(one.outcome) for n, one in stored.items()}
        return kept

    def all(self) -> list[str]:
        """Every law that is broken."""
        laws = (self._answers, self._facts, self._acts, self._conflicts, self._journal, self._digests, self._replicas)
        return [fault for law in laws for fault in law()]

    # -- no false acknowledgement, none missing, none twice -----------------------------------------------------------

    def _answers(self) -> Iterator[str]:
        for worker in self._workers:
            kept, last = self._outcomes[worker.queue], self._last(worker)
            first = min(kept, default=1)  # the server forgets all but the last RESULTS_KEPT
            yield from _differences(f"{worker.name}: outcomes", range(first, last + 1), kept)
            if first > max(1, last - RESULTS_KEPT + 1):
                yield f"{worker.name}: outcomes before {first} are forgotten, of {last}"
            for n, told in worker.ledger.told[worker.queue].items():
                for said in told if n >= first else ():
                    if n not in kept or Outcome.model_validate(said) != kept[n]:
                        yield f"{worker.name}: was told {said} of {n}, and the server keeps {kept.get(n)}"
            for entry in worker.phone.handset().done():
                if entry.n >= first and (
                    entry.result is None or Outcome.model_validate(entry.result) != kept.get(entry.n)
                ):
                    yield f"{worker.name}: shows {entry.result} of {entry.n}"

    @staticmethod
    def _last(worker: Worker) -> int:
        _, epoch, user = worker.queue
        return int(worker.phone.store.get(f"last_n/{epoch}/{user}") or 0)

    def _facts(self) -> Iterator[str]:
        ids = [w.phone.handset().device for w in self._workers]
        there = self._session.exec(select(Punch.id).where(col(Punch.device_id).in_(ids))).all()
        yield from _differences("clock-ins", [row_id for w in self._workers for row_id in w.punches], there)
        for worker in self._workers:
            for row_id, n in worker.punches.items():
                outcome = self._outcomes[worker.queue].get(n)
                if outcome is not None and outcome.r is not Result.applied:
                    yield f"{worker.name}: the clock-in {row_id} became {outcome.r}"

    def _acts(self) -> Iterator[str]:
        """An act leaves one line or none, by what it came to; none is written twice."""
        lines = Counter(self._session.exec(select(WorkOrderStep.note).where(WorkOrderStep.note != "")).all())
        for worker in self._workers:
            for note, n in worker.acts.items():
                outcome = self._outcomes[worker.queue].get(n)
                if outcome is not None and outcome.r is Result.rejected and lines[note]:
                    yield f"{worker.name}: act {n} was refused and has {lines[note]} lines"
        yield from (f"a line was written {count} times" for note, count in lines.items() if count > 1)

    def _conflicts(self) -> Iterator[str]:
        """Each conflict that an outcome names is there, and each that is there has its mutation."""
        kept = {row.id: row for row in self._session.exec(select(Conflict)).all()}
        named = [o.conflict for outcomes in self._outcomes.values() for o in outcomes.values() if o.conflict]
        yield from _differences("conflicts", sorted(set(named)), [row_id for row_id in kept if row_id in set(named)])
        for row in kept.values():
            known = self._outcomes[row.device, row.epoch, row.person_id].get(row.n)
            if known is not None and known.r not in (Result.conflict, Result.rejected, Result.merged):
                yield f"conflict {row.id} is of mutation {row.n}, which became {known}"

    # -- the journal is the tables, and the digests are the journal ---------------------------------------------------

    def _journal(self) -> Iterator[str]:
        for kind in self._house.registry.kinds.values():
            if kind.table is None:
                continue
            rows: list[Any] = list(self._session.exec(select(kind.table)).all())
            bodies = {(kind.name, row.id): orjson.dumps(kind.body(row)) for row in rows}
            journaled = {key: body for key, (_, body) in self.rows.items() if key[0] == kind.name}
            yield from _differences(f"{kind.name} in the journal", bodies, journaled)
            yield from (f"{key} stands otherwise in the journal" for key in bodies if bodies[key] != journaled.get(key))
            for row in rows:
                held = {scope for scope, keys in self.holds.items() if (kind.name, row.id) in keys}
                if held != set(kind.scopes(row)):
                    yield f"{kind.name} {row.id} is held by {held}, and belongs to {set(kind.scopes(row))}"

    def _digests(self) -> Iterator[str]:
        kept = {str(s): (bytes(d), int(n)) for s, d, n in self._sql("SELECT scope, digest, rows FROM sync_scopes")}
        for scope in kept.keys() | self.holds.keys():
            keys = self.holds.get(scope, set())
            summed = Digest().plus(row_hash(*key, *self.rows[key]) for key in keys)
            if kept.get(scope) != (summed.to_bytes(), len(keys)):
                yield f"the digest of {scope} is not the sum over its {len(keys)} rows"
        head = self._sql("SELECT seq FROM sync_head")[0][0]
        versions = Counter(ver for ver, _ in self.rows.values())
        yield from (f"{count} rows have version {ver}" for ver, count in versions.items() if count > 1 or ver > head)

    # -- what a following cursor got -----------------------------------------------------------------------------------

    def _replicas(self) -> Iterator[str]:
        """Every phone holds exactly what its person may see, as it stands."""
        for worker in self._workers:
            user = worker.phone.user
            scopes = self._sql(f"SELECT scope FROM sync_user_scopes WHERE user_id = '{user}' AND seq_out IS NULL")
            seen = {key for (scope,) in scopes for key in self.holds.get(str(scope), set())}
            held = {(row.t, row.id): (row.ver, row.body) for row in worker.phone.store.rows(user)}
            yield from (f"{worker.name} holds {key}, which is out of its scopes" for key in held.keys() - seen)
            yield from (f"{worker.name} never got {key}" for key in seen - held.keys())
            stale = [key for key in seen & held.keys() if held[key] != self.rows[key]]
            yield from (f"{worker.name} holds {key} as it no longer is" for key in stale)


def _differences(what: str, wanted: Iterable[Any], there: Iterable[Any]) -> Iterator[str]:
    first, second = Counter(iter(wanted)), Counter(iter(there))
    yield from (f"{what}: {name} is missing" for name in (first - second).keys() - second.keys())
    yield from (f"{what}: {name} is there {count} times" for name, count in second.items() if count > first[name] > 0)
    yield from (f"{what}: {name} was never done" for name in second.keys() - first.keys())


def broken_laws(server: RealServer, workers: Sequence[Worker]) -> list[str]:
    """What does not hold, now that everybody has come to rest."""
    house = build_house(server.settings())
    try:
        with house.db.reading() as session:
            return Findings(house, session, workers).all()
    finally:
        house.db.close()


def taken(workers: Sequence[Worker]) -> int:
    """How many mutations were acknowledged in all."""
    return sum(len(numbers) for worker in workers for numbers in worker.ledger.told.values())
