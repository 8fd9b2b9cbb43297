"""Memory and SQL live random lives side by side, and are asked the same things: every method of the journal's port."""

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import Engine

from sync.journal import Entry, Journal, Membership, Position, QueueState, RowChange, Stored, Writer
from sync.stores.memory import MemoryJournal
from tests.contract.conftest import GENERATION, sql_journal
from tests.contract.test_journal_store import IDS, KINDS, NOBODY, PHONE, SCOPES, USERS, change, row_id

spans = st.tuples(st.integers(0, 9), st.integers(0, 40))
scopes_of = st.frozensets(st.sampled_from(SCOPES), max_size=3)
bodies = st.none() | st.fixed_dictionaries({"step": st.sampled_from("ab")}, optional={"note": st.integers(0, 2)})
changes = st.builds(
    lambda t, i, body, scopes: RowChange(t, i, body, scopes if body is not None else frozenset()),
    st.sampled_from(KINDS),
    st.sampled_from(IDS),
    bodies,
    scopes_of,
)
writers = st.sampled_from([NOBODY, PHONE, Writer("e:2:bo", 3, {IDS[0]: b"said"}, in_sight=True)])


class Asked:
    """A journal that notes what it is asked."""

    def __init__(self, journal: Journal, names: set[str]) -> None:
        self._journal, self._names = journal, names

    def __getattr__(self, name: str) -> Any:
        self._names.add(name)
        return getattr(self._journal, name)


class SideBySide(RuleBasedStateMachine):
    """Memory and SQL live the same life, and are asked the same things."""

    def __init__(self, engine: Engine, names: set[str]) -> None:
        super().__init__()
        self.names = names
        self.stack = ExitStack()
        self.sql = self.stack.enter_context(sql_journal(engine))
        self.memory = MemoryJournal(GENERATION)
        self.fresh = 100

    def teardown(self) -> None:
        """Whatever was drawn, each life ends with every deed and every question."""
        with self.stack:
            self.move("ann", frozenset(SCOPES))
            self.append([frozenset(SCOPES)], PHONE)
            self.confirm(0, PHONE)
            self.move("ann", frozenset(SCOPES[:1]))
            self.evictions_agree("ann", 2)
            self.note(5)
            self.queue(1, 2, 3)
            self.the_past_agrees(5, "order")
            self.deltas_agree(frozenset(SCOPES), frozenset(), 0, 3)
            self.fills_agree(frozenset(SCOPES), frozenset(SCOPES[:1]), (0, 40), 3)
            self.repairs_agree("team:1", frozenset(SCOPES), 0, 60)
            self.forget(2)
            self.rows_agree()
            self.evictions_agree("ann", 2)

    def both(self, deed: Callable[[Journal], Any]) -> Any:
        """Does the same to both; the answers are alike."""
        expected, found = deed(cast(Journal, Asked(self.memory, self.names))), deed(self.sql)
        assert found == expected
        return expected

    @rule(made=st.lists(changes, min_size=1, max_size=4), writer=writers)
    def record(self, made: list[RowChange], writer: Writer) -> None:
        self.both(lambda journal: journal.record(made, writer))

    @rule(number=st.integers(0, 4), writer=writers)
    def confirm(self, number: int, writer: Writer) -> None:
        self.both(lambda journal: journal.record([change(number, "team:1")], NOBODY))
        self.both(lambda journal: journal.stamp("order", IDS[number], "step", writer))

    @rule(scopes=st.lists(scopes_of, min_size=1, max_size=3), writer=writers)
    def append(self, scopes: list[frozenset[str]], writer: Writer) -> None:
        made = [RowChange("order", row_id(self.fresh + i), {"step": "a"}, held) for i, held in enumerate(scopes)]
        self.fresh += len(made)
        self.both(lambda journal: journal.append(made, writer))

    @rule(user=st.sampled_from(USERS), scopes=scopes_of)
    def move(self, user: str, scopes: frozenset[str]) -> None:
        self.both(lambda journal: journal.set_user_scopes(user, scopes))

    @rule(made=st.lists(changes, min_size=1, max_size=3), scopes=scopes_of)
    def roll_back(self, made: list[RowChange], scopes: frozenset[str]) -> None:
        def write_and_fail() -> None:
            self.both(lambda journal: journal.record(made, NOBODY))
            self.both(lambda journal: journal.set_user_scopes("ann", scopes))
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError), self.memory.savepoint(), self.sql._d.connection.begin_nested():
            write_and_fail()

    @rule(at_s=st.integers(0, 9))
    def note(self, at_s: int) -> None:
        self.both(lambda journal: journal.note_time(at_s))
        self.both(lambda journal: [journal.seq_at(each) for each in range(10)])

    @rule(back=st.integers(0, 6))
    def forget(self, back: int) -> None:
        seq = max(self.memory.head() - back, 0)
        self.both(lambda journal: journal.prune(seq, 1_000))
        self.both(lambda journal: journal.pruned())

    @rule(epoch=st.integers(1, 2), acked=st.integers(0, 9), many=st.integers(1, 3))
    def queue(self, epoch: int, acked: int, many: int) -> None:
        start = max(self.memory.outcomes("d", epoch, "ann", 0, 10**9), default=0) + 1 + 400 * acked
        stored = [(start + i, Stored(b"%d" % i, b"{}")) for i in range(many)]
        self.both(lambda journal: journal.save_outcomes("d", epoch, "ann", stored))
        self.both(lambda journal: journal.save_queue("d", epoch, "ann", QueueState(acked, acked or None)))
        self.both(lambda journal: journal.outcomes("d", epoch, "ann", 0, 10**9))
        self.both(lambda journal: journal.outcome("d", epoch, "ann", start))
        self.both(lambda journal: journal.mark_safe([Position("d", epoch, "ann", many), Position("e", 1, "bo", 1)]))
        self.both(lambda journal: journal.queue("d", epoch, "ann"))
        self.both(lambda journal: (sorted(journal.positions()), journal.epochs("d", "ann")))

    @rule()
    def rows_agree(self) -> None:
        for t in KINDS:
            self.both(lambda journal, t=t: [journal.row(t, i) for i in (*IDS, row_id(self.fresh - 1))])
            self.both(lambda journal, t=t: journal.versions(t, IDS))
        keys = [(t, i) for t in KINDS for i in IDS]
        self.both(lambda journal: (journal.rows(keys), journal.versions_of(keys)))
        self.both(lambda journal: journal.existing([*IDS, row_id(self.fresh - 1)]))

    @invariant()
    def scopes_agree(self) -> None:
        self.both(lambda journal: (journal.head(), journal.generation(), journal.stand()))
        self.both(lambda journal: journal.scope_states([*SCOPES, "nobody's"]))
        self.both(lambda journal: [set(journal.user_scopes(user)) for user in USERS])
        self.both(lambda journal: [journal.stirred(user, seq) for user in USERS for seq in (0, 5, journal.head() - 1)])

    @rule(seq=st.integers(0, 60), t=st.sampled_from(KINDS))
    def the_past_agrees(self, seq: int, t: str) -> None:
        self.both(lambda journal: [journal.scopes_at(t, i, seq) for i in IDS])
        self.both(lambda journal: [journal.user_scopes_at(user, seq) for user in USERS])

    @rule(scopes=scopes_of, shown_by=scopes_of, after=st.integers(0, 40), limit=st.sampled_from([1, 2, 3, 50]))
    def deltas_agree(self, scopes: frozenset[str], shown_by: frozenset[str], after: int, limit: int) -> None:
        wanted, shown = sorted(scopes), sorted(shown_by)
        self.both(lambda journal: changed_pages(journal, wanted, shown, after, limit))
        self.both(lambda journal: departed_pages(journal, wanted, shown, after, limit))

    @rule(scopes=scopes_of, shown_by=scopes_of, span=spans, limit=st.sampled_from([1, 3, 50]))
    def fills_agree(self, scopes: frozenset[str], shown_by: frozenset[str], span: tuple[int, int], limit: int) -> None:
        wanted, shown = sorted(scopes), sorted(shown_by)
        self.both(lambda journal: journal.kinds_in(wanted, span[1]))
        self.both(lambda journal: [journal.before(wanted, shown, some, span, limit) for some in (KINDS, KINDS[1:])])

    @rule(scope=st.sampled_from(SCOPES), shown_by=scopes_of, lower=st.integers(0, 20), upper=st.integers(0, 60))
    def repairs_agree(self, scope: str, shown_by: frozenset[str], lower: int, upper: int) -> None:
        shown = sorted(shown_by)
        self.both(lambda journal: (journal.tally(scope, 8, upper), journal.marks(scope, lower, upper)))
        self.both(lambda journal: journal.at_versions(scope, shown, range(lower, upper)))
        self.both(lambda journal: journal.standing([(t, i) for t in KINDS for i in IDS], shown))

    @rule(user=st.sampled_from(USERS), limit=st.sampled_from([1, 2, 3, 50]))
    def evictions_agree(self, user: str, limit: int) -> None:
        members = self.memory.user_scopes(user)
        left = [member for member in members if member.seq_out is not None]
        kept = [member.scope for member in members if member.seq_out is None]
        if left:
            self.both(lambda journal: abandoned_pages(journal, left, kept, limit))


def changed_pages(journal: Journal, scopes: list[str], shown: list[str], after: int, limit: int) -> list[Entry]:
    """All pages of `changed`, one after the other."""
    found: list[Entry] = []
    while page := journal.changed(scopes, shown, after, limit):
        assert len(page) <= limit
        found += page
        after = page[-1].ver
    assert [entry.ver for entry in found] == sorted({entry.ver for entry in found})
    return found


def departed_pages(
    journal: Journal, scopes: list[str], shown: list[str], after: int, limit: int
) -> list[tuple[int, Entry]]:
    """All pages of `departed`, one after the other."""
    found: list[tuple[int, Entry]] = []
    beyond: int | None = after
    while beyond is not None:
        page, beyond = journal.departed(scopes, shown, beyond, limit)
        found += page
    assert [seq for seq, _ in found] == sorted({seq for seq, _ in found})
    return found


def abandoned_pages(journal: Journal, left: list[Membership], kept: list[str], limit: int) -> list[Entry]:
    """All pages of `abandoned`; in which order a store walks its keys is its own affair."""
    found: list[Entry] = []
    beyond: str | None = ""
    while beyond is not None:
        page, beyond = journal.abandoned(left, kept, beyond, limit)
        assert len(page) <= limit
        found += page
    assert len(found) == len({(entry.t, entry.id) for entry in found})
    return sorted(found, key=lambda entry: (entry.t, entry.id))


def test_memory_and_sql_live_the_same_life(sql_engine: Engine) -> None:
    names: set[str] = set()
    run_state_machine_as_test(
        lambda: SideBySide(sql_engine, names),
        settings=settings(max_examples=60, stateful_step_count=20, suppress_health_check=list(HealthCheck)),
    )
    assert names == {name for name in vars(Journal) if not name.startswith("_")}, "every method of the port is asked"
