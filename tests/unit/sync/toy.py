"""A toy domain of two kinds over the journal in memory: what a Taker needs of a host, and no more."""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sync.conflicts import Conflict
from sync.cursor import Bearer, Cookie, Signer
from sync.journal import Entries, Journal, RowChange, Writer
from sync.kinds import Claim, Command, Deed, Kept, Kind, ParamsInvalid, Policy, Registry, Verdict
from sync.mutations import RowExists
from sync.protocol import Outcome, Push, PushAnswer, PushClock
from sync.push import Taker, take_held
from sync.refusal import Refusal
from sync.stores.memory import MemoryJournal

SIGNER = Signer("a secret of the tests")
NOW_MS = 1_800_000_000_000


def an_id(number: int) -> str:
    return f"{number:08x}-0000-7000-8000-000000000000"


ANN, BO, PHONE, OTHER = (an_id(number) for number in range(1, 5))
ORDER, SECOND, SCAN = an_id(16), an_id(17), an_id(32)
TEAM = "team:1"


class Toobig(Refusal):
    code = "toy.too_big"


class Desk:
    """The host: rows, conflicts and waiting mutations in dictionaries."""

    def __init__(self) -> None:
        self.books = MemoryJournal()
        self.journal: Journal = self.books
        self.rows: dict[tuple[str, str], dict[str, Any]] = {}
        self.conflicts: dict[str, Conflict] = {}
        self.waiting: list[tuple[Claim, dict[str, Any], Sequence[str], Sequence[str]]] = []
        self.faults: list[Exception] = []
        self.deeds: list[tuple[str, int, Verdict]] = []
        self.writer = Writer()

    @contextlib.contextmanager
    def savepoint(self) -> Iterator[None]:
        before = ({key: dict(row) for key, row in self.rows.items()}, dict(self.conflicts), list(self.deeds))
        try:
            with self.books.savepoint():
                yield
        except BaseException:
            self.rows, self.conflicts, self.deeds = before
            raise

    def write_as(self, writer: Writer) -> None:
        self.writer = writer

    def write(self, t: str, row_id: str, **values: Any) -> None:
        """Changes a row as whoever `write_as` named."""
        row = self.rows.setdefault((t, row_id), {"id": row_id, "team": TEAM, "step": "new"})
        row |= values
        self.journal.record([RowChange(t, row_id, dict(row), frozenset([row["team"]]))], self.writer)

    def delete(self, t: str, row_id: str) -> None:
        del self.rows[t, row_id]
        self.journal.record([RowChange(t, row_id, None, frozenset())], Writer())

    def fetch(self, rows: Entries) -> None:
        """The toy has its rows at hand."""

    def settle(self) -> None:
        """The toy journals at once."""

    def do(self, command: Command, deeds: Sequence[Deed]) -> Kept | None:
        if command.accept_many is not None and len(deeds) > 1:
            command.accept_many(self, deeds)
            return None
        said = [command.accept(self, deed) for deed in deeds]
        return said[0] if len(said) == 1 else None

    def edit(self, kind: Kind, row_id: str, values: Mapping[str, Any], claim: Claim) -> None:
        assert kind.edit is not None
        kind.edit(self, row_id, values, claim)

    def keep(self, conflict: Conflict) -> str:
        kept = f"conflict {len(self.conflicts) + 1}"
        self.conflicts[kept] = conflict
        return kept

    def hold(self, claim: Claim, payload: dict[str, Any], needs: Sequence[str], rows: Sequence[str]) -> None:
        self.waiting.append((claim, payload, needs, rows))

    def late(self, claim: Claim, t: str, row_id: str) -> None:
        """The toy keeps no audit."""

    def held_behind(self, queue: str, rows: Sequence[str]) -> bool:
        return any(claim.queue == queue and set(touched) & set(rows) for claim, _, _, touched in self.waiting)

    def fault(self, problem: Exception, _claim: Claim) -> None:
        self.faults.append(problem)

    def release(self) -> list[Outcome]:
        """Takes up what waited, in order."""
        waiting, self.waiting = self.waiting, []
        return [take_held(payload, claim, REGISTRY, self, SIGNER) for claim, payload, _, _ in waiting]


def _read(params: Mapping[str, Any]) -> dict[str, Any]:
    if params.get("count", 0) == "no number":
        raise ParamsInvalid(where="count")
    return {"count": params.get("count", 0)}


def _open(desk: Desk, deed: Deed) -> None:
    if ("order", deed.row_id) in desk.rows:
        raise RowExists
    desk.write("order", deed.row_id, count=deed.params["count"])


def _step(step: str) -> Any:
    def accept(desk: Desk, deed: Deed) -> None:
        if deed.params["count"] == 13:
            desk.write("order", deed.row_id, step="half done")
            raise Toobig(limit=12)
        if deed.params["count"] == 14:
            raise ZeroDivisionError("a fault of ours")
        desk.deeds.append((step, deed.claim.n, deed.verdict))
        if deed.verdict not in (Verdict.conflict, Verdict.compensate):
            desk.write("order", deed.row_id, step=step)

    return accept


def _scan(desk: Desk, deed: Deed) -> None:
    if ("scan", deed.row_id) in desk.rows:
        raise RowExists
    if deed.params["count"] == 13:
        raise Toobig(limit=12)
    desk.deeds.append(("scan", deed.claim.n, deed.verdict))
    desk.write("scan", deed.row_id, count=deed.params["count"])


def _scans(desk: Desk, deeds: Sequence[Deed]) -> None:
    changes = []
    for deed in deeds:
        if ("scan", deed.row_id) in desk.rows or deed.params["count"] == 13:
            raise KeyError(deed.row_id)
        desk.rows["scan", deed.row_id] = {"id": deed.row_id, "team": TEAM, "count": deed.params["count"]}
        desk.deeds.append(("scans", deed.claim.n, deed.verdict))
        changes.append(RowChange("scan", deed.row_id, desk.rows["scan", deed.row_id], frozenset([TEAM])))
    desk.journal.append(changes, desk.writer)


def _edit(desk: Desk, row_id: str, values: Mapping[str, Any], _claim: Claim) -> None:
    if "poison" in values.values():
        raise Toobig
    desk.write("order", row_id, **values)


LATE = {
    "started": Verdict.noop,
    "done": Verdict.compensate,
    "cancelled": Verdict.conflict,
    "given": Verdict.supersede,
}
KNOWN = frozenset({"count"})
FIELDS = {
    "id": Policy.server,
    "team": Policy.server,
    "step": Policy.state,
    "note": Policy.ask,
    "word": Policy.lww,
    "count": Policy.counter,
    "high": Policy.max,
    "tags": Policy.set,
    "photos": Policy.append,
    "serial": Policy.once,
    "holder": Policy.custody,
}
ORDERS = Kind(
    name="order",
    table=None,
    fields=FIELDS,
    body=dict,
    scopes=lambda row: [row["team"]],
    commands=[
        Command("order.open", "order", _read, _open, creates=True, known=KNOWN),
        Command("order.start", "order", _read, _step("started"), state_field="step", table=LATE, known=KNOWN),
        Command("order.finish", "order", _read, _step("done"), state_field="step", table=LATE, known=KNOWN),
    ],
    edit=_edit,
    editable=frozenset(FIELDS) - {"id", "team", "step"},
)
SCANS = Kind(
    name="scan",
    table=None,
    fields={"id": Policy.server, "team": Policy.server, "count": Policy.server},
    body=dict,
    scopes=lambda row: [row["team"]],
    commands=[
        Command("scan.add", "scan", _read, _scan, fact=True, creates=True, accept_many=_scans, known=KNOWN),
    ],
    facts=True,
)
REGISTRY = Registry([ORDERS, SCANS])


@dataclass
class Phone:
    """Numbers a user's mutations and pushes them."""

    desk: Desk
    user: str = ANN
    device: str = PHONE
    epoch: int = 1
    n: int = 0
    sent: list[dict[str, Any]] = field(default_factory=list)

    def did(self, cmd: str, row: str = ORDER, *, base: dict[str, int] | None = None, **more: Any) -> dict[str, Any]:
        """A deed, numbered."""
        t = cmd.partition(".")[0]
        params = {"count": more.pop("count")} if "count" in more else {}
        return self.said(cmd=cmd, row={"t": t, "id": row, "base": base or {}}, params=params, **more)

    def edits(self, row: str = ORDER, *, base: int = 0, was: Any = None, **values: Any) -> dict[str, Any]:
        """An edit of registers, all seen at `base`."""
        op = {"t": "order", "id": row, "set": values, "base": dict.fromkeys(values, base), "was": was or {}}
        return self.said(cmd="edit", ops=[op])

    def said(self, **more: Any) -> dict[str, Any]:
        """Anything at all, numbered."""
        self.n += 1
        return {"n": self.n, "at": {"wall_ms": NOW_MS - 1_000}} | more

    def push(
        self,
        *mutations: dict[str, Any],
        aside: Refusal | None = None,
        stale: Refusal | None = None,
        now_ms: int = NOW_MS,
    ) -> PushAnswer:
        """One push."""
        sent = Push(
            device=self.device,
            epoch=self.epoch,
            user=self.user,
            contract=1,
            clock=PushClock(wall_ms=now_ms, rtt_ms=0),
            muts=list(mutations),
        )
        return Taker(sent, REGISTRY, self.desk, SIGNER, now_ms).take(aside=aside, stale=stale)

    def one(self, mutation: dict[str, Any], **more: Any) -> Outcome:
        """One push of one mutation; its outcome."""
        (outcome,) = self.push(mutation, **more).results
        return outcome

    def cookie(self, now_ms: int = NOW_MS, generation: str = "memory") -> str:
        """What the phone holds after a pull now."""
        bearer = Bearer(self.user, self.device, self.epoch)
        return SIGNER.cookie(Cookie(generation, self.desk.journal.head(), now_ms // 1000), bearer)


def world() -> tuple[Desk, Phone, Phone]:
    """An order in the team of Ann and Bo, each with a phone."""
    desk = Desk()
    desk.journal.set_user_scopes(ANN, [TEAM])
    desk.journal.set_user_scopes(BO, [TEAM])
    desk.write("order", ORDER, note="as it was", word="as it was", count=1, tags=["a"])
    return desk, Phone(desk), Phone(desk, user=BO, device=OTHER)
