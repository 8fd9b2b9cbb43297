"""Whatever is answered, a handset raises nothing, loses nothing, takes nothing for done that was not; and heals."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sync.handset.client import PULL_PATH, Handset, Request
from sync.handset.outbox import EntryState
from sync.handset.standing import queues, shown
from tests.simulation.domain import EDITABLE, JOB, TEAMS
from tests.simulation.names import row_of
from tests.simulation.phone import POLICIES, Phone, told
from tests.simulation.server import TAKEN
from tests.simulation.world import World
from tests.unit.sync.handset.garbling import JUNK, Spoil, spoils, spoilt

JOBS = 8
"""Enough for a pack."""
REQUESTS_MAX = 300


@dataclass(frozen=True, slots=True)
class Meddled:
    """What becomes of one exchange. `lost`: the server never hears of it, and what it said last time is heard again."""

    lost: bool
    spoils: Sequence[Spoil]


Step = tuple[str, Any, Any]
meddled = st.builds(Meddled, st.booleans(), st.lists(spoils, max_size=1))
phones, nothing = st.integers(0, 1), st.none()
runs = st.tuples(st.just("run"), phones, st.lists(meddled, min_size=1, max_size=8))
steps = st.one_of(
    st.tuples(st.just("work"), phones, st.integers(1, JOBS + 4)),
    st.tuples(st.just("office"), st.integers(1, JOBS), st.sampled_from(TEAMS)),
    st.tuples(st.just("renew"), phones, nothing),
    st.tuples(st.just("restore"), nothing, nothing),
)
stories = st.lists(runs | steps, min_size=2, max_size=12)


class Bent:
    """A town with the engine as it is, two of whose phones are told nonsense."""

    def __init__(self) -> None:
        self.world = World("memory", None)
        self._heard: dict[tuple[str, str, int], tuple[int, bytes]] = {}
        self._taken: set[str] = set()
        """What a server ever took, though a restored one may lack it until it is sent again."""
        for row in range(1, JOBS + 1):
            self.world._deed(0, row, "job.open", {"team": "1"})
        self.run(0, [])
        self.world._back_up()

    def work(self, number: int, row: int) -> None:
        """An edit, or a scan; every other one waits for a row of which nobody ever heard."""
        self.world.now_ms += 1_000
        if row > JOBS:
            self.world.rows += 1
            self.world._deed(number, JOBS + self.world.rows, "scan.add", {"team": "1"}, [900] if row % 2 else [])
        else:
            self.world._edit(number, [(row, {"word": f"{number} {self.world.now_ms}", "count": 1})])
        self.world.laws.done_ms.clear()  # a server's nonsense of its own clock is believed

    def office(self, row: int, team: str) -> None:
        self.world._write(row, {"team": team})

    def renew(self, number: int, _: None) -> None:
        self.world._renew(number)

    def restore(self, _: None, __: None) -> None:
        self.world._restore()

    def run(self, number: int, meddlings: Sequence[Meddled]) -> None:
        """A run, the first exchanges of which are meddled with."""
        phone, machine = self.world.phones[number], self.world.phones[number].machine
        if phone.gone:
            return
        machine.needs = None
        self.world.laws.rotten.add(phone.device)  # what it holds is looked at when it has healed
        machine.begin()
        coming = iter(meddlings)
        for _ in range(REQUESTS_MAX):
            request = machine.next_request()
            if request is not None:
                machine.receive(request, *self._answer(phone, request, next(coming, None)), 20)
            self._look(phone)
            if request is None or phone.gone:
                return
        raise AssertionError("the run never ended")

    def _answer(self, phone: Phone, request: Request, meddled: Meddled | None) -> tuple[int, bytes]:
        if meddled is None:
            return self._ask(phone, request)
        known = (request.path, request.user, phone.machine.epoch)
        if meddled.lost:
            said = self._heard.get(known, (503, b"{}"))
        else:
            said = self._heard[known] = self._ask(phone, request)
        for spoil in meddled.spoils:
            said = spoilt(*said, spoil)
        return said

    def _ask(self, phone: Phone, request: Request) -> tuple[int, bytes]:
        self.world.now_ms += 1
        try:
            answer = self.world.server.answer(request.path, told(request, phone.device), request.user)
        except (KeyError, IndexError, ValueError):
            assert request.method == "GET", "the address of a pack, and it was spoilt"
            return 404, b"{}"
        return answer.status, answer.body

    def _look(self, phone: Phone) -> None:
        """Nothing is lost, nothing is taken for done that no server has taken, and all can be read."""
        self._taken |= {key for key, _ in self.world.shelf.rows(TAKEN)}
        if phone.store.get("device_id") is None:
            self.world._noticed(phone)
            return
        waiting = {key for key, done in self._queued(phone) if not done}
        for key, done in self._queued(phone):
            assert not done or key in self._taken, f"{key} was never taken"
        for act in self.world.acts:
            assert act.device != phone.device or act.key in waiting | self._taken, f"{act} is lost"
        woken = Handset(phone.store, phone.time, POLICIES, phone.contract, phone.user)
        assert woken.standing().depth == len(woken.waiting())
        assert all(view.data for view in woken.view(JOB))
        assert all(shown(entry).zh for entry in woken.done())
        assert {queue.user for queue in queues(phone.store)} <= {phone.user}

    def _queued(self, phone: Phone) -> list[tuple[str, bool]]:
        """Each act in the phone, and whether it is taken for done."""
        found = []
        for epoch in phone.store.epochs(phone.user):
            acked = int(phone.store.get(f"acked/{epoch}/{phone.user}") or 0)
            for entry in phone.store.entries(epoch, phone.user):
                done = entry.state is not EntryState.waiting
                assert done == (entry.n <= acked)
                found.append((f"{phone.device}:{phone.user}:{entry.mutation()['at']['wall_ms']}", done))
        return found


def play(story: Sequence[Step]) -> None:
    bent = Bent()
    with closing(bent.world):
        for what, one, other in story:
            getattr(bent, what)(one, other)
        bent.world._rest()


@given(stories)
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_whatever_is_answered_nothing_is_lost_and_an_honest_run_heals_it(story: Sequence[Step]) -> None:
    play(story)


@pytest.mark.full
@given(stories)
@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=2_000)
def test_whatever_is_answered_in_long_rows_of_runs(story: Sequence[Step]) -> None:
    play(story)


@pytest.mark.parametrize("field", sorted(EDITABLE))
def test_a_row_that_holds_nonsense_is_shown_with_ones_own_work_on_top(field: str) -> None:
    with closing(World("memory", None)) as world:
        machine = world.phones[0].machine
        for wanted in (1, ["a"], {"add": ["a"], "remove": ["b"]}):
            machine.edit(JOB, row_of(1), {field: wanted})
        for held in JUNK:
            row = {"f": "row", "t": JOB, "id": row_of(1), "ver": 1, "s": [0], "d": {"id": row_of(1), field: held}}
            frames = [{"f": "scopes", "names": ["team:1"]}, row, {"f": "ack", "n": 0}, {"f": "end", "cookie": "c"}]
            pull = Request(PULL_PATH, b"", machine.user)
            machine.receive(pull, 200, b"".join(orjson.dumps(frame) + b"\n" for frame in frames))
            assert [view.pending for view in machine.view(JOB)] == [3]
