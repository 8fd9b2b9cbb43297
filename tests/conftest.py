"""What every test may ask for: a store on SQLite and on PostgreSQL, and a network that ends at this machine.

`make test` must end in 8 minutes on 2 cores, so a new test
- copies a founded store (its folder's conftest has one) and founds none of its own;
- types a command by `tests.shell`; starts a process only where the process itself is what is tested;
- runs on PostgreSQL only where the store matters (ON_BOTH, ON_POSTGRES), takes of a long table what is `in_turn`;
- reads the published `openapi.json` in place of describing the app anew (3 s);
- is marked `full` when it takes more than 5 s of a processor, `long` when a shorter form of it must stay.
"""

import ipaddress
import os
import shutil
import socket
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TypeVar

import pytest
from alembic import command
from alembic.config import Config
from hypothesis import settings

from backend.kernel import heap
from tests.postgres import Postgres, migrated_template, shared_postgres, stop_shared_postgres

T = TypeVar("T")
STORES = ["sqlite", "postgres"]
ROOT = Path(__file__).parent.parent

# A busy machine is no fault: no property is timed. Its examples are more when everything is run.
settings.register_profile("short", deadline=None, max_examples=50)
settings.register_profile("full", deadline=None, max_examples=100)
MEMORY = Path("/dev/shm")
MEMORY_FREE_MIN = 6 << 30
"""bytes; a whole run needs a third of them at most"""


def _files_in_memory() -> None:
    """What tests write lives in memory where there is room: a new PostgreSQL database then costs 0.05 s, not 0.7.

    No test cuts the power, so none needs a disk; TMPDIR, when somebody set it, is obeyed.
    """
    if "TMPDIR" in os.environ or not os.access(MEMORY, os.W_OK | os.X_OK):
        return
    if shutil.disk_usage(MEMORY).free >= MEMORY_FREE_MIN:
        os.environ["TMPDIR"] = str(MEMORY)
        tempfile.tempdir = None


_files_in_memory()


def pytest_configure(config: pytest.Config) -> None:
    """Before a test module is read: its settings go by the profile."""
    heap.load_at_ease()
    settings.load_profile("full" if is_full(config) else "short")


def is_full(config: pytest.Config) -> bool:
    """Whether this is `make test-full`."""
    return "not full" not in config.option.markexpr


def pytest_collection_finish() -> None:
    """All test modules are read, and stay: the collector need not walk them after every few tests."""
    heap.keep_what_stands()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Function]) -> None:
    """On PostgreSQL `make test` runs the first line of a long table of cases, `make test-full` all of them.

    A module's ON_POSTGRES names the tests that run there whole, and alone. What takes long is begun first.
    """
    on_postgres = [item for item in items if "callspec" in vars(item) and "postgres" in item.callspec.id.split("-")]
    lines = Counter(map(_test_of, on_postgres))
    begun: set[tuple[str, str]] = set()
    for item in on_postgres:
        test, whole = _test_of(item), getattr(item.module, "ON_POSTGRES", None)
        spared = test in begun and lines[test] > 2 if whole is None else item.originalname not in whole
        if spared:
            item.add_marker(pytest.mark.full)
        begun.add(test)
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


def _test_of(item: pytest.Function) -> tuple[str, str]:
    return item.module.__name__, item.originalname


class InTurn:
    """`in_turn(values, 3)`: the next three of a long table, so that every value is met somewhere; in `make test-full`
    all of them, everywhere."""

    def __init__(self, full: bool) -> None:
        self._full, self._next = full, 0

    def __call__(self, values: Iterable[T], few: int) -> list[T]:
        table = list(values)
        if self._full or few >= len(table):
            return table
        start, self._next = self._next, self._next + few
        return [table[(start + i) % len(table)] for i in range(few)]


@pytest.fixture
def in_turn(pytestconfig: pytest.Config) -> InTurn:
    """What a sweep over all doors takes of a long table of bad values."""
    return InTurn(is_full(pytestconfig))


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """A folder that all workers of this test run share."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if hasattr(request.config, "workerinput") else own


@pytest.fixture(scope="session")
def postgres(run_folder: Path) -> Postgres:
    """The PostgreSQL of this test run."""
    return shared_postgres(run_folder)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stops PostgreSQL when the last worker has gone; workers leave it to the process that started them."""
    factory = getattr(config, "_tmp_path_factory", None)
    if factory is not None and factory._basetemp is not None and not hasattr(config, "workerinput"):
        stop_shared_postgres(factory._basetemp)


@pytest.fixture(params=STORES)
def empty_store_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a store without tables, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'store.sqlite'}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    with server.fresh() as url:
        yield url


@pytest.fixture(params=STORES)
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a migrated store without rows, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        copy = tmp_path / "store.sqlite"
        shutil.copyfile(request.getfixturevalue("migrated_sqlite"), copy)
        yield f"sqlite:///{copy}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    with server.fresh(request.getfixturevalue("migrated_postgres")) as url:
        yield url


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all our tables and no rows, made once per worker."""
    path = tmp_path_factory.mktemp("template") / "store.sqlite"
    migrate(f"sqlite:///{path}")
    with closing(sqlite3.connect(path)) as connection:
        # tests copy this one file: what is still in the write-ahead log must be in it
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


@pytest.fixture(scope="session")
def migrated_postgres(postgres: Postgres, run_folder: Path) -> str:
    """The name of the PostgreSQL template that holds all our tables and no rows."""
    return migrated_template(postgres, run_folder, migrate)


def migrate(url: str) -> None:
    """Brings an empty store to the newest tables, by the same migrations that a user runs."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "backend" / "migrations"))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    command.upgrade(config, "head")


@pytest.fixture(autouse=True)
def network_ends_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test speaks to another machine: connecting to anything but loopback fails."""
    for name in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, name, _only_loopback(getattr(socket.socket, name)))


def _only_loopback(connect: Callable[..., object]) -> Callable[..., object]:
    def guarded(self: socket.socket, address: object) -> object:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_loopback(address):
            raise OSError(f"tests stay on this machine: {address!r} was refused")
        return connect(self, address)

    return guarded


def _is_loopback(address: object) -> bool:
    host = address[0] if isinstance(address, tuple) else address
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(str(host)).is_loopback
    except ValueError:
        return False
