"""Every journal store answers alike, by plain examples."""

from collections.abc import Sequence
from typing import Any

import orjson
import pytest
from sqlalchemy import Engine

from sync.digests import Digest, row_hash
from sync.journal import Entry, Journal, Membership, Position, QueueState, RowChange, Stored, Writer
from sync.protocol import RESULTS_KEPT
from sync.stores.memory import MemoryJournal
from sync.stores.tables import renew_generation
from tests.contract.conftest import GENERATION, sql_journal

NOBODY = Writer()
PHONE = Writer("d:1:u", 5_000, {}, in_sight=False)
USERS = ["ann", "bo"]
SCOPES = ["area:/gz/", "team:1", "team:2", "user:ann"]
KINDS = ["order", "order_line"]


def row_id(number: int) -> str:
    return f"{number:08x}-0000-7000-8000-000000000000"


IDS = [row_id(number) for number in range(5)]


def change(number: int, *scopes: str, t: str = "order", body: dict[str, Any] | str | None = "some") -> RowChange:
    said = {"id": row_id(number), "step": "new"} if body == "some" else body
    assert not isinstance(said, str)
    return RowChange(t, row_id(number), said, frozenset(scopes))


def gone(number: int) -> RowChange:
    return RowChange("order", row_id(number), None, frozenset())


def ids_of(entries: Sequence[Entry]) -> list[tuple[str, int, str | None]]:
    return [(entry.id, entry.ver, entry.why) for entry in entries]


# -- rows -------------------------------------------------------------------------------------------------------------


def test_a_new_journal_is_empty(journal: Journal) -> None:
    assert (journal.head(), journal.generation()) == (0, GENERATION)
    assert journal.row("order", IDS[0]) is None
    assert journal.versions("order", IDS) == {}
    assert journal.existing(IDS) == journal.existing([]) == set()
    assert journal.changed(SCOPES, SCOPES, 0, 10) == journal.changed([], [], 0, 10) == []
    assert journal.departed(SCOPES, [], 0, 10) == ([], None)
    assert journal.abandoned([Membership("team:1", 1, 2)], [], "", 10) == ([], None)
    assert journal.user_scopes("ann") == []
    assert journal.scope_states([]) == {}
    assert journal.scope_states(["team:1"])["team:1"].digest == Digest()


def test_every_change_takes_a_number_and_an_unchanged_row_keeps_its_own(journal: Journal) -> None:
    assert journal.record([change(0, "team:1"), change(1, "team:1")], NOBODY) == [1, 2]
    assert journal.record([change(0, "team:1")], NOBODY) == [1]
    assert journal.record([change(0, "team:1", body={"id": row_id(0), "step": "done"})], PHONE) == [4]
    assert journal.record([gone(3)], NOBODY) == [0]
    row = journal.row("order", IDS[0])
    assert row is not None
    assert (row.ver, row.born) == (4, 1)
    assert row.field_version("step") == (4, "d:1:u", 5_000)
    assert row.field_version("id") == (1, None, None)
    assert orjson.loads(row.body or b"") == {"id": IDS[0], "step": "done"}
    assert journal.versions("order", IDS) == {IDS[0]: 4, IDS[1]: 2}


def test_no_change_at_all_takes_nothing(journal: Journal) -> None:
    assert journal.record([], NOBODY) == journal.append([], NOBODY) == []
    assert journal.head() == 0


def test_a_deleted_row_leaves_a_tombstone_and_may_be_born_again(journal: Journal) -> None:
    journal.record([change(0, "team:1")], NOBODY)
    assert journal.record([gone(0)], NOBODY) == [2]
    tombstone = journal.row("order", IDS[0])
    assert tombstone is not None
    assert (tombstone.ver, tombstone.body, tombstone.scopes) == (2, None, frozenset())
    assert journal.versions("order", IDS) == {}
    assert journal.existing(IDS) == set()
    assert journal.record([gone(0)], NOBODY) == [2]
    assert journal.record([change(0, "team:1")], PHONE) == [4]
    again = journal.row("order", IDS[0])
    assert again is not None
    assert (again.born, again.born_queue) == (4, "d:1:u")
    assert journal.departed(["team:1"], [], 0, 10) == ([], None)


def test_a_row_that_moves_twice_in_one_record_is_where_it_was_put_last(journal: Journal) -> None:
    journal.record([change(0, "team:1")], NOBODY)
    journal.record([change(0, "team:2"), change(0, "team:1")], NOBODY)
    assert ids_of(journal.changed(["team:1"], [], 0, 10)) == [(IDS[0], 3, None)]
    assert journal.scope_states(["team:1", "team:2"])["team:2"].rows == 0
    assert [seq for seq, _ in journal.departed(["team:2"], ["team:1"], 0, 10)[0]] == []
    assert [seq for seq, _ in journal.departed(["team:2"], [], 0, 10)[0]] == [3]


def test_a_row_that_no_scope_holds_exists_all_the_same(journal: Journal) -> None:
    journal.record([change(0), change(1, t="order_line")], NOBODY)
    assert journal.existing([*IDS, IDS[0]]) == {IDS[0], IDS[1]}


def test_facts_are_appended_with_the_hash_of_what_added_them(journal: Journal) -> None:
    journal.record([change(0, "team:1")], NOBODY)
    writer = Writer("d:1:u", 7_000, {IDS[1]: b"what was said"})
    assert journal.append([change(1, "team:1", "team:2"), change(2)], writer) == [2, 3]
    first, second = journal.row("order", IDS[1]), journal.row("order", IDS[2])
    assert first is not None
    assert second is not None
    assert (first.born_hash, second.born_hash) == (b"what was said", None)
    assert (first.born, first.born_queue, first.born_ms) == (2, "d:1:u", 7_000)
    assert [entry.scopes for entry in journal.changed(["team:1"], ["team:2"], 1, 10)] == [("team:2",)]


def test_one_id_in_two_kinds_is_two_rows(journal: Journal) -> None:
    journal.record([change(0, "team:1"), change(0, "team:1", t="order_line")], NOBODY)
    assert journal.versions("order_line", IDS) == {IDS[0]: 2}
    journal.record([gone(0)], NOBODY)
    assert journal.existing(IDS) == {IDS[0]}


def test_bodies_keep_every_character(journal: Journal) -> None:
    body = {"id": row_id(0), "note": "换气 \x00 \U0001f4a9 '\"\\ %s :t", "deep": {"a": [1, 2.5, None, True]}}
    journal.record([change(0, "team:1", body=body)], NOBODY)
    [entry] = journal.changed(["team:1"], [], 0, 1)
    assert orjson.loads(entry.body or b"") == body


def test_thousands_of_rows_in_one_record(journal: Journal) -> None:
    rows = [change(number, "team:1") for number in range(1_200)]
    assert journal.record(rows, NOBODY) == list(range(1, 1_201))
    assert journal.record(rows, NOBODY) == list(range(1, 1_201))
    assert len(journal.versions("order", [row.id for row in rows])) == 1_200
    assert journal.existing([row.id for row in rows]) == {row.id for row in rows}
    assert len(journal.changed(["team:1"], ["team:1"], 0, 2_000)) == 1_200


def test_more_scopes_than_a_statement_takes(journal: Journal) -> None:
    many = [f"grid:{number}" for number in range(1_100)]
    journal.record([change(0, many[0], many[-1]), change(1, many[700])], NOBODY)
    assert ids_of(journal.changed(many, many, 0, 10)) == [(IDS[0], 1, None), (IDS[1], 2, None)]
    journal.record([gone(1)], NOBODY)
    assert ids_of([entry for _, entry in journal.departed(many, many, 0, 10)[0]]) == [(IDS[1], 0, "deleted")]
    left = [Membership(scope, 0, 9) for scope in many]
    assert [entry.id for entry in journal.abandoned(left, [], "", 10)[0]] == [IDS[0], IDS[1]]
    assert sum(state.rows for state in journal.scope_states(many).values()) == 2


# -- scopes -----------------------------------------------------------------------------------------------------------


def test_the_scopes_of_a_row_are_known_as_they_were(journal: Journal) -> None:
    journal.record([change(0, "team:1")], NOBODY)
    journal.record([change(0, "team:2")], NOBODY)
    journal.record([gone(0)], NOBODY)
    assert [journal.scopes_at("order", IDS[0], seq) for seq in range(4)] == [set(), {"team:1"}, {"team:2"}, set()]


def test_a_row_that_left_and_came_back_was_not_there_in_between(journal: Journal) -> None:
    for scope in ("team:1", "team:2", "team:1", "team:2", "team:1"):
        journal.record([change(0, scope)], NOBODY)
    seen = [journal.scopes_at("order", IDS[0], seq) for seq in range(6)]
    assert seen == [set(), {"team:1"}, {"team:2"}, {"team:1"}, {"team:2"}, {"team:1"}]


def test_a_row_that_was_deleted_and_is_born_again_was_nowhere_in_between(journal: Journal) -> None:
    journal.record([change(0, "team:1")], NOBODY)
    journal.record([gone(0)], NOBODY)
    journal.record([change(0, "team:1")], NOBODY)
    assert [journal.scopes_at("order", IDS[0], seq) for seq in range(1, 4)] == [{"team:1"}, set(), {"team:1"}]


def test_who_left_and_came_back_held_the_scope_before_too(journal: Journal) -> None:
    for scopes in (["team:1"], [], ["team:1"], [], ["team:1", "team:2"]):
        journal.set_user_scopes("ann", scopes)
    seen = [journal.user_scopes_at("ann", seq) for seq in range(8)]
    assert seen == [set(), {"team:1"}, set(), {"team:1"}, set(), {"team:1"}, {"team:1", "team:2"}, {"team:1", "team:2"}]
    assert journal.user_scopes_at("bo", 3) == set()


def test_joining_and_leaving_take_numbers(journal: Journal) -> None:
    journal.set_user_scopes("ann", ["team:2", "team:1", "team:1"])
    journal.set_user_scopes("ann", ["team:1", "team:2"])
    journal.set_user_scopes("bo", ["team:1"])
    journal.set_user_scopes("ann", ["user:ann", "team:2"])
    assert set(journal.user_scopes("ann")) == {
        Membership("team:1", 1, 5),
        Membership("team:2", 2, None),
        Membership("user:ann", 4, None),
    }
    journal.set_user_scopes("ann", ["team:1"])
    assert set(journal.user_scopes("ann")) == {
        Membership("team:1", 6, None),
        Membership("team:2", 2, 7),
        Membership("user:ann", 4, 8),
    }
    assert journal.user_scopes("bo") == [Membership("team:1", 3, None)]


def test_a_digest_is_the_sum_over_the_live_rows(journal: Journal) -> None:
    journal.record([change(0, "team:1", "team:2"), change(1, "team:1")], NOBODY)
    journal.record([change(0, "team:1", body={"id": row_id(0)}), gone(1)], NOBODY)
    states = journal.scope_states(["team:1", "team:2", "team:2"])
    row = journal.row("order", IDS[0])
    assert row is not None
    assert row.body is not None
    assert states["team:1"].digest == Digest().plus([row_hash("order", row.id, 3, row.body)])
    assert (states["team:1"].rows, states["team:1"].ver) == (1, 4)
    assert (states["team:2"].digest, states["team:2"].rows, states["team:2"].ver) == (Digest(), 0, 3)


# -- queues -----------------------------------------------------------------------------------------------------------


def test_a_queue_stands_where_it_was_left(journal: Journal) -> None:
    state = journal.queue("d", 1, "ann")
    assert state == QueueState(0, None)
    state.acked = 99
    assert journal.queue("d", 1, "ann") == QueueState(0, None)
    journal.save_queue("d", 1, "ann", QueueState(3, None))
    journal.save_queue("d", 2, "ann", QueueState(1, 17))
    journal.save_queue("d", 1, "ann", QueueState(4, 18, proven_ms=16))
    assert journal.queue("d", 1, "ann") == QueueState(4, 18, proven_ms=16)
    assert journal.queue("d", 2, "ann") == QueueState(1, 17)
    assert journal.queue("d", 1, "bo") == journal.queue("e", 1, "ann") == QueueState(0, None)


def test_a_backup_covers_what_it_held_and_its_mark_never_goes_back(journal: Journal) -> None:
    journal.save_queue("d", 1, "ann", QueueState(3, None))
    journal.save_queue("d", 2, "ann", QueueState(5, None))
    held = journal.positions()
    assert held == [Position("d", 1, "ann", 3), Position("d", 2, "ann", 5)]
    assert journal.epochs("d", "ann") == {1: 3, 2: 5}
    journal.save_queue("d", 2, "ann", QueueState(9, 17))
    journal.mark_safe(held)
    assert journal.queue("d", 2, "ann") == QueueState(9, 17, 5)
    journal.save_queue("d", 2, "ann", QueueState(10, 18))
    journal.mark_safe([Position("d", 2, "ann", 4), Position("d", 1, "ann", 99), Position("x", 1, "ann", 1)])
    assert journal.queue("d", 2, "ann") == QueueState(10, 18, 5)
    assert journal.queue("d", 1, "ann") == QueueState(3, None, 3), "never beyond what was taken in this life"
    assert journal.queue("x", 1, "ann") == QueueState()
    journal.mark_safe([])


def test_outcomes_are_kept_and_the_oldest_forgotten(journal: Journal) -> None:
    kept = Stored(b"\x00hash", b'{"n":1}')
    for first in range(1, RESULTS_KEPT + 11, 100):
        journal.save_outcomes("d", 1, "ann", [(n, kept) for n in range(first, first + 100)])
    journal.save_outcomes("d", 1, "bo", [(1, kept)])
    journal.save_outcomes("d", 1, "bo", [])
    assert journal.outcome("d", 1, "ann", RESULTS_KEPT + 100) == kept
    assert journal.outcome("d", 1, "ann", 100) is None
    assert journal.outcome("d", 1, "ann", 101) == kept
    assert len(journal.outcomes("d", 1, "ann", 1, 5_000)) == RESULTS_KEPT
    assert sorted(journal.outcomes("d", 1, "ann", 150, 153)) == [150, 151, 152, 153]
    assert journal.outcomes("d", 1, "bo", 1, 5) == {1: kept}
    assert journal.outcomes("d", 2, "bo", 1, 5) == journal.outcomes("e", 1, "bo", 1, 5) == {}


# -- savepoints -------------------------------------------------------------------------------------------------------


def test_a_savepoint_in_memory_leaves_nothing_behind() -> None:
    journal = MemoryJournal()
    journal.record([change(0, "team:1")], NOBODY)
    reader = journal.snapshot()

    def write_and_fail() -> None:
        journal.record([change(0, "team:2"), change(1, "team:2")], NOBODY)
        with journal.savepoint():
            journal.set_user_scopes("ann", ["team:2"])
            journal.save_queue("d", 1, "ann", QueueState(3))
            journal.save_outcomes("d", 1, "ann", [(1, Stored(b"", b""))])
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), journal.savepoint():
        write_and_fail()
    assert journal._books == reader._books
    with journal.savepoint():
        journal.record([gone(0)], NOBODY)
    assert journal.head() == 2
    assert reader.versions("order", IDS) == {IDS[0]: 1}


def test_a_restored_database_begins_a_new_life(sql_engine: Engine) -> None:
    with sql_journal(sql_engine) as journal:
        renew_generation(journal._d.connection, "another")
        assert journal.generation() == "another"
    memory = MemoryJournal()
    memory.renew_generation("another")
    assert memory.generation() == "another"
