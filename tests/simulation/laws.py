"""The laws of sync, looked at after every step; the dearer ones when the world is at rest.

*Once*, *Order* and *No loss* at every durable push; *Sight* at every page; at every end of a pull the phone must hold
exactly what the server showed at that moment. At rest: *Replay*, *Converge*, *Merge*, *Truth*, and all of the others.
"""

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from typing import Any

import orjson

from sync import pull as pulls
from sync.clocks import Quality
from sync.protocol import Outcome, Pull, Push, PushAnswer, Repair, Result
from tests.simulation.domain import CONFLICTS, HELD, JOB, REGISTRY, SCAN, team_scope, user_scope
from tests.simulation.phone import Act, Key, Phone
from tests.simulation.registers import TAKEN_UP, may_stand, sayings
from tests.simulation.server import LEDGER, TAKEN, Server, queue_of

Bodies = dict[Key, tuple[int, bytes]]
PAGE_BYTES = 3_000
"""Small pages: much happens between them."""


class LawBroken(AssertionError):
    """A law of sync does not hold."""

    def __init__(self, law: str, detail: str) -> None:
        super().__init__(f"{law}: {detail}")
        self.law = law


def law(name: str, holds: bool, detail: Callable[[], str]) -> None:
    """Raises LawBroken unless it holds."""
    if not holds:
        raise LawBroken(name, detail())


class Laws:
    """Looks on, and knows what was answered in this life of the server."""

    def __init__(self) -> None:
        self.server: Server
        self._answers: dict[tuple[str, int, str, int, bytes], bytes] = {}
        self._acts: dict[str, tuple[Any, bytes]] = {}
        self._last_seq: dict[tuple[str, int, str], int] = {}
        self._acked: dict[tuple[str, int, str], int] = {}
        self._shown: dict[str, tuple[int, int]] = {}
        self.done_ms: dict[str, int] = {}
        """When each act was really done."""
        self.overwritten: set[str] = set()
        """Rows whose words the office wrote, or a deed: the server has no act's time."""
        self.revoked: set[str] = set()
        """Devices that were once revoked, in whatever life of the server."""
        self.rotten: set[str] = set()
        """Devices that lost something of their replica since they last converged."""
        self.checks = 0

    def memory(self) -> Any:
        """What must be forgotten when the server forgets it: kept beside a backup."""
        return dict(self._answers), dict(self._acts), dict(self._last_seq), dict(self._acked)

    def go_back(self, memory: Any) -> None:
        """The server was restored from that backup."""
        self._answers, self._acts, self._last_seq, self._acked = (dict(part) for part in memory)

    # -- every durable push ---------------------------------------------------------------------------------------

    def took(self, sent: Push, answer: PushAnswer) -> None:
        """Once, Order and No loss of one push."""
        self.checks += 1
        queue = (sent.device, sent.epoch, sent.user)
        numbers = [raw["n"] for raw in sent.muts]
        answered = [outcome.n for outcome in answer.results]
        law("No loss", numbers == answered, lambda: f"sent {numbers}, answered {answered}")
        law("No loss", not numbers or answer.acked >= numbers[-1], lambda: f"{numbers[-1]} not acked by {answer.acked}")
        before = self._acked.get(queue, 0)
        law("Order", answer.acked >= before, lambda: f"acked went back from {before} to {answer.acked}")
        law("Order", not numbers or numbers[0] <= before + 1, lambda: f"{numbers[0]} taken after {before}")
        self._acked[queue] = answer.acked
        for raw, outcome in zip(sent.muts, answer.results, strict=True):
            self._one(sent, queue, raw, outcome)

    def _one(self, sent: Push, queue: tuple[str, int, str], raw: Mapping[str, Any], outcome: Outcome) -> None:
        key = (*queue, outcome.n, orjson.dumps(raw, option=orjson.OPT_SORT_KEYS))
        said = outcome.model_dump_json().encode()
        known = self._answers.setdefault(key, said)
        if known != said and self._aside_twice(key, outcome):
            return
        law("Once", known == said, lambda: f"{queue} {outcome.n} was answered {known!r}, now {said!r}")
        act = f"{sent.device}:{sent.user}:{raw['at']['wall_ms']}"
        effects = self.server.shelf.find(LEDGER, act)
        takes = effects["takes"] if effects else []
        law("Once", len(takes) <= 1, lambda: f"{raw} took effect {len(takes)} times")
        mine = (_spoken(raw), outcome.model_copy(update={"n": 0}).model_dump_json().encode())
        first = self._acts.setdefault(act, mine)
        law("Once", first == mine, lambda: f"{act} was answered {first}, under another number {mine}")
        if first is mine:
            self._fresh(queue, raw, outcome, bool(takes))
            if effects and act in self.done_ms:
                self._timed(sent, raw, effects, self.done_ms[act])

    def _aside_twice(self, key: tuple[Any, ...], outcome: Outcome) -> bool:
        """Of a number used twice in a queue that has ended one content has its outcome kept; the others go to the inbox
        as often as they come."""
        aside = outcome.why is not None and outcome.why.code in ("sync.device_revoked", "sync.drained")
        return aside and any(other[:4] == key[:4] and other != key for other in self._answers)

    @staticmethod
    def _timed(sent: Push, raw: Mapping[str, Any], effects: Mapping[str, Any], true_ms: int) -> None:
        """An act whose time was vouched for was done within the bound that was told."""
        if effects["quality"] not in (Quality.anchored, Quality.hand_set):
            return
        late = effects["ms"] - true_ms
        told = f"{raw['at']} of {true_ms} was timed {effects}"
        law("Time", late >= -effects["error_ms"], lambda: f"{told}, too early")
        # How long a push was under way is assumed, unless an exchange of the act's own boot bounds it.
        met = sent.clock.last is not None and sent.clock.last.boot == raw["at"]["boot"]
        law("Time", not met or late <= effects["error_ms"], lambda: f"{told}, too late")

    def _fresh(self, queue: tuple[str, int, str], raw: Mapping[str, Any], outcome: Outcome, effect: bool) -> None:
        if outcome.r is Result.applied and outcome.seq is not None and raw["cmd"] == "scan.add":
            last = self._last_seq.get(queue, 0)
            law("Order", outcome.seq > last, lambda: f"{queue} {outcome.n} has seq {outcome.seq} after {last}")
            self._last_seq[queue] = outcome.seq
        if outcome.r is Result.rejected or outcome.conflict is not None:
            kept = self.server.shelf.find(CONFLICTS, outcome.conflict or "")
            law("No loss", kept is not None and kept["payload"] == raw, lambda: f"{raw} {outcome.r}, kept {kept}")
            assert kept is not None
            for field in kept["fields"]:
                law("No loss", _both_sides(raw, field), lambda field=field: f"{raw} lost a side in {field}")  # type: ignore[misc]
        elif outcome.r is Result.held:
            waits = any(row["payload"] == raw for _, row in self.server.shelf.rows(HELD))
            law("No loss", waits, lambda: f"{raw} was held and is nowhere")
        elif outcome.r is Result.applied and raw["cmd"] != "edit":
            law("No loss", effect, lambda: f"{raw} was applied without effect")

    # -- every page -----------------------------------------------------------------------------------------------

    def _visible(self, user: str) -> dict[Key, int]:
        """What a person may see now by the town's own books, never by the journal's."""
        held = {user_scope(user), *map(team_scope, self.server.teams_of(user))}
        seen = {}
        for t, row_id, scopes, ver in self.server.shelf.standing():
            if not held.isdisjoint(scopes):
                law("Truth", ver is not None, lambda t=t, row_id=row_id: f"{t} {row_id} stands in no journal")  # type: ignore[misc]
                seen[t, row_id] = ver or 0
        return seen

    def gave(self, _sent: Pull, user: str, frames: Sequence[bytes]) -> None:
        """Sight of one page; and what the phone must hold when it has applied the last one."""
        self.checks += 1
        visible = self._visible(user)
        self._in_sight(user, visible, frames)
        last = frames[-1]
        if last.startswith(b'{"f":"end"'):
            self._shown[orjson.loads(last)["cookie"]] = (len(visible), sum(visible.values()))

    def _in_sight(self, user: str, visible: Container[Key], frames: Sequence[bytes]) -> None:
        for frame in frames:
            if frame.startswith(b'{"f":"row"'):
                parts = frame.split(b'"', 12)
                key = (parts[7].decode(), parts[11].decode())
                law("Sight", key in visible, lambda key=key: f"{user} was given {key}")  # type: ignore[misc]

    def mended(self, sent: Repair, user: str, frames: Sequence[bytes]) -> None:
        """Sight of a repair; and that there was something to mend."""
        self.checks += 1
        self._in_sight(user, self._visible(user), frames)
        law("Converge", sent.device in self.rotten, lambda: f"{user} drifted, and nothing had rotted")

    def pulled(self, phone: Phone) -> None:
        """A phone that has applied a pull holds exactly what the server showed at its last page."""
        cookie = phone.store.get(f"cookie/{phone.user}")
        if cookie is None or cookie == phone.cookies.get(phone.user):
            return
        self.checks += 1
        phone.cookies[phone.user] = cookie
        shown, held = self._shown.get(cookie), phone.sums(phone.user)
        if phone.device in self.rotten:
            return  # until it rests: what rotted is mended when somebody looks
        if shown is not None and shown != held:
            law("Sight", held[0] <= shown[0], lambda: f"phone {phone.number} holds {held[0]} rows, sees {shown[0]}")
            law("Converge", False, lambda: f"phone {phone.number} holds (rows, sum of ver) {held}, was shown {shown}")

    # -- the end of a phone ---------------------------------------------------------------------------------------

    def wiped(self, phone: Phone) -> None:
        """A phone wiped itself: by its own server's signed order, which it keeps as the receipt."""
        law("Wipe", phone.device in self.revoked, lambda: f"phone {phone.number} is wiped, and nobody revoked it")
        law("Wipe", phone.owes_receipt, lambda: f"phone {phone.number} is wiped without a receipt")

    def ended(self, phones: Sequence[Phone]) -> None:
        """At rest whoever was revoked is wiped, and the desk knows."""
        for phone in phones:
            known = self.server.is_wiped(phone.device)
            law("Wipe", phone.gone or self.server.is_active(phone.device), lambda: f"phone {phone.number} goes on")  # noqa: B023
            law("Wipe", not phone.owes_receipt, lambda: f"nobody hears that phone {phone.number} is wiped")  # noqa: B023
            law("Wipe", phone.gone or not known, lambda: f"phone {phone.number} says it is wiped, and is not")  # noqa: B023

    # -- at rest --------------------------------------------------------------------------------------------------

    def at_rest(self, phones: Sequence[Phone], acts: Iterable[Act], exempt: set[str]) -> None:
        """Everything was sent and pulled: all the laws, whole."""
        self.checks += 1
        self._truth()
        self._nothing_lost(acts, exempt)
        self._nothing_waits()
        self._merged()
        self._later_stands()
        self._proved()
        for phone in phones:
            if self.server.is_active(phone.device):
                self._converged(phone)

    def _truth(self) -> None:
        """The journal tells exactly what the town's rows are."""
        shelf = self.server.shelf
        for t, kind in REGISTRY.kinds.items():
            for row_id, row in shelf.rows(t):
                entry = shelf.journal.row(t, row_id)
                told = (entry.body, entry.scopes) if entry else None
                true = (orjson.dumps(kind.body(row)), frozenset(kind.scopes(row)))
                law("Truth", told == true, lambda: f"{t} {row_id}: the journal says {told}, the town {true}")  # noqa: B023

    def _nothing_lost(self, acts: Iterable[Act], exempt: set[str]) -> None:
        taken = dict(self.server.shelf.rows(TAKEN))
        for act in acts:
            if act.key not in exempt:
                law("No loss", act.among(taken), lambda act=act: f"{act} ended in no outcome")  # type: ignore[misc]
        for key, effects in self.server.shelf.rows(LEDGER):
            law("Once", len(effects["takes"]) == 1, lambda key=key: f"{key} took effect more than once")  # type: ignore[misc]

    def _nothing_waits(self) -> None:
        """Whatever is held still waits for a row that never came, or stands behind such a one."""
        blocked: set[tuple[str, str]] = set()
        for held in self.server.waiting():
            keys = {(queue_of(held), row) for row in held["rows"]}
            met = not set(held["needs"]) - self.server.shelf.journal.existing(held["needs"])
            law("No loss", not met or bool(keys & blocked), lambda held=held: f"{held} waits for nothing")  # type: ignore[misc]
            blocked |= keys

    def _merged(self) -> None:
        """What independent acts leave does not depend on the order of their arrival."""
        said: dict[tuple[str, str], list[Any]] = defaultdict(list)
        for _, taken in self.server.shelf.rows(TAKEN):
            if taken["r"] in TAKEN_UP and taken["raw"]["cmd"] == "edit":
                for op in taken["raw"]["ops"]:
                    for name, value in op["set"].items():
                        said[op["id"], name].append(value)
        jobs = dict(self.server.shelf.rows(JOB))
        for (row_id, name), values in said.items():
            if row_id in jobs and name in _FOLDS:
                stands, wanted = jobs[row_id][name], _FOLDS[name](values)
                holds = wanted(stands) if callable(wanted) else stands == wanted
                law("Merge", holds, lambda: f"job {row_id}: {name} is {stands} after {values}")  # noqa: B023

    def _proved(self) -> None:
        """Every photo has come: in whatever order, what its act named proves a scan."""
        scans = dict(self.server.shelf.rows(SCAN))
        for _, taken in self.server.shelf.rows(TAKEN):
            raw = taken["raw"]
            if raw["cmd"] == "scan.add" and taken["r"] == "applied" and raw["row"]["id"] in scans:
                scan, blobs = scans[raw["row"]["id"]], raw.get("blobs", [])
                law("Photos", scan["blobs"] == blobs, lambda: f"{raw} became {scan}")  # noqa: B023
                law("Photos", scan["proof"] == ("whole" if blobs else None), lambda: f"all photos came, and {scan}")  # noqa: B023

    def _later_stands(self) -> None:
        """Of words that had not seen each other the later by trusted time stands, whatever clocks and networks did."""
        jobs = dict(self.server.shelf.rows(JOB))
        for row_id, said in sayings(self.server.shelf.rows(TAKEN), "word").items():
            if row_id in jobs and row_id not in self.overwritten:
                word, wanted = jobs[row_id]["word"], may_stand(said)
                law("Later", word in wanted, lambda: f"job {row_id}: {word!r} stands, not {wanted}, of {said}")  # noqa: B023

    def _converged(self, phone: Phone) -> None:
        for user in phone.users:
            fresh = self._fill(phone, user, None, {})
            law("Truth", fresh.keys() == self._visible(user).keys(), lambda user=user: f"{user} is shown wrong rows")  # type: ignore[misc]
            held = phone.replica(user)
            law("Converge", held == fresh, lambda: _difference(phone, user, held, fresh))  # noqa: B023
        for kept in phone.kept:
            replayed = self._fill(phone, kept.user, kept.cookie, dict(kept.rows))
            fresh = self._fill(phone, kept.user, None, {})
            law("Replay", replayed == fresh, lambda: _difference(phone, kept.user, replayed, fresh))  # noqa: B023
        drifted = phone.machine.drifted()
        law("Converge", not drifted, lambda: f"digests of phone {phone.number} differ in {drifted}")
        if phone.machine.needs is None:
            law("Converge", phone.machine.standing().synced, lambda: f"phone {phone.number} never says synced")
            self.rotten.discard(phone.device)

    def replayed(self, phone: Phone) -> list[Bodies]:
        """Where pulls from each remembered cookie, and from those of today, would end now."""
        return [self._fill(phone, k.user, k.cookie, dict(k.rows)) for k in (*phone.kept, *phone.present())]

    def _fill(self, phone: Phone, user: str, cookie: str | None, rows: Bodies) -> Bodies:
        """Follows pulls from a cookie to the end, over the very engine but past every phone and network."""
        server, page = self.server, None
        for _ in range(1_000):
            asked = Pull(
                device=phone.device,
                epoch=phone.machine.epoch,
                contract=1,
                cookie=cookie,
                page=page,
                max_bytes=PAGE_BYTES,
            )
            with server.shelf.reading():
                frames = pulls.answer(asked, user, server.shelf.journal, server.signer, server.now_ms() // 1000)
            end = _apply(rows, frames)
            if end["f"] == "end":
                return rows
            page = end["page"]
        raise LawBroken("Converge", "a pull never ended")


def _apply(rows: Bodies, frames: Sequence[bytes]) -> dict[str, Any]:
    for line in frames:
        frame = orjson.loads(line)
        if frame["f"] == "begin" and frame.get("reconcile"):
            rows.clear()
        elif frame["f"] == "row":
            rows[frame["t"], frame["id"]] = (frame["ver"], line[line.index(b',"d":') + 5 : -2])
        elif frame["f"] == "gone":
            rows.pop((frame["t"], frame["id"]), None)
    last: dict[str, Any] = orjson.loads(frames[-1])
    return last


def _difference(phone: Phone, user: str, held: Bodies, true: Bodies) -> str:
    more = sorted(held.keys() - true.keys())
    fewer = sorted(true.keys() - held.keys())
    other = sorted(key for key in held.keys() & true.keys() if held[key] != true[key])
    return f"phone {phone.number} of {user}: holds wrongly {more}, lacks {fewer}, holds otherwise {other}"


def _spoken(raw: Mapping[str, Any]) -> Any:
    """What an act says, whatever number it goes under."""
    return {key: value for key, value in raw.items() if key not in ("n", "first")}


def _both_sides(raw: Mapping[str, Any], field: Mapping[str, Any]) -> bool:
    """Whether the phone's words of a field are kept verbatim beside the server's."""
    if raw["cmd"] != "edit":
        return True
    return any(op["set"].get(field["f"], field) == field["device"] for op in raw["ops"])


def _set_of(values: Sequence[Any]) -> Callable[[Any], bool]:
    """Add wins: what was added and by nobody taken out is there, and nothing that was never added."""
    added = {v for said in values for v in said.get("add", ())}
    removed = {v for said in values for v in said.get("remove", ())}
    return lambda stands: added - removed <= set(stands) <= added


_FOLDS: dict[str, Callable[[Sequence[Any]], Any]] = {
    "high": max,
    "low": min,
    "count": sum,
    "photos": lambda values: lambda stands: {p for said in values for p in said} == set(stands),
    "tags": _set_of,
    "serial": lambda values: lambda stands: stands in values,
}
