"""Alembic's environment: our tables and the journal's, on SQLite and PostgreSQL alike."""

import importlib
import pkgutil

from alembic import context
from sqlmodel import SQLModel

import backend
from backend.kernel.db import make_engine
from sync.stores import tables


def load_tables() -> None:
    """Imports every `tables` module, so that the metadata is whole."""
    for found in pkgutil.walk_packages(backend.__path__, "backend."):
        if found.name.endswith(".tables") or found.name in ("backend.kernel.audit", "backend.kernel.jobs"):
            importlib.import_module(found.name)


def run() -> None:
    """Runs the migrations on the database of the config."""
    load_tables()
    url = context.config.attributes.get("url") or context.config.get_main_option("sqlalchemy.url")
    assert url, "migrations need the address of a database"
    engine = make_engine(url, writing=True)
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=[SQLModel.metadata, tables.metadata],
            render_as_batch=True,
            compare_type=True,
            user_module_prefix="tables.",
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


run()
