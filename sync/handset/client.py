"""The handset as a machine without I/O: `next_request()`, `receive()`. Whoever drives it does the sending.

A run: drain the queue by pushes, then pull until `end`. A push that fails never stops the pull.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from sync.handset.adopting import adopt
from sync.handset.answers import Damaged as Damaged
from sync.handset.answers import frames_of, number_of, problem_of, taken_of
from sync.handset.ends import fold_held
from sync.handset.exchanges import exchange_of
from sync.handset.filling import Filling, Stage, ask
from sync.handset.kept import Kept
from sync.handset.mending import Hopeless, Mending
from sync.handset.outbox import Entry, EntryState, batch, pack, state_of
from sync.handset.polling import Polling
from sync.handset.ports import Needs as Needs
from sync.handset.ports import PhoneClock as PhoneClock
from sync.handset.ports import Request as Request
from sync.handset.ports import Standing as Standing
from sync.handset.ports import Store as Store
from sync.handset.replica import Policies, op_of
from sync.handset.seen import Seen
from sync.protocol import EDIT, VOID

PUSH_PATH, PULL_PATH, DRAIN_PATH = "/sync/v1/push", "/sync/v1/pull", "/sync/v1/drain"
REPAIR_PATH, SNAPSHOTS_PATH, PACKS_PATH = "/sync/v1/repair", "/sync/v1/snapshots", "/sync/v1/packs/"
THROUGH_EVERY_MS = 600_000
"""How often a phone with nothing to send says that it has nothing to send."""
PAGES_MAX = 10_000
RESTARTS_MAX = 5
MENDS_MAX = 2
"""Repairs in one run; a replica that still differs is then filled anew, once."""


class Handset(Seen):
    """One phone with one person signed in; others' queues rest in the store until they sign in again."""

    def __init__(
        self, store: Store, clock: PhoneClock, policies: Policies, contract: int, user: str, *, packs: bool = False
    ) -> None:
        super().__init__(store, policies, user)
        self._clock = clock
        self._contract = contract
        self._kept = Kept(store, user)
        self._pushing = self._pulling = self._draining = False
        self._page: str | None = None
        self._pages = self._restarts = 0
        self._reconcile: str | None = None
        self._sent: list[Entry] = []
        self._sent_epoch = 0
        self._unsure: list[int] = []
        """Epochs whose acknowledged work is at the desk as far as we know: before a wipe, the server is heard again."""
        self._sent_at: dict[str, Any] = {}
        self._mending: Mending | None = None
        self._mends = 0
        self._packs = packs
        self.mended_rows = 0
        self._filling: Filling | None = None
        self._polling = Polling()
        self._adopt()

    @property
    def poll_in_s(self) -> int:
        """Seconds from the end of this run to the next, unless there is something to send or a poke comes."""
        return self._polling.in_s(self.device)

    # -- what the crew does ---------------------------------------------------------------------------------------

    def do(
        self,
        cmd: str,
        t: str,
        row_id: str,
        params: Mapping[str, Any],
        *,
        needs: Sequence[str] = (),
        blobs: Sequence[str] = (),
    ) -> int:
        """Queues a deed; gives its number. Refuses one beyond the published limits."""
        row = self._store.row(self.user, t, row_id)
        field = self._policies.state_field(cmd)
        base = {field: row.ver} if row is not None and field is not None else {}
        said: dict[str, Any] = {"cmd": cmd, "row": {"t": t, "id": row_id, "base": base}, "params": dict(params)}
        if needs:
            said["needs"] = list(needs)
        if blobs:
            said["blobs"] = list(blobs)
        return self._queue(said)

    def edit(self, t: str, row_id: str, values: Mapping[str, Any]) -> int:
        """Queues an edit of plain registers; gives its number."""
        return self.edit_all([(t, row_id, values)])

    def edit_all(self, edits: Sequence[tuple[str, str, Mapping[str, Any]]]) -> int:
        """Queues edits of several rows, each (kind, id, values), as one mutation: all of it or none."""
        ops = [op_of(self._store.row(self.user, t, row_id), t, row_id, values) for t, row_id, values in edits]
        return self._queue({"cmd": EDIT, "ops": ops})

    def _queue(self, said: dict[str, Any]) -> int:
        with self._store.transaction():
            n = int(self._store.get(self._key("last_n")) or 0) + 1
            cookie = self._store.get(self._key("held")) or self._store.get(self._key("cookie"))
            mutation = {"n": n, "at": self._now()} | said
            if cookie:
                mutation["held_cookie"] = cookie
            self._store.add_entry(Entry(self.epoch, self.user, n, pack(mutation), EntryState.waiting))
            self._store.put(self._key("last_n"), n)
        return n

    def void(self, n: int, reason: str, saved: Mapping[str, Any]) -> None:
        """Replaces a broken entry by a void that carries what could be saved, so that nothing jams the queue."""
        said = {"n": n, "at": self._now(), "cmd": VOID, "params": {"reason": reason, "saved": dict(saved)}}
        self._store.add_entry(Entry(self.epoch, self.user, n, pack(said), EntryState.waiting))

    def _now(self) -> dict[str, Any]:
        return {"wall_ms": self._clock.wall_ms(), "mono_ms": self._clock.mono_ms(), "boot": self._clock.boot()}

    # -- the run --------------------------------------------------------------------------------------------------

    def begin(self, *, pull: bool = True, drain: bool = False) -> None:
        """Starts a run; what a broken one had staged is forgotten, what it had applied stays.

        `drain`: nobody can sign in here any more; what waits goes to the conflict desk by the device's own right, and
        when the last person's queue has gone there the handset is wiped.
        """
        self._pushing, self._pulling, self._draining = True, pull and not drain, drain
        self._unsure = self._store.epochs(self.user) if drain else []
        self._page, self._pages, self._restarts, self._sent = None, 0, 0, []
        self._mending, self._mends, self._filling, self.mended_rows = None, 0, None, 0
        self._store.unstage(self.user)
        if self._pulling:
            self._polling.begun()

    def next_request(self) -> Request | None:
        """What to send now; None when the run is over."""
        if self.needs is Needs.wiped or (self.needs is Needs.sign_in and not self._draining):
            return None
        if self._pushing and self.needs is not Needs.epoch:
            self._sent = batch(self.waiting())
            if self._sent or self._unsure or self._has_word():
                return self._push_request()
            self._pushing = False
            if self._draining:
                self._drained()
                return None
        if self._mending is not None:
            return self._repair_request()
        if self._pulling and self._packs and self._page is None:
            filling = self._fill_request()
            if filling is not None:
                return filling
        return self._pull_request() if self._pulling else None

    def _fill_request(self) -> Request | None:
        """Packs come first where nothing is held yet; None when it is the pull's turn."""
        if self._store.get(self._key("cookie")) is not None:
            return None
        self._filling = self._filling or Filling(self._store)
        if self._filling.stage is Stage.asking:
            return Request(SNAPSHOTS_PATH, ask(self.device, self.epoch, self._contract), self.user)
        if self._filling.stage is Stage.fetching:
            piece = self._filling.next_piece()
            if piece is not None:
                return Request(piece[0], b"", self.user, "GET", piece[1])
            self._filling.finish(self.user)
        return None

    def _drained(self) -> None:
        """This person's queue is at the desk. The handset is wiped when nobody else's waits in it."""
        self._draining, self.needs = False, Needs.wiped
        if not self._store.waiting_users() and self._store.get("wipe_key") is None:  # else by a signed order alone
            self._store.wipe()

    def _has_word(self) -> bool:
        """Whether it is time to say again that nothing waits."""
        said = self._store.get(self._key("said_through"))
        return not self._draining and (said is None or abs(self._clock.wall_ms() - said) > THROUGH_EVERY_MS)

    def _push_request(self) -> Request:
        self._sent_at = self._now()
        self._sent_epoch = self.epoch if self._sent or not self._unsure else self._unsure[-1]
        clock = self._sent_at | {"rtt_ms": self._store.get("rtt_ms")}
        if (last := self._store.get("exchange")) is not None:
            clock["last"] = last
        envelope = {
            "device": self.device,
            "epoch": self._sent_epoch,
            "user": self.user,
            "schema": self._contract,
            "clock": clock,
        }
        if len(self._sent) == len(self.waiting()) and not self._unsure:
            envelope["through_ms"] = self._clock.wall_ms()
        head = orjson.dumps(envelope)
        # The mutations travel as the very bytes that were queued: the server knows them again by their hash.
        body = head[:-1] + b',"muts":[' + b",".join(entry.payload for entry in self._sent) + b"]}"
        return Request(DRAIN_PATH if self._draining else PUSH_PATH, body, self.user)

    def _pull_request(self) -> Request:
        asked = {
            "device": self.device,
            "epoch": self.epoch,
            "schema": self._contract,
            "cookie": self._cookie(),
        }
        if self._page is not None:
            asked["page"] = self._page
        return Request(PULL_PATH, orjson.dumps(asked), self.user)

    def _cookie(self) -> str | None:
        kept: str | None = self._store.get(self._key("cookie"))
        return self._filling.cookie if kept is None and self._filling is not None else kept

    def _repair_request(self) -> Request | None:
        assert self._mending is not None
        try:
            parts = self._mending.next_parts()
        except Hopeless:
            return self._fill_anew()
        if parts is None:
            return self._mended(self._mending)
        said = {"device": self.device, "epoch": self.epoch, "schema": self._contract}
        return Request(
            REPAIR_PATH, orjson.dumps(said | {"cookie": self._store.get(self._key("cookie"))} | parts), self.user
        )

    def failed(self, request: Request) -> None:
        """No answer came. The queue stays as it is; the pull goes on without the push, or the run ends."""
        if request.path.startswith((PULL_PATH, REPAIR_PATH, SNAPSHOTS_PATH, PACKS_PATH)):
            self._pulling, self._mending = False, None
        else:
            self._pushing = self._draining = False

    def receive(self, request: Request, status: int, body: bytes, rtt_ms: int | None = None) -> None:
        """Takes the answer. One that is damaged counts as none."""
        if rtt_ms is not None:
            self._store.put("rtt_ms", min(rtt_ms, 600_000))
        try:
            if status in (200, 206) and self._filling is not None and request.path.startswith(PACKS_PATH):
                self._filling.fetched(request.path, body, whole=status == 200)
            elif status == 200 and self._filling is not None and request.path == SNAPSHOTS_PATH:
                self._filling.offered(body)
            elif status == 200:
                took = {PULL_PATH: self._pulled, REPAIR_PATH: self._compared}.get(request.path, self._taken)
                took(body)
            else:
                self._refused(request, status, *problem_of(body))
        except Damaged:
            self.failed(request)

    # -- answers to a push ----------------------------------------------------------------------------------------

    def _taken(self, body: bytes) -> None:
        answer = taken_of(body)
        results, acked = answer["results"], answer["acked"]
        sent = [entry.n for entry in self._sent]
        restored = acked < int(self._store.get(f"acked/{self._sent_epoch}/{self.user}") or 0)
        if not restored and ([result["n"] for result in results] != sent or acked < max(sent, default=0)):
            raise Damaged  # whatever it answers, it is not what was sent
        self._unsure = [epoch for epoch in self._unsure if epoch != self._sent_epoch]
        if restored:
            self._restored(self._sent_epoch, acked)
            return
        if self._sent_epoch != self.epoch:
            return
        with self._store.transaction():
            for result in results:
                self._store.set_result(self.epoch, self.user, result["n"], state_of(result), result)
            due = max([*sent, self.acked])
            self._store.put(self._key("acked"), due)
            if not self.waiting():
                self._store.put(self._key("said_through"), self._clock.wall_ms())
            if (exchange := exchange_of(self._sent_at, answer, self._now())) is not None:
                self._store.put("exchange", exchange)
            if "server_ms" in answer:
                self._kept.answered(self.epoch, answer["server_ms"])
        self._pushing = bool(self.waiting()) or self._draining
        if acked > due:  # this phone was set back to a copy of itself: what it does now must not bear numbers once used
            self.needs, self._pushing = Needs.epoch, False

    def _refused(self, request: Request, status: int, code: str, params: Mapping[str, Any]) -> None:
        if status == 401:
            self.needs = Needs.sign_in
            self.failed(request)
        elif code == "sync.gap":
            self._resume_from(number_of(params, "expected"))
        elif code in ("sync.sequence_reused", "sync.stale_epoch") and number_of(params, "epoch") > self.epoch:
            self._requeue(number_of(params, "epoch"))
        elif code in ("sync.sequence_reused", "sync.stale_epoch", "sync.unknown_epoch"):
            self.needs = Needs.epoch
            self.failed(request)
        elif code == "sync.device_revoked" and request.path != DRAIN_PATH:
            # What the push before could not deliver goes to the desk first: a wipe never takes work with it.
            self._pushing, self._pulling, self._draining = True, False, True
            self._unsure = self._store.epochs(self.user)
        elif self._filling is not None and request.path.startswith((SNAPSHOTS_PATH, PACKS_PATH)) and status < 500:
            self._filling.refused()
        elif code == "sync.page_invalid" and request.path == PULL_PATH:
            self._restart()
        elif request.path == REPAIR_PATH and code in ("sync.cookie_invalid", "sync.scope_not_held"):
            self._mending, self._pulling = None, True  # the ground moved: pull, then look again
        elif code in ("sync.contract_too_old", "auth.consent_needed"):
            self.needs = Needs.upgrade if code == "sync.contract_too_old" else Needs.consent
            self.failed(request)
        else:
            self.failed(request)

    def _restored(self, epoch: int, acked: int) -> None:
        """The server knows less of a queue than it once told: what it lost is sent again."""
        if epoch == self.epoch:
            self._resume_from(acked + 1)
            return
        with self._store.transaction():
            self._kept.stands_at(epoch, acked)
            self._adopt()

    def _resume_from(self, expected: int) -> None:
        """The server stands elsewhere than we thought: restored from a backup, it is sent again what it lost.

        Where the first of it is kept no more, the rest goes under a new epoch: a queue has no gaps.
        """
        if expected <= self.acked:
            with self._store.transaction():
                self._kept.stands_at(self.epoch, expected - 1)
                self._store.put(self._key("said_through"), None)
            if any(entry.n == expected for entry in self.waiting()):
                self._pushing = True
                return
        self.needs = Needs.epoch
        self._pushing = False

    def renew(self, epoch: int) -> None:
        """The server gave a new epoch: what was not answered is queued anew under it."""
        self._requeue(epoch)
        if self.needs is Needs.epoch:
            self.needs = None

    def _requeue(self, epoch: int) -> None:
        with self._store.transaction():
            self._store.put("epoch", epoch)
            self._store.put(self._key("cookie"), None)
            self._adopt()
        self._sent = []

    def _adopt(self) -> None:
        """What waits under other epochs is queued anew before anything else is: it was done before."""
        if self._store.get("epoch") is not None:
            adopt(self._store, self.user, self.epoch)

    # -- answers to a pull ----------------------------------------------------------------------------------------

    def _pulled(self, body: bytes) -> None:
        frames = frames_of(body)
        last = frames[-1]["f"]
        if last == "restart":
            self._restart()
            return
        if last not in ("more", "end") or (last == "end" and all(frame["f"] != "ack" for frame in frames)):
            raise Damaged
        for frame in frames:
            if frame["f"] == "begin":
                self._begun(frame.get("reconcile"))
        staged = [frame for frame in frames if frame["f"] in ("row", "gone")]
        with self._store.transaction():
            self._store.stage(self.user, staged)
            if last == "end":
                self._end(frames)
        if last == "more":
            self._page, self._pages = frames[-1]["page"], self._pages + 1
            if self._pages > PAGES_MAX:
                self._pulling = False

    def _begun(self, reconcile: str | None) -> None:
        """With packs staged, what comes goes on top of them; a server that starts from nothing makes them void."""
        filled = self._filling is not None and self._filling.stage is Stage.ready
        if filled and reconcile and self._filling is not None:
            self._store.unstage(self.user)
            self._filling.give_up()
        self._reconcile = reconcile or ("first" if filled else None)

    def _end(self, frames: Sequence[Mapping[str, Any]]) -> None:
        """Applies the whole delta at once, with the cookie that says so."""
        end = frames[-1]
        left = end.get("left", [])
        self._store.apply_stage(self.user, reconcile=self._reconcile is not None, left=left)
        told = {} if self._reconcile else dict(self._store.get(self._key("digests")) or {})
        told = {scope: value for scope, value in told.items() if scope not in left} | dict(end.get("digests", {}))
        self._store.put(self._key("digests"), told)
        self._store.put(self._key("cookie"), end["cookie"])
        self._store.put(self._key("held"), end["cookie"])  # told with what is done, also when the next pull begins anew
        self._polling.told(end.get("next_poll_s"))
        if self._filling is not None:
            self._filling = None
            self._store.keep_packs([])
        if self.needs in (Needs.consent, Needs.upgrade):
            self.needs = None
        fold_held(self._store, self.user, self.device)
        acked = next(frame["n"] for frame in frames if frame["f"] == "ack")
        self._store.put(self._key("seen"), acked)
        # A further pull in this run is another pull: neither its pages nor its reason are this one's.
        self._pulling, self._page, self._reconcile = False, None, None
        if "queues" in end:
            self._compare_queues(end["queues"], acked)
        self._kept.told(self.epoch, end)
        self._check()

    def _compare_queues(self, queues: Mapping[str, int], acked: int) -> None:
        """A server that was restored hears again what it lost, and then the pull is anew."""
        self._kept.earlier(self.epoch, queues)
        self._adopt()
        if acked < self.acked:
            self._resume_from(acked + 1)
        self._pulling = self._pushing = self._pushing or bool(self.waiting())

    # -- the check after a pull -----------------------------------------------------------------------------------

    def _check(self) -> None:
        """Compares sums, whether the pull told new ones or not; where they differ, begins a repair, or after MENDS_MAX
        of them a fill."""
        drifted, strays = self.amiss()
        if not (drifted or strays) or self._mends > MENDS_MAX:
            return
        self._mends += 1
        if self._mends > MENDS_MAX:
            self._fill_anew()
        else:
            self._mending = Mending(self._store.rows(self.user), drifted, strays)

    def _compared(self, body: bytes) -> None:
        frames = frames_of(body)
        if frames[-1]["f"] != "mended" or self._mending is None:
            raise Damaged
        try:
            self._mending.receive(frames)
        except Hopeless:
            self._fill_anew()

    def _mended(self, mending: Mending) -> Request:
        """Applies at once what the repair brought, and pulls: what moved meanwhile comes with it."""
        with self._store.transaction():
            self._store.unstage(self.user)
            self._store.stage(self.user, mending.frames)
            self._store.apply_stage(self.user, reconcile=False, left=())
        self.mended_rows += len(mending.frames)
        self._mending, self._pulling = None, True
        return self._pull_request()

    def _fill_anew(self) -> Request:
        self._store.put(self._key("cookie"), None)
        self._mending, self._mends, self._pulling = None, MENDS_MAX + 1, True
        self._filling = Filling(self._store)
        self._filling.give_up()  # a pack is what it may have drifted by
        return self._pull_request()

    def _restart(self) -> None:
        self._store.unstage(self.user)
        self._filling = None  # offered anew, for the scopes of now; what was fetched is still here
        self._page, self._restarts = None, self._restarts + 1
        if self._restarts > RESTARTS_MAX:
            self._pulling = False
