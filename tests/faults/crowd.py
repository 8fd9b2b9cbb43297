"""Reference handsets under load: threads that work, push and pull without end, and all that they were ever told."""

import random
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import orjson
import zstandard

from backend.drive import crew
from backend.drive.network import Network
from backend.drive.phone import Phone
from backend.kernel.ids import new_id
from mobile_contract.integrity import HEADER, is_whole
from sync.handset.client import PUSH_PATH
from tests.faults.server import RealServer
from tests.makers import GRID, PASSWORD, District

Queue = tuple[str, int, str]
SYNC_TRIES_MAX = 60
WAITING_MAX = 60
"""Whoever has so much unsent rests until the server is back: a crowd without end would only measure the machine."""


class Ledger(httpx2.BaseTransport):
    """A network that notes every answer to a push, also those that the phone then throws away."""

    def __init__(self, inner: httpx2.BaseTransport | None = None) -> None:
        self._inner = inner or httpx2.HTTPTransport()
        self.told: dict[Queue, dict[int, list[dict[str, Any]]]] = defaultdict(lambda: defaultdict(list))

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        answer = self._inner.handle_request(request)
        if request.url.path != PUSH_PATH or answer.status_code != 200:
            return answer
        sent = request.read()
        raw = b"".join(answer.iter_raw())
        answer.close()
        same = httpx2.Response(answer.status_code, headers=answer.headers, stream=httpx2.ByteStream(raw))
        if not is_whole(answer.headers.get(HEADER, ""), raw):
            return same  # damaged: the phone takes it for none
        push = orjson.loads(zstandard.decompress(sent) if request.headers.get("content-encoding") else sent)
        queue = (push["device"], push["epoch"], push["user"])
        for result in orjson.loads(raw)["results"]:
            self.told[queue][result["n"]].append(result)
        return same

    def close(self) -> None:
        self._inner.close()


@dataclass
class Worker:
    """One person with one phone."""

    name: str
    phone: Phone
    ledger: Ledger
    orders: Sequence[str]
    chance: random.Random
    punches: dict[str, int] = field(default_factory=dict)
    """Row id -> number of the clock-in that made it."""
    acts: dict[str, int] = field(default_factory=dict)
    """The note of an act on an order -> its number: each note is written once."""

    def work(self, deeds: int) -> None:
        """Does things, all without a network."""
        for _ in range(deeds):
            self.chance.choice((self._clock_in, self._clock_in, self._act, self._write))()

    def _clock_in(self) -> None:
        done = crew.clock_in(self.phone, note="on duty")
        self.punches[done.row_id] = done.n

    def _act(self) -> None:
        note = new_id()
        act = self.chance.choice(("start", "pause", "resume"))
        self.acts[note] = crew.work(self.phone, self.chance.choice(self.orders), act, note=note).n

    def _write(self) -> None:
        name, value = self.chance.choice(
            (("crew_note", new_id()), ("note", new_id()), ("priority", self.chance.randint(1, 3)))
        )
        crew.edit_order(self.phone, self.chance.choice(self.orders), **{name: value})

    @property
    def queue(self) -> Queue:
        """The names of this person's queue."""
        machine = self.phone.handset()
        return machine.device, machine.epoch, machine.user

    def settle(self) -> None:
        """Sends and fetches until nothing waits and nothing has drifted."""
        for _ in range(SYNC_TRIES_MAX):
            self.phone.sync(photos=False)
            if self.phone.handset().standing().synced:
                return
        raise AssertionError(f"{self.name} never came to rest: {self.phone.handset().standing()}")


def enlist(
    server: RealServer,
    district: District,
    names: Sequence[str],
    folder: Path,
    seed: int,
    *,
    through: Callable[[], httpx2.BaseTransport | None] = lambda: None,
    url: str = "",
) -> list[Worker]:
    """A phone for each name (a name may come twice), enrolled, signed in and filled; orders for both teams.

    `through` makes the transport of a phone's network, `url` is where phones find the server if not directly.
    """
    network, token = server.admin(district)
    mine = [_order(network, token, district, "sweepers") for _ in range(4)]
    theirs = [_order(network, token, district, "gardeners") for _ in range(2)]
    workers = []
    for i, name in enumerate(names):
        invite = network.ask("POST", "/handsets/v1/invites", {"person_id": district[name].id}, token=token)
        ledger = Ledger(through())
        phone = Phone(folder / f"phone-{i}", transport=ledger)
        server.at_end.append(phone.close)
        phone.enrol(server.url, invite["payload"])
        phone.network.tries_max = 2
        phone.sign_in(f"+86{district[name].phone}", PASSWORD)
        phone.sync(photos=False)
        if url:
            phone.store.put("server", url)
        orders = theirs if name == "gardener" else mine
        workers.append(Worker(f"{name}-{i}", phone, ledger, orders, random.Random(seed * 1_000 + i)))
    network.close()
    return workers


def _order(network: Network, token: str, district: District, team: str) -> str:
    ask = {"title": "清扫", "scene": "sanitation", "area_path": GRID, "team_id": district.teams[team]}
    made = network.ask("POST", "/workorders/v1/orders", {"orders": [ask], "release": True}, token=token)
    return str(made[0]["id"])


@contextmanager
def at_work(workers: Sequence[Worker], deeds: int = 6) -> Iterator[None]:
    """Everybody works and syncs, each in a thread, until the block ends; what a thread met is raised then."""
    over = threading.Event()
    faults: list[BaseException] = []

    def toil(worker: Worker) -> None:
        try:
            while not over.is_set():
                if len(worker.phone.handset().waiting()) < WAITING_MAX:
                    worker.work(deeds)
                worker.phone.sync(photos=False)
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=toil, args=(worker,), name=worker.name) for worker in workers]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()
    if faults:
        raise faults[0]
