"""One database, one writer at a time, one commit: before the answer leaves.

SQLite has one writer by nature; PostgreSQL is given the same law by a lock taken when a writing transaction begins.
So sequence order is commit order on both, no two writers can dead-lock, and throughput comes from group commit.
"""

import contextlib
import json
import queue
import threading
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future
from types import NoneType
from typing import Any, Generic, TypeVar

import orjson
import structlog
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlmodel import Session

from backend.kernel.errors import Busy
from sync.stores.driver import Driver, Remembering

try:
    import pysqlite3.dbapi2 as sqlite_driver
except ImportError:  # a platform without a wheel
    import sqlite3 as sqlite_driver

__all__ = ["Database", "make_engine", "sqlite_driver"]
T = TypeVar("T")


def _as_it_is(value: T) -> T:
    return value


for _kind in (NoneType, bool, bytes):
    # For these the driver looks for a way in at each value, and a search in vain takes 0.4 us: 8 us a clock-in.
    sqlite_driver.register_adapter(_kind, _as_it_is)

GROUP_MAX = 64
"""Works that share one commit."""
WRITE_WAIT_S = 15.0
"""How long a request waits for its turn to write before it is told to come again."""
WRITER_LOCK = 0x67726964
"""PostgreSQL advisory lock that makes writers take turns."""
POOLED_READERS = 8
READERS_MAX = 48
DRIVER = "driver"
"""Where a session keeps a driver of its own."""
COMMITTED = "gridcrew_committed"
"""The channel on which PostgreSQL says that somebody committed."""

log = structlog.get_logger("db")


def _json_text(value: Any) -> str:
    """JSON of a column: also of what orjson does not write, numbers of any length and halves of characters."""
    try:
        return orjson.dumps(value).decode()
    except TypeError:
        return json.dumps(value)


_JSON: dict[str, Any] = {"json_serializer": _json_text, "json_deserializer": orjson.loads}


def make_engine(url: str, *, writing: bool) -> Engine:
    """An engine for writers or for readers; readers cannot write."""
    sqlite = make_url(url).get_backend_name() == "sqlite"
    engine = _sqlite_engine(url, writing=writing) if sqlite else _postgres_engine(url, writing=writing)
    _spell_savepoints(engine.dialect)
    return engine


def _spell_savepoints(dialect: Any) -> None:
    """SQLAlchemy compiles the three statements anew each time, at several times what a database needs for them."""
    dialect.do_savepoint = _saying("SAVEPOINT")
    dialect.do_release_savepoint = _saying("RELEASE SAVEPOINT")
    dialect.do_rollback_to_savepoint = _saying("ROLLBACK TO SAVEPOINT")


def _saying(words: str) -> Callable[[Connection, str], Any]:
    return lambda connection, name: connection.exec_driver_sql(f"{words} {name}")


def _sqlite_engine(url: str, *, writing: bool) -> Engine:
    engine = create_engine(
        url,
        module=sqlite_driver,
        pool_size=2 if writing else POOLED_READERS,
        max_overflow=0 if writing else READERS_MAX,
        connect_args={"check_same_thread": False, "timeout": WRITE_WAIT_S, "isolation_level": None},
        **_JSON,
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        for pragma in _PRAGMAS + (_WRITING if writing else _READING):
            connection.execute(pragma).close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA wal_autocheckpoint=4000",
)
_WRITING = ("PRAGMA cache_size=-16384",)
"""What a writer holds back before it writes. With 64 MB a row of 20 words took the same 272 us, and who writes all
day came to hold them."""
_READING = ("PRAGMA query_only=ON", "PRAGMA cache_size=-4096")
"""Readers are many, and each would keep pages of its own: the machine keeps them for all."""


def _postgres_engine(url: str, *, writing: bool) -> Engine:
    if writing:
        engine = create_engine(url, pool_size=4, max_overflow=4, pool_pre_ping=True, **_JSON)

        @event.listens_for(engine, "begin")
        def begin(connection: Connection) -> None:
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{int(WRITE_WAIT_S)}s'")
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITER_LOCK})")

        return engine
    return create_engine(
        url,
        pool_size=POOLED_READERS,
        max_overflow=READERS_MAX,
        pool_pre_ping=True,
        isolation_level="REPEATABLE READ",
        execution_options={"postgresql_readonly": True},
        **_JSON,
    )


class Database:
    """The only place that commits."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._writing = make_engine(url, writing=True)
        self._reading = make_engine(url, writing=False)
        self._turn = threading.Lock()
        self._works: queue.SimpleQueue[_Work[Any] | None] = queue.SimpleQueue()
        self._writer: threading.Thread | None = None
        self._hiring = threading.Lock()
        self._closing = threading.Event()
        self.group_commits = 0
        """Commits that works shared, for the metrics."""
        self.at_hand = self.dialect == "sqlite"
        """Whether the database lies in this process: a read waits for no network and no lock."""
        self._glance: Glance | None = None
        self.on_session: list[Callable[[Session], None]] = []
        """Each writing session passes through these before use: journaling, events."""
        self.after_commit: list[Callable[[Session], None]] = []
        """Called when a commit is durable: pokes. A failure here is logged and harms nothing."""

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self._writing.dialect.name

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Session]:
        """A writing transaction: committed when the block ends well, otherwise nothing of it remains."""
        session = self.begin()
        with self.ending(session):
            yield session

    def begin(self) -> Session:
        """Waits for the turn to write and opens a transaction, which `ending` must end. Raises Busy."""
        if not self._turn.acquire(timeout=WRITE_WAIT_S):
            raise Busy("the write queue is full")
        session = Session(self._writing, expire_on_commit=False)
        try:
            for prepare in self.on_session:
                prepare(session)
            session.connection()
        except BaseException as fault:
            self._pass_on(session)
            if isinstance(fault, OperationalError | PoolTimeout):
                raise Busy("another process writes, or the database does not answer") from fault
            raise
        return session

    def _pass_on(self, session: Session) -> None:
        """Closes the session and passes the turn on, whatever closing brings."""
        try:
            session.close()
        finally:
            self._turn.release()

    @contextlib.contextmanager
    def ending(self, session: Session) -> Iterator[None]:
        """Commits `session` when the block ends well, rolls it back when not, and passes the turn on."""
        try:
            yield
            if self.dialect == "postgresql":
                session.connection().exec_driver_sql(f"NOTIFY {COMMITTED}")
            session.commit()
        except BaseException:
            session.rollback()
            raise
        else:
            self._announce(session)
        finally:
            self._pass_on(session)

    def _announce(self, session: Session) -> None:
        for tell in self.after_commit:
            try:
                tell(session)
            except Exception:
                log.exception("after_commit failed")

    @contextlib.contextmanager
    def reading(self) -> Generator[Session]:
        """A session on a snapshot that cannot write."""
        session = self.reader()
        try:
            yield session
        finally:
            session.close()

    def reader(self) -> Session:
        """A reading session; the caller closes it."""
        return Session(self._reading, autoflush=False)

    def glance(self) -> "Glance":
        """A snapshot for a few indexed reads on the event loop's own thread, where `at_hand`; nothing is awaited in it.

        One connection stays open for it: taking one out of the pool costs more than the reads.
        """
        if self._glance is None:
            self._glance = Glance(Session(self._reading, autoflush=False))
        return self._glance

    def submit(self, work: Callable[[Session], T]) -> "Future[T]":
        """Runs `work` in a savepoint of a shared transaction; the future is answered after the durable commit."""
        future: Future[T] = Future()
        if self._writer is None:
            self._start_writer()
        self._works.put(_Work(work, future))
        return future

    def _start_writer(self) -> None:
        # Not the turn: a loop that waited for it would keep its holder, a request of the same loop, from ending.
        with self._hiring:
            if self._writer is None:
                self._writer = threading.Thread(target=self._write_on, name="gridcrew-writer", daemon=True)
                self._writer.start()

    def _write_on(self) -> None:
        while (first := self._works.get()) is not None:
            group = [first]
            while len(group) < GROUP_MAX:
                try:
                    work = self._works.get_nowait()
                except queue.Empty:
                    break
                if work is None:
                    self._works.put(None)
                    break
                group.append(work)
            # From here on no caller that goes away can cancel what would then be answered.
            self._write_group([work for work in group if work.future.set_running_or_notify_cancel()])

    def _write_group(self, group: "list[_Work[Any]]") -> None:
        answers: list[tuple[_Work[Any], Any, BaseException | None]] = []
        if not group:
            return
        try:
            session = self.begin()
        except BaseException as fault:  # no turn, or no database: nobody's work was at fault
            for work in group:
                work.future.set_exception(fault)
            return
        try:
            with self.ending(session):
                answers = [(work, *_attempt(session, work)) for work in group]
            self.group_commits += 1
        except BaseException as fault:
            if len(group) == 1:
                group[0].future.set_exception(fault)
                return
            log.warning("group commit failed; members are retried one by one", works=len(group), fault=repr(fault))
            for work in group:
                self._write_group([work])
            return
        for work, answer, refused in answers:
            if refused is None:
                work.future.set_result(answer)
            else:
                work.future.set_exception(refused)

    @contextlib.contextmanager
    def listening(self) -> Iterator[Callable[[float], bool]]:
        """A way to wait, for so many seconds at most, for a commit of any process; gives whether there was one."""
        with self._reading.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            driver: Any = connection.connection.driver_connection
            if self.dialect == "postgresql":
                driver.execute(f"LISTEN {COMMITTED}")
                yield lambda within_s: bool(list(driver.notifies(timeout=within_s, stop_after=1)))
                return
            looked = [0]

            def committed(within_s: float) -> bool:
                self._closing.wait(within_s)
                (now,) = driver.execute("PRAGMA data_version").fetchone()
                before, looked[0] = looked[0], now
                return bool(now != before)

            yield committed

    def ping(self) -> None:
        """Raises when the database does not answer."""
        with self.reading() as session:
            session.connection().execute(text("SELECT 1"))

    def close(self) -> None:
        """Ends the writer after what is queued, and lets go of all connections."""
        self._closing.set()
        if self._writer is not None:
            self._works.put(None)
            self._writer.join(timeout=WRITE_WAIT_S)
        if self._glance is not None:
            self._glance.session.close()
        self._writing.dispose()
        self._reading.dispose()


class Glance:
    """A reading session that is opened for a look, again and again."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._driver = session.info[DRIVER] = Remembering(session.connection())
        self._driver.end()

    def __enter__(self) -> Session:
        self._driver.begin()
        try:
            self._driver.look()
        except BaseException:
            self._driver.end()
            raise
        return self.session

    def __exit__(self, *_: object) -> None:
        self._driver.end()


def driver_of(session: Session) -> Driver:
    """The session's connection, to be spoken to straight."""
    found: Driver | None = session.info.get(DRIVER)
    return found or Driver(session.connection())


class _Work(Generic[T]):
    """A piece of work and where its answer goes."""

    __slots__ = ("future", "run")

    def __init__(self, run: Callable[[Session], T], future: "Future[T]") -> None:
        self.run = run
        self.future = future


def _attempt(session: Session, work: _Work[Any]) -> tuple[Any, BaseException | None]:
    try:
        with session.begin_nested():
            return work.run(session), None
    except Exception as refused:
        return None, refused
