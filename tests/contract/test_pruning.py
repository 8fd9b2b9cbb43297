"""Compacting the journal changes no reader's end state: law Pruning, on every store."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sync.compaction import compact
from sync.journal import Journal, Membership, RowChange, Writer
from sync.pull import HORIZON_S, PAGE_LASTS_S
from sync.stores.memory import MemoryJournal
from tests.unit.sync.replica import ANN, NOW_S, Replica, follow

DAY_S = 86_400
SCOPES = ["team:1", "team:2", "user:ann"]
LONG_S = HORIZON_S + PAGE_LASTS_S + 1


def row_id(number: int) -> str:
    return f"{number:08x}-0000-7000-8000-000000000000"


def put(journal: Journal, number: int, *scopes: str) -> None:
    body = {"id": row_id(number), "step": journal.head()}
    journal.record([RowChange("order", row_id(number), body, frozenset(scopes))], Writer())


def delete(journal: Journal, number: int) -> None:
    journal.record([RowChange("order", row_id(number), None, frozenset())], Writer())


def test_what_ended_beyond_the_horizon_is_forgotten_and_nothing_else(journal: Journal) -> None:
    journal.set_user_scopes(ANN, ["team:1", "team:2"])
    for number in range(4):
        put(journal, number, "team:1")
    delete(journal, 0)
    put(journal, 1, "team:2")
    journal.set_user_scopes(ANN, ["team:2"])
    before = journal.scope_states(SCOPES)
    assert compact(journal, NOW_S) == 0
    noted = journal.head()
    delete(journal, 2)
    assert journal.seq_at(NOW_S) == noted
    assert journal.seq_at(NOW_S - 1) == 0
    assert journal.pruned() == 0
    assert compact(journal, NOW_S + LONG_S) == 3
    assert journal.pruned() == noted
    assert journal.row("order", row_id(0)) is None
    assert journal.row("order", row_id(2)) is not None
    assert journal.user_scopes(ANN) == [Membership("team:2", 2, None)]
    assert [e.id for _, e in journal.departed(["team:1"], [], 0, 9)[0]] == [row_id(2)]
    assert journal.scope_states(["team:2"])["team:2"] == before["team:2"]
    assert journal.scope_states(["team:1"])["team:1"].rows == before["team:1"].rows - 1
    assert compact(journal, NOW_S + LONG_S) == 0


def test_it_forgets_a_part_at_a_time(journal: Journal) -> None:
    for number in range(6):
        put(journal, number, "team:1")
    for number in range(6):
        delete(journal, number)
    compact(journal, NOW_S)
    assert [compact(journal, NOW_S + LONG_S, 4) for _ in range(3)] == [8, 4, 0]
    assert journal.scope_states(["team:1"])["team:1"].ver == 12


def test_a_cookie_from_before_what_was_forgotten_reconciles(journal: Journal) -> None:
    journal.set_user_scopes(ANN, ["team:1"])
    put(journal, 0, "team:1")
    put(journal, 1, "team:1")
    phone = Replica(ANN)
    follow(journal, phone)
    delete(journal, 0)
    compact(journal, NOW_S)
    compact(journal, NOW_S + LONG_S)
    follow(journal, phone, now_s=NOW_S)  # its own clock, and the cookie's, do not matter
    assert phone.reconcile == "horizon"
    assert list(phone.rows) == [("order", row_id(1))]


deeds = st.lists(
    st.tuples(
        st.sampled_from(["put", "put", "delete", "move", "wait", "pull", "pull later", "compact"]),
        st.integers(0, 4),
        st.frozensets(st.sampled_from(SCOPES), max_size=2),
    ),
    max_size=40,
)


@given(life=deeds)
@settings(max_examples=200, suppress_health_check=list(HealthCheck))
def test_a_compacted_journal_and_one_that_forgets_nothing_lead_to_the_same(
    life: list[tuple[str, int, frozenset[str]]],
) -> None:
    kept, pruned = MemoryJournal("a life"), MemoryJournal("a life")
    phones = [(kept, Replica(ANN)), (pruned, Replica(ANN)), (kept, Replica(ANN)), (pruned, Replica(ANN))]
    now_s = NOW_S
    for what, number, scopes in [*life, ("pull", 0, frozenset()), ("pull later", 0, frozenset())]:
        if what == "wait":
            now_s += 20 * DAY_S * (number + 1)
        elif what == "compact":
            compact(pruned, now_s)
        elif what in ("pull", "pull later"):
            for journal, phone in phones[:2] if what == "pull" else phones[2:]:
                follow(journal, phone, 300, now_s)
        for journal in (kept, pruned):
            if what == "put":
                put(journal, number, *scopes)
            elif what == "delete":
                delete(journal, number)
            elif what == "move":
                journal.set_user_scopes(ANN, scopes)
    for (_, one), (_, other) in (phones[:2], phones[2:]):
        assert one.rows == other.rows
        assert {s: d for s, d in one.digests.items() if d[1]} == {s: d for s, d in other.digests.items() if d[1]}


@pytest.mark.parametrize("rows", [0, 3])
def test_an_empty_or_quiet_journal_is_compacted_without_harm(journal: Journal, rows: int) -> None:
    for number in range(rows):
        put(journal, number, "team:1")
    for day in range(3):
        assert compact(journal, NOW_S + day * LONG_S) == 0
    assert len(journal.changed(["team:1"], [], 0, 9)) == rows
