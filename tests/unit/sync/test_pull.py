"""A replica that follows pulls is what a fresh fill would give it, whatever happens between two pages."""

from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from sync import pull as pulls
from sync.cursor import Bearer, Cookie, PageInvalid
from sync.digests import Digest
from sync.journal import RowChange, Writer
from sync.pull import COOKIE_STANDS_S, HORIZON_S, answer, unchanged
from sync.stores.memory import MemoryJournal
from tests.unit.sync.replica import ANN, DEVICE, NOW_S, SIGNER, Key, Replica, assert_told_alike, follow

BO = "00000003-0000-7000-8000-000000000000"
IDS = [f"{n:08x}-0000-7000-8000-000000000000" for n in range(10, 18)]
SCOPES = ["area:/gz/", "team:1", "team:2", "user:ann"]
FEW = 5
"""Rows of a random life: few, so that much happens to each."""


def held_now(journal: MemoryJournal, user: str) -> set[str]:
    return {member.scope for member in journal.user_scopes(user) if member.seq_out is None}


def in_sight(journal: MemoryJournal, user: str) -> dict[Key, tuple[int, tuple[str, ...], bytes]]:
    """What a handset of the user should hold now."""
    scopes = held_now(journal, user)
    rows = [row for t in ("order", "note") for i in IDS if (row := journal.row(t, i))]
    return {
        (row.t, row.id): (row.ver, tuple(sorted(row.scopes & scopes)), row.body)
        for row in rows
        if row.body is not None and row.scopes & scopes
    }


def put(journal: MemoryJournal, number: int, *scopes: str, size: int = 20, t: str = "order") -> None:
    body = {"step": journal.head(), "text": "x" * size}
    journal.record([RowChange(t, IDS[number], body, frozenset(scopes))], Writer())


class AnyHistory(RuleBasedStateMachine):
    """Rows change, people move, answers are lost, and a phone pulls in between."""

    def __init__(self) -> None:
        super().__init__()
        self.journal = MemoryJournal("the first generation")
        self.phone = Replica(ANN)
        self.now_s = NOW_S
        self.journal.set_user_scopes(ANN, SCOPES[:2])
        for number in range(FEW):
            put(self.journal, number, SCOPES[number % 3], size=100)

    @rule(
        number=st.sampled_from(range(FEW)),
        scopes=st.frozensets(st.sampled_from(SCOPES[:3]), max_size=2),
        size=st.sampled_from([0, 100, 400]),
    )
    def change(self, number: int, scopes: frozenset[str], size: int) -> None:
        put(self.journal, number, *scopes, size=size)

    @rule(number=st.sampled_from(range(FEW)))
    def delete(self, number: int) -> None:
        self.journal.record([RowChange("order", IDS[number], None, frozenset())], Writer())

    @rule(scopes=st.frozensets(st.sampled_from(SCOPES[:3])))
    def move(self, scopes: frozenset[str]) -> None:
        self.journal.set_user_scopes(ANN, scopes)

    @rule(max_bytes=st.sampled_from([1, 200, 600]), lost=st.sampled_from([False, False, True]))
    def pull_a_page(self, max_bytes: int, lost: bool) -> None:
        asked = self.phone.ask(max_bytes)
        lines = answer(asked, ANN, self.journal, SIGNER, self.now_s)
        assert_told_alike(unchanged(asked, ANN, self.journal, SIGNER, self.now_s), lines)
        self.nothing_out_of_sight(lines)
        if not lost and self.phone.take(lines):
            self.the_replica_is_right()

    @rule(max_bytes=st.sampled_from([1, 200, 100_000]))
    def pull_to_the_end(self, max_bytes: int) -> None:
        follow(self.journal, self.phone, max_bytes, self.now_s)
        self.the_replica_is_right()

    @rule(what=st.integers(0, 5))
    def start_anew(self, what: int) -> None:
        """Seldom: a pull is given up, a backup is restored, everybody is away beyond the horizon."""
        if what == 3:
            self.phone.page = None
        if what == 4:
            self.journal.renew_generation(f"generation {self.journal.head()}")
        if what == 5:
            self.now_s += HORIZON_S + 1

    def nothing_out_of_sight(self, lines: list[bytes]) -> None:
        sight = in_sight(self.journal, ANN)
        for frame in map(orjson.loads, lines):
            if frame["f"] == "row":
                assert sight[frame["t"], frame["id"]][0] == frame["ver"]
            if frame["f"] == "gone":
                assert (frame["t"], frame["id"]) not in sight

    def the_replica_is_right(self) -> None:
        assert self.phone.rows == in_sight(self.journal, ANN)
        fresh = Replica(ANN)
        follow(self.journal, fresh, 100_000, self.now_s)
        assert fresh.rows == self.phone.rows
        for scope in held_now(self.journal, ANN):
            assert self.phone.digests.get(scope, [Digest().text(), 0]) == self.phone.sum_of(scope)
        cookie = SIGNER.read_cookie(self.phone.cookie or "", Bearer(ANN, DEVICE, 1))
        assert cookie.seq == self.journal.head()

    def teardown(self) -> None:
        self.pull_to_the_end(200)
        assert follow(self.journal, self.phone, 200, self.now_s) == 1
        self.the_replica_is_right()


@pytest.mark.parametrize("rows_at_once", [1, 3, 500])
def test_a_replica_that_follows_equals_a_fresh_fill(rows_at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulls, "ROWS_AT_ONCE", rows_at_once)
    run_state_machine_as_test(
        AnyHistory,
        settings=settings(max_examples=100, stateful_step_count=40, suppress_health_check=list(HealthCheck)),
    )


# -- single stories -----------------------------------------------------------------------------------------------


@pytest.fixture
def journal() -> MemoryJournal:
    made = MemoryJournal("the first generation")
    made.set_user_scopes(ANN, ["team:1", "team:2"])
    return made


def frames(journal: MemoryJournal, replica: Replica, max_bytes: int = 100_000, now_s: int = NOW_S) -> list[Any]:
    lines = answer(replica.ask(max_bytes), replica.user, journal, SIGNER, now_s)
    replica.take(lines)
    return [orjson.loads(line) for line in lines]


def test_nothing_changed_is_said_in_three_hundred_bytes(journal: MemoryJournal) -> None:
    put(journal, 0, "team:1")
    replica = Replica()
    follow(journal, replica)
    lines = answer(replica.ask(100_000), ANN, journal, SIGNER, NOW_S)
    assert [orjson.loads(line)["f"] for line in lines] == ["begin", "ack", "end"]
    assert sum(map(len, lines)) <= 300


def test_for_whom_nothing_changes_the_cookie_stands_for_an_hour(journal: MemoryJournal) -> None:
    put(journal, 0, "team:1")
    replica = Replica()
    follow(journal, replica)
    given = replica.cookie
    put(journal, 1, "team:9")  # of no matter to Ann

    def told(now_s: int) -> Any:
        lines = unchanged(replica.ask(100_000), ANN, journal, SIGNER, now_s)
        assert lines is not None
        begin, ack, end = map(orjson.loads, b"".join(lines).splitlines())
        assert (begin["to"], end["to"], ack["n"]) == (journal.head(), journal.head(), 0)
        return end["cookie"]

    assert told(NOW_S + COOKIE_STANDS_S - 1) == given
    replica.cookie = told(NOW_S + COOKIE_STANDS_S)
    assert replica.cookie != given
    put(journal, 2, "team:1")
    assert unchanged(replica.ask(100_000), ANN, journal, SIGNER, NOW_S) is None
    follow(journal, replica, now_s=NOW_S + COOKIE_STANDS_S)
    assert set(replica.rows) == {("order", IDS[0]), ("order", IDS[2])}


def test_who_has_left_every_scope_holds_nothing(journal: MemoryJournal) -> None:
    for number in range(6):
        put(journal, number, "team:1", "team:2")
    replica = Replica()
    follow(journal, replica)
    assert len(replica.rows) == 6
    journal.set_user_scopes(ANN, [])
    follow(journal, replica)
    assert replica.rows == {}


def test_evictions_keep_to_the_page_too(journal: MemoryJournal) -> None:
    for number in range(8):
        put(journal, number, "team:1")
    replica = Replica()
    follow(journal, replica)
    journal.set_user_scopes(ANN, ["team:2"])
    lines = answer(replica.ask(300), ANN, journal, SIGNER, NOW_S)
    assert sum(map(len, lines)) < 700
    assert follow(journal, replica, 300) > 1
    assert replica.rows == {}


def test_a_page_begun_before_a_right_ended_is_not_continued(journal: MemoryJournal) -> None:
    for number in range(6):
        put(journal, number, "team:1", size=200)
    replica = Replica()
    assert frames(journal, replica, 300)[-1]["f"] == "more"
    journal.set_user_scopes(ANN, ["team:2"])
    assert frames(journal, replica, 300) == [{"f": "restart"}]
    follow(journal, replica)
    assert replica.rows == {}


def test_a_page_token_is_worth_nothing_to_others_nor_changed(journal: MemoryJournal) -> None:
    for number in range(6):
        put(journal, number, "team:1", size=200)
    replica = Replica()
    frames(journal, replica, 300)
    with pytest.raises(PageInvalid):
        answer(replica.ask(300), BO, journal, SIGNER, NOW_S)
    replica.page = (replica.page or "")[:-1]
    with pytest.raises(PageInvalid):
        answer(replica.ask(300), ANN, journal, SIGNER, NOW_S)


def test_an_old_page_token_starts_again(journal: MemoryJournal) -> None:
    """What was pruned behind the horizon must not be missed by a pull that slept half-way."""
    for number in range(6):
        put(journal, number, "team:1", size=200)
    replica = Replica()
    frames(journal, replica, 300)
    assert frames(journal, replica, 300, NOW_S + HORIZON_S + 1) == [{"f": "restart"}]


@pytest.mark.parametrize(
    ("cookie", "later_s", "reason"),
    [
        (None, 0, "first"),
        ("nonsense", 0, "cookie"),
        (Cookie("the first generation", 3, NOW_S), 0, None),
        (Cookie("the first generation", 3, NOW_S), HORIZON_S + 1, "horizon"),
        (Cookie("another generation", 3, NOW_S), 0, "generation"),
        (Cookie("the first generation", 99, NOW_S), 0, "generation"),
    ],
)
def test_a_handset_is_told_why_it_starts_anew(
    journal: MemoryJournal, cookie: Cookie | str | None, later_s: int, reason: str | None
) -> None:
    """A cookie beyond the head was given by a database that is no more, whatever it calls itself."""
    put(journal, 0, "team:1")
    replica = Replica()
    replica.cookie = SIGNER.cookie(cookie, Bearer(ANN, DEVICE, 1)) if isinstance(cookie, Cookie) else cookie
    begin = frames(journal, replica, now_s=NOW_S + later_s)[0]
    assert begin.get("reconcile") == reason
    assert begin["from"] == (0 if reason else 3)


def test_an_ack_says_how_far_the_queue_was_taken(journal: MemoryJournal) -> None:
    replica = Replica()
    state = journal.queue(DEVICE, 1, ANN)
    state.acked = 12
    journal.save_queue(DEVICE, 1, ANN, state)
    follow(journal, replica)
    assert replica.acked == 12


def test_a_row_that_leaves_while_the_fill_runs_on_past_it_is_told_gone(journal: MemoryJournal) -> None:
    """Found by a random life: the fill reached the scope's newest change before the departures were walked."""
    for number in range(3):
        put(journal, number, "team:1", size=200)
    replica = Replica()
    frames(journal, replica, 1)
    put(journal, 0)
    put(journal, 1, "team:1")
    follow(journal, replica, 1)
    assert replica.rows == in_sight(journal, ANN)
