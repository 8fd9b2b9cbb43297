"""The migrations make what the code expects, on both stores, there and back."""

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect
from sqlmodel import SQLModel

from backend.app import NEWEST_REVISION, alembic_config, migrate, revision_of
from backend.kernel.db import make_engine
from sync.stores import tables


def test_the_migrations_make_exactly_the_tables_of_the_code(empty_store_url: str) -> None:
    migrate(empty_store_url)
    engine = make_engine(empty_store_url, writing=True)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, [SQLModel.metadata, tables.metadata]) == []  # type: ignore[arg-type]  # a list is taken
    engine.dispose()


def test_a_migration_leads_back(empty_store_url: str) -> None:
    migrate(empty_store_url)
    command.downgrade(alembic_config(empty_store_url), "base")
    engine = make_engine(empty_store_url, writing=True)
    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}
    engine.dispose()
    migrate(empty_store_url)


def test_there_is_one_head_and_the_app_knows_it() -> None:
    assert ScriptDirectory.from_config(alembic_config("sqlite://")).get_heads() == [NEWEST_REVISION]


def test_a_database_tells_its_revision(empty_store_url: str) -> None:
    assert revision_of(empty_store_url) is None
    migrate(empty_store_url)
    migrate(empty_store_url)
    assert revision_of(empty_store_url) == NEWEST_REVISION
