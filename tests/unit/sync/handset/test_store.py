"""The handset's store: what a transaction did is all there, or none of it."""

import sqlite3
from typing import Any

import pytest

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
