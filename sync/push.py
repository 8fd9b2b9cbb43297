"""Takes mutations: once each, in order, all of one or none of it; a permanent failure never blocks."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from typing import Any

import orjson
from pydantic_core import to_json

from sync import clocks
from sync.acts import act_of, known_elsewhere, replayed
from sync.clocks import Trusted
from sync.conflicts import Conflict, FieldConflict, Severity, by_loser
from sync.cursor import Signer
from sync.desk import Desk
from sync.journal import JournalRow, QueueState, Stored, Writer
from sync.kinds import Claim, Command, Deed, Kept, Kind, Policy, Registry, Verdict
from sync.lookout import Lookout
from sync.mutations import (
    AT_ITS_END,
    Fault,
    Gap,
    MutationInvalid,
    NeedsUnmet,
    OutOfScope,
    Read,
    RowExists,
    RowMissing,
    SequenceReused,
    UnknownCommand,
    UnknownKind,
    UnknownRow,
    Voided,
    claim_of_broken,
    content_hash,
    ignored_fields,
    read_one,
    row_id_of,
    strange_fields,
    told,
)
from sync.policies import FieldNotEditable, Side, merge
from sync.protocol import (
    EDIT,
    VOID,
    Mutation,
    Op,
    Outcome,
    Push,
    PushAnswer,
    PushClock,
    Result,
    RowRef,
    RowVersion,
    Why,
)
from sync.refusal import Refusal
from sync.runs import run_of_facts, run_of_rows
from sync.scopes import Sight


class RunBroken(Exception):
    """A run of mutations cannot be taken together."""


class Taker:
    """One push being taken."""

    def __init__(self, push: Push, registry: Registry, desk: Desk, signer: Signer, received_ms: int) -> None:
        self._push = push
        self._registry = registry
        self._desk = desk
        self._journal = desk.journal
        self._received_ms = received_ms
        self._lookout = Lookout(push, desk.journal, signer, received_ms)
        self._head = self._journal.head()
        self._rows: dict[tuple[str, str], JournalRow | None] = {}
        """Entries read in advance for a run of mutations."""
        self._elsewhere: dict[int, Outcome] = {}
        """What is known already, under another name, of those that were queued anew."""
        self._when: dict[int, Trusted] = {}
        """When what is new was done."""

    @cached_property
    def queue(self) -> QueueState:
        """Where the queue stands; what it held does not ask."""
        return self._journal.queue(self._push.device, self._push.epoch, self._push.user)

    # -- the whole push -------------------------------------------------------------------------------------------

    def take(self, *, aside: Refusal | None = None, stale: Refusal | None = None) -> PushAnswer:
        """Takes what is new, answers again what is known.

        Raises Gap, SequenceReused or `stale` before anything was done. `aside`: why this queue may do nothing any more
        (its device was revoked); what is new goes to the conflict inbox. `stale`: a later epoch has begun, under which
        it goes on; what is not known word for word is to come again there.
        """
        push, state = self._push, self.queue
        reads = [read_one(raw) for raw in push.muts]
        if stale is not None and any(read.n > state.acked for read in reads):
            raise stale
        self._need_order(reads, state)
        anew = [read for read in reads if aside or read.first]
        self._elsewhere = known_elsewhere(self._journal, push, anew)
        known = self._known(reads, state, aside, stale)
        fresh = [read for read in reads if read.n > state.acked]
        self._time(fresh)
        taken = [self._set_aside(read, aside) for read in fresh] if aside else self._take_fresh(fresh)
        self._save(state, fresh, taken)
        return PushAnswer(
            acked=state.acked, results=[*known, *taken], received_ms=self._received_ms, server_ms=self._received_ms
        )

    def _time(self, fresh: Sequence[Read]) -> None:
        acts = [read.mutation for read in fresh if read.mutation is not None]
        told = clocks.in_order([m.at for m in acts], self._push.clock, self._received_ms, self.queue.proven_ms)
        self._when = {m.n: when for m, when in zip(acts, told, strict=True)}
        self.queue.proven_ms = clocks.proven_after(told, self.queue.proven_ms)

    def _need_order(self, reads: Sequence[Read], state: QueueState) -> None:
        if reads and reads[0].n > state.acked + 1:
            raise Gap(expected=state.acked + 1)
        for before, after in pairwise(reads):
            if after.n != before.n + 1:
                raise Gap(expected=state.acked + 1)

    def _known(
        self, reads: Sequence[Read], state: QueueState, aside: Refusal | None, stale: Refusal | None
    ) -> list[Outcome]:
        old = [read for read in reads if read.n <= state.acked]
        if not old:
            return []
        push = self._push
        stored = self._journal.outcomes(push.device, push.epoch, push.user, old[0].n, old[-1].n)
        reused = {read.n for read in old if read.n in stored and stored[read.n].hash != act_of(read, push.epoch)}
        if reused and aside is None:
            raise stale or SequenceReused(n=min(reused))
        # A queue that is set aside can begin no new epoch: what its numbers now say goes to the inbox like the rest.
        return [
            self._set_aside(read, aside)
            if aside and read.n in reused
            else replayed(self._journal, read, stored.get(read.n))
            for read in old
        ]

    def _save(self, state: QueueState, fresh: Sequence[Read], taken: Sequence[Outcome]) -> None:
        push = self._push
        if fresh:
            state.acked = fresh[-1].n
        if push.through_ms is not None:
            said = clocks.through(push.through_ms, push.clock, self._received_ms)
            state.through_ms = max(said, state.through_ms or 0)
        if fresh or push.through_ms is not None:
            self._journal.save_queue(push.device, push.epoch, push.user, state)
        stored = [(o.n, Stored(act_of(r, push.epoch), to_json(o))) for r, o in zip(fresh, taken, strict=True)]
        self._journal.save_outcomes(push.device, push.epoch, push.user, stored)

    def _take_fresh(self, fresh: Sequence[Read]) -> list[Outcome]:
        outcomes: list[Outcome] = []
        at = 0
        while at < len(fresh):
            take, run = self._take_facts, run_of_facts(fresh, at, self._registry, self._elsewhere)
            if run < 2:
                take, run = self._take_run, run_of_rows(fresh, at, self._registry, self._elsewhere)
            reads = fresh[at : at + max(run, 1)]
            together = take(reads) if run > 1 else None
            outcomes += together if together is not None else [self._take_one(read) for read in reads]
            at += len(reads)
        return outcomes

    # -- changes of many rows -------------------------------------------------------------------------------------

    def _take_run(self, reads: Sequence[Read]) -> list[Outcome] | None:
        """All of them in one savepoint, written together at its end, or None: then each is taken by itself."""
        mutations = [read.mutation for read in reads if read.mutation is not None]
        claims = [self._claim(m) for m in mutations]
        rows = [row for m in mutations for row in m.rows()]
        if self._desk.held_behind(claims[0].queue, [row_id for _, row_id in rows]):
            return None
        try:
            with self._desk.savepoint():
                self._fetch(rows)
                drafts = [self._apply(m, c, read) for m, c, read in zip(mutations, claims, reads, strict=True)]
                self._desk.settle()
                if self._lookout.moved():
                    raise RunBroken  # one of them moved its own user: the next saw scopes that were no more
        except Exception:  # whatever it was, it is met again, and named, one by one
            return None
        finally:
            self._rows = {}
            self._lookout.forget()
        versions = self._journal.versions_of(rows)
        return [told(draft, m.rows(), versions) for draft, m in zip(drafts, mutations, strict=True)]

    def _fetch(self, rows: Sequence[tuple[str, str]]) -> None:
        self._lookout.remember()
        self._rows = dict.fromkeys(rows) | self._journal.rows(rows)
        self._desk.fetch(self._rows)

    def _row(self, t: str, row_id: str) -> JournalRow | None:
        return self._rows[t, row_id] if (t, row_id) in self._rows else self._journal.row(t, row_id)

    # -- facts by the dozen ---------------------------------------------------------------------------------------

    def _take_facts(self, reads: Sequence[Read]) -> list[Outcome] | None:
        """All of them in one savepoint, or None: then each is taken by itself."""
        mutations = [read.mutation for read in reads if read.mutation is not None]
        command = self._registry.commands[mutations[0].cmd]
        try:
            deeds = [_deed(command, m, row_id_of(m), self._claim(m)) for m in mutations]
            with self._desk.savepoint():
                contents = {deed.row_id: content_hash(read.raw) for deed, read in zip(deeds, reads, strict=True)}
                self._desk.write_as(Writer(deeds[0].claim.queue, deeds[0].claim.trusted_ms, contents))
                self._desk.do(command, deeds)
                self._desk.settle()
        except Exception:  # whatever it was, it is met again, and named, one by one
            return None
        versions = self._journal.versions(command.kind, [deed.row_id for deed in deeds])
        return [
            Outcome(
                n=m.n,
                r=Result.applied,
                seq=versions.get(deed.row_id),
                rows=[RowVersion(t=command.kind, id=deed.row_id, ver=versions.get(deed.row_id, 0))],
                ignored=ignored_fields(m, command),
            )
            for m, deed in zip(mutations, deeds, strict=True)
        ]

    # -- one mutation ---------------------------------------------------------------------------------------------

    def _take_one(self, read: Read) -> Outcome:
        if read.n in self._elsewhere:
            return self._elsewhere[read.n]
        m = read.mutation
        if m is None:
            assert read.refusal is not None
            return self._refused(read, claim_of_broken(read, self._push, self._received_ms), read.refusal)
        claim = self._claim(m)
        if m.cmd != VOID and self._must_wait(m, claim):
            self._desk.hold(claim, read.raw, m.needs, [row_id for _, row_id in m.rows()])
            return Outcome(n=m.n, r=Result.held, why=Why(code=NeedsUnmet.code))
        return self._do(read, m, claim)

    def _do(self, read: Read, m: Mutation, claim: Claim) -> Outcome:
        try:
            if m.cmd == VOID:
                raise Voided(reason=str(m.params.get("reason", ""))[:200])
            with self._desk.savepoint():
                draft = self._apply(m, claim, read)
                self._desk.settle()
            return told(draft, m.rows(), self._journal.versions_of(m.rows()))
        except Refusal as refusal:
            return self._refused(read, claim, refusal)
        except Exception as problem:
            self._desk.fault(problem, claim)
            return self._refused(read, claim, Fault(type(problem).__name__))

    def _apply(self, m: Mutation, claim: Claim, read: Read) -> Outcome:
        """Does what the mutation asks; its outcome still lacks the rows. Raises Refusal; the caller holds the savepoint
        and settles."""
        if m.cmd == EDIT:
            return self._edit(m, claim, read)
        command = self._registry.commands.get(m.cmd)
        if command is None:
            raise UnknownCommand(cmd=m.cmd)
        return self._command(command, m, claim, read)

    def _must_wait(self, m: Mutation, claim: Claim) -> bool:
        if m.needs and set(m.needs) - self._journal.existing(m.needs):
            return True
        return self._desk.held_behind(claim.queue, [row_id for _, row_id in m.rows()])

    def _command(self, command: Command, m: Mutation, claim: Claim, read: Read) -> Outcome:
        if m.row is None:
            raise RowMissing
        if m.row.t != command.kind:
            raise UnknownKind(t=m.row.t)
        content = content_hash(read.raw)
        row = self._row(command.kind, m.row.id)
        if row is not None and command.creates and (command.fact or row.born_hash == content):
            return self._again(row, m, content)
        sight = Sight.now
        if row is not None and row.body is not None:
            sight = self._need_sight(row, m, claim)
        elif not command.creates:
            raise UnknownRow
        verdict = self._verdict(command, row, m.row, claim)
        if verdict is Verdict.noop:
            return Outcome(n=m.n, r=Result.merged, ignored=ignored_fields(m, command))
        self._desk.write_as(Writer(claim.queue, claim.trusted_ms, {m.row.id: content}, in_sight=True))
        kept = self._desk.do(command, [_deed(command, m, m.row.id, claim, verdict)])
        result, conflict, why = Result.applied, None, None
        if row is not None and (kept is not None or verdict in (Verdict.conflict, Verdict.compensate)):
            assert command.state_field is not None
            state = row.value(command.state_field)
            said = kept or Kept("sync.state_moved", {"state": state, "cmd": command.name})
            why = Why(code=said.code, params=dict(said.params))
            fields = [FieldConflict(command.state_field, None, state, command.name, Policy.state.value, "server")]
            conflict = self._keep(m, claim, read, Severity.decide if said.decide else Severity.info, why, fields, row)
            result = Result.conflict if said.decide else Result.merged
            if sight is Sight.late:  # who may no longer look is not told where it stands
                why = Why(code=why.code, params={"cmd": command.name})
        elif verdict is Verdict.supersede:
            result = Result.merged
        return Outcome(n=m.n, r=result, seq=AT_ITS_END, conflict=conflict, why=why, ignored=ignored_fields(m, command))

    def _again(self, row: JournalRow, m: Mutation, content: bytes) -> Outcome:
        """What adds a row that is or was there: the same act queued anew is known; another is refused and kept."""
        if row.born_hash == content:
            return Outcome(n=m.n, r=Result.duplicate)
        raise RowExists

    def _verdict(self, command: Command, row: JournalRow | None, ref: RowRef, claim: Claim) -> Verdict:
        if command.state_field is None or row is None or row.body is None:
            return Verdict.apply
        if not self._moved(row, command.state_field, ref.base, claim):
            return Verdict.apply
        return command.table.get(str(row.value(command.state_field)), Verdict.apply)

    # -- edits ----------------------------------------------------------------------------------------------------

    def _edit(self, m: Mutation, claim: Claim, read: Read) -> Outcome:
        if not m.ops:
            raise RowMissing
        result, conflict = Result.applied, None
        ignored = strange_fields(m)
        for place, op in enumerate(m.ops):
            if (op.t, op.id) in m.rows()[:place]:
                self._desk.settle()  # it goes by what the op before it wrote
            kind = self._registry.kinds.get(op.t)
            if kind is None or kind.edit is None:
                raise UnknownKind(t=op.t)
            row = self._row(op.t, op.id)
            if row is None or row.body is None:
                raise UnknownRow
            self._need_sight(row, m, claim)
            ignored += [f"ops.{op.t}.{f}" for f in op.set if f not in kind.fields]
            for loser, lost in by_loser(self._edit_row(kind, op, row, claim), row, claim.user).items():
                decide = [f for f, chosen in lost if chosen]
                severity = Severity.decide if decide else Severity.info
                code = "sync.field_changed" if decide else "sync.field_overruled"
                why = Why(code=code, params={"field": (decide or [lost[0][0]])[0].f})
                conflict = self._keep(m, claim, read, severity, why, [f for f, _ in lost], row, loser)
                result = Result.conflict if decide else (Result.merged if result is Result.applied else result)
        return Outcome(n=m.n, r=result, seq=AT_ITS_END, conflict=conflict, ignored=ignored)

    def _edit_row(self, kind: Kind, op: Op, row: JournalRow, claim: Claim) -> list[tuple[FieldConflict, bool]]:
        """Merges and writes one row's fields; gives what was lost, and whether a person must decide."""
        body = orjson.loads(row.body or b"{}")
        told: list[tuple[FieldConflict, bool]] = []
        writes: dict[str, Any] = {}
        unseen: set[str] = set()
        for name, wanted in op.set.items():
            if name not in kind.fields:
                continue
            if name not in kind.editable:
                raise FieldNotEditable(field=name)
            moved = self._moved(row, name, op.base, claim)
            _, queue, ms = row.field_version(name)
            theirs = Side(body.get(name), ms, (queue or "").partition(":")[0])
            mine = Side(wanted, claim.trusted_ms, claim.device)
            merged = merge(kind.fields[name], theirs, mine, moved=moved, was=op.was.get(name))
            if merged.lost is not None:
                chosen = "device" if merged.lost is theirs else "server"
                policy = kind.fields[name].value
                told.append(
                    (FieldConflict(name, op.was.get(name), theirs.value, wanted, policy, chosen), merged.decide)
                )
            if merged.value != theirs.value:
                writes[name] = merged.value
                unseen |= {name} if moved else set()
            elif kind.fields[name] is Policy.lww and mine.stamp() > theirs.stamp():
                stamped = self._journal.stamp(op.t, op.id, name, Writer(claim.queue, claim.trusted_ms))
                if (op.t, op.id) in self._rows:
                    self._rows[op.t, op.id] = stamped
        if writes:
            seen = len(unseen) < len(writes)
            self._desk.write_as(Writer(claim.queue, claim.trusted_ms, in_sight=seen, but=frozenset(unseen)))
            self._desk.edit(kind, op.id, writes, claim)
        return told

    def _moved(self, row: JournalRow, name: str, base: Mapping[str, int], claim: Claim) -> bool:
        """Whether a field changed since the phone saw it; what the same person wrote on the same phone was seen.

        A base beyond the present was seen in a life of the database that is no more: it says nothing about this one.
        """
        seq, queue, _ = row.field_version(name)
        if queue is not None:
            device, _, rest = queue.partition(":")
            if device == claim.device and rest.partition(":")[2] == claim.user:
                return False
        return not seq <= base.get(name, -1) <= self._head

    # -- sight ----------------------------------------------------------------------------------------------------

    def _need_sight(self, row: JournalRow, m: Mutation, claim: Claim) -> Sight:
        sight = self._lookout.sight(row, m)
        if sight is Sight.never:
            raise OutOfScope
        if sight is Sight.late:
            self._desk.late(claim, row.t, row.id)
        return sight

    # -- what did not go ------------------------------------------------------------------------------------------

    def _set_aside(self, read: Read, why: Refusal) -> Outcome:
        if read.n in self._elsewhere:
            return self._elsewhere[read.n]
        claim = self._claim(read.mutation) if read.mutation else claim_of_broken(read, self._push, self._received_ms)
        return self._refused(read, claim, why)

    def _refused(self, read: Read, claim: Claim, refusal: Refusal) -> Outcome:
        """The payload goes to the conflict inbox whole, and the queue goes on."""
        code = refusal.code
        severity = Severity.broken if code in (Fault.code, MutationInvalid.code, Voided.code) else Severity.refused
        why = Why(code=code, params=dict(refusal.params))
        rows = read.mutation.rows() if read.mutation else []
        row = self._journal.row(*rows[0]) if rows else None
        conflict = self._keep(read.mutation, claim, read, severity, why, [], row)
        return Outcome(n=read.n, r=Result.rejected, conflict=conflict, why=why)

    def _keep(
        self,
        m: Mutation | None,
        claim: Claim,
        read: Read,
        severity: Severity,
        why: Why | None,
        fields: Sequence[FieldConflict],
        row: JournalRow | None,
        loser: str | None = None,
    ) -> str:
        named = m.rows()[0] if m is not None and m.rows() else (None, None)
        self._desk.write_as(Writer(None, self._received_ms))
        return self._desk.keep(
            Conflict(
                t=row.t if row else named[0],
                row=row.id if row else named[1],
                claim=claim,
                severity=severity,
                why=why,
                fields=fields,
                payload=read.raw,
                scopes=row.scopes if row else frozenset(),
                loser=loser or claim.user,
            )
        )

    # -- small helpers --------------------------------------------------------------------------------------------

    def _claim(self, m: Mutation) -> Claim:
        push = self._push
        when = self._when.get(m.n) or clocks.trusted(m.at, push.clock, self._received_ms)
        return Claim(
            push.device,
            push.epoch,
            push.user,
            m.n,
            m.at.wall_ms,
            when.ms,
            when.error_ms,
            when.quality.value,
            self._received_ms,
        )


def take_held(payload: dict[str, Any], claim: Claim, registry: Registry, desk: Desk, signer: Signer) -> Outcome:
    """Takes up a mutation that waited, as the act it was: its claim stays what it was at first receipt."""
    taker, read = _taker_of_held(payload, claim, registry, desk, signer)
    assert read.mutation is not None
    return taker._do(read, read.mutation, claim)


def set_held_aside(
    payload: dict[str, Any], claim: Claim, registry: Registry, desk: Desk, signer: Signer, why: Refusal
) -> Outcome:
    """A mutation that waited in vain goes to the conflict inbox."""
    taker, read = _taker_of_held(payload, claim, registry, desk, signer)
    return taker._refused(read, claim, why)


def _taker_of_held(
    payload: dict[str, Any], claim: Claim, registry: Registry, desk: Desk, signer: Signer
) -> tuple[Taker, Read]:
    clock = PushClock(wall_ms=claim.wall_ms)
    push = Push(device=claim.device, epoch=claim.epoch, user=claim.user, contract=1, clock=clock, muts=[])
    return Taker(push, registry, desk, signer, claim.received_ms), read_one(payload)


def _deed(command: Command, m: Mutation, row_id: str, claim: Claim, verdict: Verdict = Verdict.apply) -> Deed:
    return Deed(row_id, command.read(m.params), claim, verdict, m.blobs)
