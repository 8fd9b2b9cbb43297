"""The watcher: a commit of any process wakes those whom it concerns, and nobody else."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import pytest

from backend.kernel import watching
from backend.kernel.db import Database
from backend.kernel.ids import new_id
from backend.kernel.journaling import journal_of
from backend.kernel.watching import Reader, Watch
from sync.journal import RowChange, Writer

SOON_S = 5.0
LOOK_EVERY_S = 0.1
LATER_S = 0.3


@pytest.fixture(autouse=True)
def looked_at_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "LOOK_EVERY_S", LOOK_EVERY_S)


class Listening(Reader):
    """A reader that can be waited for."""

    def __init__(self, user: str, scopes: frozenset[str], seq: int) -> None:
        super().__init__(user, scopes, seq)
        self._moved = asyncio.Event()

    def heard(self) -> None:
        self._moved.set()

    async def moved(self, within_s: float) -> bool:
        """Whether it was woken since it was last asked, or is within so long."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._moved.wait(), within_s)
        moved = self._moved.is_set()
        self._moved.clear()
        return moved


def write(url: str, scope: str) -> None:
    """Another process changes a row of a scope."""
    other = Database(url)
    with other.transaction() as session:
        row_id = new_id()
        journal_of(session).record([RowChange("things", row_id, {"id": row_id}, frozenset({scope}))], Writer())
    other.close()


def move(url: str, user: str, scope: str) -> None:
    """Another process moves a user into a scope."""
    other = Database(url)
    with other.transaction() as session:
        journal_of(session).set_user_scopes(user, [scope])
    other.close()


def watched(url: str, play: Callable[[Watch], Awaitable[None]]) -> None:
    db = Database(url)
    watch = Watch(db)
    try:
        asyncio.run(play(watch))  # type: ignore[arg-type]
    finally:
        watch.close()
        db.close()


def test_a_commit_of_another_process_wakes_the_readers_of_its_scope_alone(store_url: str) -> None:
    async def play(watch: Watch) -> None:
        ours, theirs = Listening("ann", frozenset({"team:1"}), 0), Listening("bo", frozenset({"team:2"}), 0)
        watch.join("phone-1", ours)
        watch.join("phone-2", theirs)
        await asyncio.sleep(LATER_S)
        await asyncio.to_thread(write, store_url, "team:1")
        assert await ours.moved(SOON_S)
        assert ours.seq > 0
        assert not await theirs.moved(LATER_S)

    watched(store_url, play)


def test_who_joins_a_scope_is_woken_and_then_hears_of_it(store_url: str) -> None:
    async def play(watch: Watch) -> None:
        reader = Listening("ann", frozenset(), 0)
        watch.join("phone-1", reader)

        await asyncio.to_thread(move, store_url, "ann", "team:9")
        assert await reader.moved(SOON_S)
        await asyncio.to_thread(write, store_url, "team:9")
        assert await reader.moved(SOON_S)

    watched(store_url, play)


def test_a_handset_has_one_stream_and_the_end_ends_it(store_url: str) -> None:
    async def play(watch: Watch) -> None:
        first, second = Listening("ann", frozenset(), 0), Listening("ann", frozenset(), 0)
        watch.join("phone-1", first)
        watch.join("phone-1", second)
        assert (first.over, second.over, len(watch)) == (True, False, 1)
        watch.leave("phone-1", first)
        assert len(watch) == 1
        watch.leave("phone-1", second)
        assert len(watch) == 0
        watch.join("phone-1", second)
        await asyncio.to_thread(watch.close)
        assert second.over

    watched(store_url, play)


def test_what_was_told_before_one_joined_is_told_it_again(store_url: str) -> None:
    async def play(watch: Watch) -> None:
        early, late = Listening("bo", frozenset({"team:1"}), 0), Listening("ann", frozenset({"team:1"}), 0)
        watch.join("phone-1", early)
        await asyncio.to_thread(write, store_url, "team:1")
        assert await early.moved(SOON_S)
        watch.join("phone-2", late)
        assert await late.moved(SOON_S)
        assert not await early.moved(0.1), "nor twice to who heard it"

    watched(store_url, play)


def test_who_was_moved_before_they_joined_hears_of_where_they_are(store_url: str) -> None:
    async def play(watch: Watch) -> None:
        early, late = Listening("bo", frozenset({"team:9"}), 0), Listening("ann", frozenset(), 0)
        watch.join("phone-1", early)

        await asyncio.to_thread(move, store_url, "ann", "team:9")
        await asyncio.to_thread(write, store_url, "team:9")
        assert await early.moved(SOON_S)
        watch.join("phone-2", late)
        assert await late.moved(SOON_S)
        await asyncio.to_thread(write, store_url, "team:9")
        assert await late.moved(SOON_S)

    watched(store_url, play)
