"""Reads that every push asks for, compiled once and run straight on the driver.

To read one row the ORM takes some 170 us, SQLite 5 of them. The statement is SQLAlchemy's own and so are the
conversions of values; what the session holds back is written first, as the ORM would.
"""

import re
from collections.abc import Callable
from typing import Any, Generic, TypeVar, cast

from sqlalchemy import Dialect
from sqlalchemy.sql.elements import BindParameter
from sqlalchemy.sql.selectable import SelectBase
from sqlmodel import Session

from sync.stores.driver import Driver

T = TypeVar("T")
FLOAT8 = 701
"""How PostgreSQL numbers a double, the one sort of number with a point that we keep; other types do not ask."""
_LIST = re.compile(r"IN \(__\[POSTCOMPILE_\w+\]\)")


class Prepared(Generic[T]):
    """A select of columns, its values named by `bindparam`, lists as `expanding` ones. Gives plain tuples of `T`."""

    def __init__(self, statement: SelectBase) -> None:
        self._statement = statement
        self._by_dialect: dict[str, _Compiled] = {}

    def rows(self, session: Session, **values: Any) -> list[T]:
        """Every row of the answer."""
        session.flush()
        connection = session.connection()
        compiled = self._by_dialect.get(connection.dialect.name)
        if compiled is None:
            compiled = self._by_dialect[connection.dialect.name] = _Compiled(self._statement, connection.dialect)
        found = Driver(connection).rows(compiled.sql, *compiled.given(values))
        return cast("list[T]", compiled.read(found))

    def first(self, session: Session, **values: Any) -> T | None:
        """The first row of the answer, if there is one."""
        found = self.rows(session, **values)
        return found[0] if found else None


class _Compiled:
    """A statement as a driver takes it, and how values go in and come out."""

    def __init__(self, statement: Any, dialect: Dialect) -> None:
        spelling: Any = type(dialect)
        written = statement.compile(dialect=spelling(paramstyle="qmark"))
        self.sql = _LIST.sub("IN ??", str(written))
        self._params = [
            (name, written.params[name], _way_in(written.binds[name], dialect)) for name in written.positiontup
        ]
        types = [column.type for column in statement.selected_columns]
        self._ways_out = [kind.dialect_impl(dialect).result_processor(dialect, FLOAT8) for kind in types]
        self._as_it_is = not any(self._ways_out)

    def given(self, values: dict[str, Any]) -> list[Any]:
        """The values in the statement's order; one that was not said is the statement's own."""
        return [way_in(values.get(name, own)) for name, own, way_in in self._params]

    def read(self, found: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        """Rows with their values as the columns' types give them."""
        if self._as_it_is:
            return found
        return [tuple([way(v) if way else v for way, v in zip(self._ways_out, row, strict=True)]) for row in found]


def _way_in(bound: BindParameter[Any], dialect: Dialect) -> Callable[[Any], Any]:
    convert = bound.type.dialect_impl(dialect).bind_processor(dialect)
    if bound.expanding:
        return lambda values: [convert(value) if convert else value for value in values]
    return convert or (lambda value: value)
