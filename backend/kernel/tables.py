"""What every table shares."""

from collections.abc import Callable
from datetime import UTC, datetime
from inspect import Signature
from typing import Any

from sqlalchemy import DateTime, String
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator
from sqlmodel import SQLModel

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

_TEXT_CHARS = len("2026-01-31 08:00:00.000000")
ID = String(36)
"""Column type of ids: UUIDv7 as text."""
NO_ROWID: dict[str, Any] = {"sqlite_with_rowid": False}
"""Of a table whose key is nearly all of its row: one tree instead of two, on SQLite."""


def no_items() -> list[Any]:
    """What a column of JSON that holds a list begins as: `Field(default_factory=no_items)`, never `=list`.

    For each row made, pydantic asks the factory for its signature; to answer for `list`, Python copies its table of
    modules and compiles a class: 80 us, and 100 KB that stay until the collector comes.
    """
    return []


no_items.__signature__ = Signature()  # type: ignore[attr-defined]  # asked for each row made: not worked out each time


class Instant(TypeDecorator[datetime]):
    """An aware UTC instant; SQLite keeps no zone, so it is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuses naive instants: they are a bug of ours."""
        if value is None:
            return None
        assert value.tzinfo is not None, "a naive datetime reached the database"
        return value.astimezone(UTC)

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any] | None:
        """On SQLite one step from the instant to the text: facts come by the dozen."""
        return _written_text if dialect.name == "sqlite" else super().bind_processor(dialect)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None] | None:
        """On SQLite one step from the text to the instant: lists read thousands."""
        return _read_text if dialect.name == "sqlite" else super().result_processor(dialect, coltype)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _written_text(value: datetime | None) -> str | None:
    if value is None:
        return None
    assert value.tzinfo is not None, "a naive datetime reached the database"
    return value.astimezone(UTC).isoformat(" ", "microseconds")[:_TEXT_CHARS]


def _read_text(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text + "+00:00")
