"""Journals over every store: in memory, on SQLite, on PostgreSQL."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from sqlalchemy import Engine

from backend.kernel.db import make_engine
from sync.journal import Journal
from sync.stores import tables
from sync.stores.memory import MemoryJournal
from sync.stores.sql import SqlJournal
from tests.conftest import STORES
from tests.postgres import Postgres

GENERATION = "generation-of-the-tests"


@contextmanager
def sql_journal(engine: Engine) -> Iterator[SqlJournal]:
    """A journal in a transaction that is rolled back in the end, so that the next one is empty again."""
    with engine.connect() as connection, closing(connection.begin()):
        yield SqlJournal(connection)


@contextmanager
def founded(url: str) -> Iterator[Engine]:
    """A store that holds a journal's tables and nothing else."""
    engine = make_engine(url, writing=True)
    with engine.begin() as connection:
        tables.metadata.create_all(connection)
        tables.found(connection, GENERATION)
    try:
        yield engine
    finally:
        engine.dispose()


@pytest.fixture(scope="session")
def sqlite_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A journal's tables on SQLite."""
    with founded(f"sqlite:///{tmp_path_factory.mktemp('journals') / 'journal.sqlite'}") as engine:
        yield engine


@pytest.fixture(scope="session")
def postgres_engine(postgres: Postgres) -> Iterator[Engine]:
    """A journal's tables on PostgreSQL."""
    with postgres.fresh() as url, founded(url) as engine:
        yield engine


@pytest.fixture(params=STORES)
def sql_engine(request: pytest.FixtureRequest) -> Engine:
    """A journal's tables, once on SQLite and once on PostgreSQL."""
    engine: Engine = request.getfixturevalue(f"{request.param}_engine")
    return engine


@pytest.fixture(params=["memory", *STORES])
def journal(request: pytest.FixtureRequest) -> Iterator[Journal]:
    """An empty journal, once in each store."""
    if request.param == "memory":
        yield MemoryJournal(GENERATION)
        return
    with sql_journal(request.getfixturevalue(f"{request.param}_engine")) as found:
        yield found
