"""The simulated town: phones, network, server and office under one virtual clock. An action is plain data."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from sync.handset.client import DRAIN_PATH, Handset, Needs
from sync.protocol import KEPT_AGE_S
from tests.simulation.domain import BLOBS, CONFLICTS, JOB, SCAN
from tests.simulation.ending import wipe_key
from tests.simulation.laws import LawBroken, Laws, law
from tests.simulation.names import DEVICES, HOMES, USERS, Action, an_id, row_of
from tests.simulation.network import Message, Network, short
from tests.simulation.phone import Act, Phone, PhoneFull, PowerLost, told
from tests.simulation.server import TAKEN, Server
from tests.simulation.shelves import DiskFull, MemoryShelf, ServerDied, Shelf, SqlShelf

START_MS = 1_790_000_000_000
REQUESTS_PER_RUN_MAX = 2_000
"""A fill after a long life has hundreds of the small pages that are played with."""
SEASON_MS = 92 * 86_400_000
"""After so long what ended before is beyond every horizon."""
BACKUP_AGE_MAX_MS = (KEPT_AGE_S - 86_400) * 1_000
"""Phones keep no longer what an older backup might lack."""
KEPT_REPLICAS = 2
ROUNDS_MAX = 10
"""Sooner than that everything was sent, replayed and pulled."""
GENERATION = "life {}"


class World:
    """Everything there is. `apply` does one action; the laws look on."""

    server_made: Callable[..., Server] = Server
    handset_made: Callable[..., Handset] = Handset
    wipe_key: str | None = wipe_key()

    def __init__(self, store: str, folder: Path | None) -> None:
        self.now_ms = START_MS
        self.steps = 0
        self.rows = 0
        """Rows that were ever named; numbers of rows are never given twice."""
        self.network = Network()
        self.laws = Laws()
        self.acts: list[Act] = []
        self.exempt: set[str] = set()
        """Acts that are lost by no fault of the protocol: their phone was set back, or is no more."""
        self.ripe = False
        """Whether a season has gone by: there is something to forget."""
        self.log: list[str] | None = None
        self._minted = 1 << 20
        self._life = 1
        self._backup: tuple[Any, Any] | None = None
        self._backup_ms = 0
        self._saved: dict[int, tuple[Any, int]] = {}
        self._asked_ms: dict[int, int] = {}
        self._drained: dict[int, frozenset[str]] = {}
        """What the server had taken when it answered a drain, by the number of the message."""
        self.shelf = self._make_shelf(store, folder)
        self.server = self.server_made(self.shelf, self._now, self.laws, self._mint)
        self.laws.server = self.server
        self.server.found_town(DEVICES, HOMES)
        self.phones = [
            Phone(i, device, USERS[i], self._now, self.wipe_key, self._file_of(i, store, folder), self.handset_made)
            for i, device in enumerate(DEVICES)
        ]

    @staticmethod
    def _file_of(number: int, store: str, folder: Path | None) -> Path | None:
        return folder / f"phone{number}.db" if folder is not None and store == "files" else None

    def _make_shelf(self, store: str, folder: Path | None) -> Shelf:
        if store == "memory":
            return MemoryShelf(GENERATION.format(1))
        assert folder is not None
        return SqlShelf(folder / "server.db", GENERATION.format(1))

    def _now(self) -> int:
        return self.now_ms

    def _mint(self) -> str:
        self._minted += 1
        return an_id(self._minted)

    def close(self) -> None:
        for phone in self.phones:
            phone.close()
        self.shelf.close()

    # -- one step -------------------------------------------------------------------------------------------------

    def apply(self, action: Action) -> bool:
        """Does it; False when there was nothing to do. Raises LawBroken."""
        self.now_ms += action.after_ms
        done: bool | None = getattr(self, f"_{action.name}")(*action.args)
        if done is False:
            return False
        self.steps += 1
        return True

    def say(self, text: str) -> None:
        """What happened, for whoever reads the story."""
        if self.log is not None:
            self.log.append(text)

    # -- people at their phones -----------------------------------------------------------------------------------

    def _phone(self, number: int) -> Phone | None:
        phone = self.phones[number]
        return None if phone.gone else phone

    def _act(self, number: int, t: str, row_id: str, say: Callable[[Handset], int]) -> bool:
        phone = self._phone(number)
        if phone is None:
            return False
        act = phone.queue(t, row_id, lambda: say(phone.machine))
        if act is not None:
            self.acts.append(act)
            self.laws.done_ms[act.key] = self.now_ms
            self.say(f"it is number {act.n} of epoch {act.epoch}")
        return True

    def _deed(
        self,
        number: int,
        row: int,
        cmd: str,
        params: Mapping[str, Any],
        needs: Sequence[int] = (),
        blobs: Sequence[str] = (),
    ) -> bool:
        row_id = row_of(row)
        if cmd == "job.split":
            self.laws.overwritten |= {row_id, row_of(params["other"])}
        params = {k: row_of(v) if k == "other" else v for k, v in params.items()}
        t = cmd.partition(".")[0]
        waits = {"needs": [row_of(each) for each in needs], "blobs": blobs}
        return self._act(number, t, row_id, lambda machine: machine.do(cmd, t, row_id, params, **waits))

    def _upload(self, blob: str) -> None:
        """A photo arrives, before the act that names it or after."""
        self.server.take_blob(blob)

    def _edit(self, number: int, edits: Sequence[tuple[int, Mapping[str, Any]]]) -> bool:
        said = [(JOB, row_of(row), values) for row, values in edits]
        return self._act(number, JOB, said[0][1], lambda machine: machine.edit_all(said))

    def _settle(self, number: int, which: int, choice: str) -> bool:
        phone = self._phone(number)
        rows = phone.store.rows(phone.user, CONFLICTS) if phone else []
        if not rows:
            return False
        row_id = rows[which % len(rows)].id
        return self._act(
            number,
            CONFLICTS,
            row_id,
            lambda machine: machine.do("conflicts.settle", CONFLICTS, row_id, {"choice": choice}),
        )

    def _void(self, number: int) -> bool:
        """The app finds that its last entry cannot be sent as it is."""
        phone = self._phone(number)
        waiting = phone.machine.waiting() if phone else []
        if phone is None or not waiting:
            return False
        entry = waiting[-1]
        wall_ms = entry.mutation()["at"]["wall_ms"]
        phone.time.moment()
        key = f"{phone.device}:{phone.user}:{phone.time.wall_ms()}"
        if phone.attempt(lambda: phone.machine.void(entry.n, "it broke", entry.mutation()) or True):
            old = f"{phone.device}:{phone.user}:{wall_ms}"
            self.exempt.add(old)
            before = next((act.instead_of for act in reversed(self.acts) if act.key == old), ())
            self.acts.append(Act(key, number, phone.device, phone.user, entry.epoch, entry.n, False, (old, *before)))
        return True

    # -- phones ---------------------------------------------------------------------------------------------------

    def _begin(self, number: int, pull: bool) -> bool:
        phone = self._phone(number)
        if phone is None or phone.waits_for is not None:
            return False
        phone.running = phone.attempt(lambda: phone.machine.begin(pull=pull) or True) is True
        return True

    def _send(self, number: int) -> bool:
        phone = self.phones[number]
        if phone.waits_for is not None or not (phone.owes_receipt if phone.gone else phone.running):
            return False
        request = phone.attempt(phone.next_request)
        if request is None:
            phone.running = False
            self._noticed(phone)
            return True
        phone.request = request
        phone.waits_for = self.network.ask(number, request.user, request.path, told(request, phone.device))
        self._asked_ms[number] = self.now_ms
        self.say(f"request {phone.waits_for}: {request.path} {short(request.body)}")
        return True

    def _give_up(self, number: int) -> bool:
        phone = self.phones[number]
        if phone.waits_for is None:
            return False
        request, phone.request, phone.waits_for = phone.request, None, None
        assert request is not None
        if not phone.gone:
            phone.attempt(lambda: phone.machine.failed(request))
        return True

    def _hear(self, message: Message) -> bool:
        """An answer arrives; only whoever still waits for it hears it."""
        phone = self.phones[message.phone]
        if phone.waits_for != message.id or phone.request is None:
            return False
        request, phone.request, phone.waits_for = phone.request, None, None
        rtt_ms = max(0, self.now_ms - self._asked_ms[message.phone])
        status = message.status or 0
        phone.at_desk = self._drained.pop(message.id, phone.at_desk)
        phone.attempt(lambda: phone.receive(request, status, message.body, rtt_ms))
        self._noticed(phone)
        return True

    def _noticed(self, phone: Phone) -> None:
        self.laws.pulled(phone)
        if not phone.gone and phone.store.get("device_id") is None:
            phone.gone = True
            self.laws.wiped(phone)
            self.say(f"phone {phone.number} is wiped")
            # What the server loses after it answered the last drain, no phone brings back: as after any wipe.
            taken = {key for key, _ in self.shelf.rows(TAKEN)} | phone.at_desk
            for act in self.acts:
                if act.device == phone.device and act.key not in self.exempt:
                    law("No loss", act.among(taken), lambda act=act: f"the wipe took {act} with it")  # type: ignore[misc]
                    self.exempt.add(act.key)

    def _sign_in(self, number: int, user: str) -> bool:
        phone = self._phone(number)
        if phone is None or phone.user == user:
            return False
        phone.sign_in(user)
        return True

    def _reboot(self, number: int) -> bool:
        phone = self._phone(number)
        if phone is None:
            return False
        phone.restart()
        return True

    def _set_clock(self, number: int, error_ms: int) -> None:
        self.phones[number].time.error_ms = error_ms

    def _power(self, number: int, statements: int) -> None:
        """The phone's power will go so many statements into its next deed."""
        self.phones[number].arm = (statements, PowerLost)

    def _phone_full(self, number: int, statements: int) -> None:
        self.phones[number].arm = (statements, PhoneFull)

    def _rot(self, number: int, which: int, how: str) -> bool:
        """Something of a replica is no longer what the handset wrote."""
        phone = self._phone(number)
        rotten = phone is not None and phone.rot(which, how)
        if rotten and phone is not None:
            self.laws.rotten.add(phone.device)
        return rotten

    def _save(self, number: int) -> bool:
        phone = self._phone(number)
        if phone is None or phone.device in self.laws.rotten:
            return False
        self._saved[number] = (phone.save(), len(self.acts))
        return True

    def _rewind(self, number: int) -> bool:
        """The phone is set back to its own backup: what was done on it since is its owner's loss, unless sent."""
        phone = self._phone(number)
        if phone is None or number not in self._saved:
            return False
        copy, since = self._saved.pop(number)
        self.exempt |= {act.key for act in self.acts[since:] if act.device == phone.device}
        phone.rewind(copy)
        return True

    def _renew(self, number: int) -> bool:
        phone = self._phone(number)
        if phone is None or phone.machine.needs is not Needs.epoch or phone.waits_for is not None:
            return False
        epoch = self.server.renew_epoch(phone.device)
        phone.attempt(lambda: phone.machine.renew(epoch))
        return True

    def _upgrade(self, number: int) -> bool:
        phone = self._phone(number)
        if phone is None or phone.contract == 2:
            return False
        phone.upgrade(2)
        return True

    def _remember(self, number: int) -> bool:
        phone = self._phone(number)
        if phone is None or not phone.store.get(f"cookie/{phone.user}") or phone.device in self.laws.rotten:
            return False
        phone.remember(KEPT_REPLICAS)
        return True

    # -- the network ----------------------------------------------------------------------------------------------

    def _deliver(self, which: int) -> bool:
        message = self.network.take(which)
        return message is not None and self._arrive(message)

    def _copy(self, which: int) -> bool:
        """A message arrives, and will arrive again."""
        message = self.network.pick(which)
        return message is not None and self._arrive(message)

    def _drop(self, which: int) -> bool:
        return self.network.take(which) is not None

    def _cut(self, which: int, part: float) -> bool:
        message = self.network.cut(which, part)
        return message is not None and self._arrive(message)

    def _scare(self, which: int) -> bool:
        """Whoever asked is told that the phone was revoked, by somebody who has no say in it."""
        message = self.network.replace(which, 403, b'{"code":"sync.device_revoked"}')
        return message is not None and self._arrive(message)

    def _arrive(self, message: Message) -> bool:
        if message.status is not None:
            self.say(f"answer {message.id}: {message.status} {short(message.body)}")
            self._hear(message)
            return True
        try:
            answer = self.server.answer(message.path, message.body, message.user)
        except ServerDied:
            self.say("the server died")
            return True
        if message.path == DRAIN_PATH and answer.status == 200:
            self._drained[message.id] = frozenset(key for key, _ in self.shelf.rows(TAKEN))
        self.say(f"answered {answer.status} {short(answer.body)}")
        self.network.answer(message, answer.status, answer.body)
        return True

    # -- the server and the office --------------------------------------------------------------------------------

    def _server_dies(self, statements: int) -> None:
        self.server.arm = (statements, ServerDied)

    def _server_full(self, statements: int) -> None:
        self.server.arm = (statements, DiskFull)

    def _back_up(self) -> None:
        """A durable backup; the server may tell phones what it covers."""
        self._backup = (self.shelf.backup(), self.laws.memory())
        self._backup_ms = self.now_ms
        self.server.mark_safe()

    def _restore(self) -> bool:
        """The server is lost and comes back from its backup, in a new life."""
        if self._backup is None or self.now_ms - self._backup_ms > BACKUP_AGE_MAX_MS:
            return False
        self._life += 1
        self.shelf.restore(self._backup[0], GENERATION.format(self._life))
        self.laws.go_back(self._backup[1])
        return True

    def _join(self, user: str, team: str) -> bool:
        return self._moved(user, {*self.server.teams_of(user), team})

    def _leave(self, user: str, team: str) -> bool:
        return self._moved(user, set(self.server.teams_of(user)) - {team})

    def _moved(self, user: str, teams: set[str]) -> bool:
        if teams == set(self.server.teams_of(user)):
            return False
        self.server.set_teams(user, sorted(teams))
        return True

    def _dissolve(self, team: str) -> None:
        self.server.dissolve(team, USERS)

    def _write(self, row: int, values: Mapping[str, Any]) -> bool:
        if "word" in values:
            self.laws.overwritten.add(row_of(row))
        return self.server.office_writes(JOB, row_of(row), dict(values))

    def _delete(self, row: int) -> bool:
        return self.server.office_writes(JOB, row_of(row), None) or self.server.office_writes(SCAN, row_of(row), None)

    def _revoke(self, number: int) -> bool:
        if self._phone(number) is None:
            return False
        self.server.revoke(self.phones[number].device)
        self.laws.revoked.add(self.phones[number].device)
        return True

    def _expire(self) -> bool:
        return self.server.expire_held() > 0

    def _season(self) -> None:
        """A season goes by in which nobody works: the next compaction may forget what ended before it."""
        self.server.compact()
        self.now_ms += SEASON_MS
        self.ripe = True

    def _compact(self) -> bool:
        """The journal is compacted; it changes no reader's end state."""
        phones = [phone for phone in self.phones if not phone.gone]
        before = [self.laws.replayed(phone) for phone in phones]
        if self.server.compact() == 0:
            return True
        law("Pruning", before == [self.laws.replayed(phone) for phone in phones], lambda: "a reader ends otherwise")
        return True

    def _sweep(self) -> None:
        """The server's disk was needed: its packs are gone."""
        self.server.packs.sweep()

    def _retire(self) -> bool:
        """Old phones may only drain from now on."""
        if self.server.contract_oldest == 2:
            return False
        self.server.contract_oldest = 2
        return True

    # -- rest -----------------------------------------------------------------------------------------------------

    def _rest(self) -> None:
        """The network heals, everybody signs in once more, all is sent and pulled; then every law must hold."""
        self.network.under_way.clear()
        self.server.arm = None
        for phone in self.phones:
            phone.arm = None
        for blob in BLOBS:
            self.server.take_blob(blob)
        head = -1
        for _ in range(ROUNDS_MAX):
            quiet, head = head == self.server.head(), self.server.head()
            for phone in self.phones:
                self._calm(phone, last=quiet)
            if quiet:
                break
        else:
            raise LawBroken("Converge", "the town never comes to rest")
        self.laws.ended(self.phones)
        self.laws.at_rest([phone for phone in self.phones if not phone.gone], self.acts, self.exempt)

    def _calm(self, phone: Phone, *, last: bool) -> None:
        if phone.gone:
            self._exchange(phone)
            return
        present = phone.user
        for user in [*(user for user in phone.users if user != present), present]:
            if phone.gone:
                return
            if phone.contract < self.server.contract_oldest:
                phone.upgrade(self.server.contract_oldest)
            phone.sign_in(user)
            phone.machine.standing()
            for _ in range(3):
                self._run(phone)
                if phone.gone or phone.machine.needs is not Needs.epoch:
                    break
                phone.machine.renew(self.server.renew_epoch(phone.device))
            if last and not phone.gone:
                waiting = phone.machine.waiting()
                law("No loss", not waiting, lambda: f"phone {phone.number} cannot send {waiting}")  # noqa: B023

    def _run(self, phone: Phone) -> None:
        """A whole run over a network without a fault."""
        phone.machine.begin()
        self._exchange(phone)

    def _exchange(self, phone: Phone) -> None:
        for _ in range(REQUESTS_PER_RUN_MAX):
            request = phone.next_request()
            if request is None:
                self._noticed(phone)
                return
            self.now_ms += 1
            answer = self.server.answer(request.path, told(request, phone.device), request.user)
            law("No loss", answer.status != 503, lambda: "the server stays busy at rest")
            phone.receive(request, answer.status, answer.body, 20)
            self._noticed(phone)
        raise LawBroken("Converge", f"a run of phone {phone.number} never ended")
