"""The handset's store: what a transaction did is all there, or none of it."""

import sqlite3
from typing import Any

import pytest

from sync.handset.outbox import Entry, EntryState
from sync.handset.store import SqliteStore


class FullAtCommit(sqlite3.Connection):
    """A disk that is found full when the transaction is to be made durable."""

    full = False

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        if self.full and sql == "COMMIT":
            raise sqlite3.OperationalError("database or disk is full")
        return super().execute(sql, parameters)


def test_a_commit_that_fails_is_undone_and_jams_nothing() -> None:
    connection = sqlite3.connect(":memory:", factory=FullAtCommit)
    store = SqliteStore(connection)
    connection.full = True
    with pytest.raises(sqlite3.OperationalError), store.transaction():
        store.put("epoch", 1)
    connection.full = False
    assert not connection.in_transaction
    assert store.get("epoch") is None
    with store.transaction():
        store.put("epoch", 2)
    assert store.get("epoch") == 2
    store.close()


def test_what_is_done_while_the_order_to_wipe_is_under_way_stops_the_wipe() -> None:
    store = SqliteStore(":memory:")
    store.put("device_id", "a device")
    store.add_entry(Entry(1, "ann", 1, b"{}", EntryState.waiting))
    assert not store.end("an order")
    assert store.get("device_id") == "a device"
    store.set_result(1, "ann", 1, EntryState.rejected, {})
    assert store.end("an order")
    assert (store.get("device_id"), store.get("receipt")) == (None, "an order")
    store.close()
