"""Synced rows change one by one through the ORM. Prevents changes that no handset is ever told of.

The journal fills itself at flush; bulk statements, cascades and defaults of the database pass it by.
"""

import ast
from collections.abc import Iterable, Iterator

import pytest
from sqlmodel import SQLModel

import backend.modules  # noqa: F401 - all tables
from tests.walls.sources import Source, at, calls, dotted, ours, plant

BULK = {"insert", "update", "delete"}
BEHIND_THE_BACK = {"server_default", "server_onupdate", "onupdate", "ondelete", "cascade", "cascade_delete"}
WRITERS = ("backend/kernel/journaling.py",)
"""The one place that writes rows and journal together past the ORM."""


def synced_tables(sources: Iterable[Source]) -> set[str]:
    """The names of the table classes that a `Kind(table=...)` declares."""
    return {
        dotted(keyword.value).split(".")[-1]
        for source in sources
        for call in calls(source)
        if dotted(call.func).split(".")[-1] == "Kind"
        for keyword in call.keywords
        if keyword.arg == "table" and isinstance(keyword.value, ast.Name | ast.Attribute)
    }


def unseen_changes(source: Source, synced: set[str]) -> list[str]:
    """Every change of a synced table that the journal would not see."""
    if source.path in WRITERS or source.path.startswith("backend/migrations/"):
        return []
    bulk = [at(source, call, what) for call in calls(source) for what in _bulk(call, synced)]
    return bulk + [
        at(source, keyword.value, f"{keyword.arg} on {node.name}")
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ClassDef) and node.name in synced
        for call in (part for part in ast.walk(node) if isinstance(part, ast.Call))
        for keyword in call.keywords
        if keyword.arg in BEHIND_THE_BACK
    ]


def _bulk(call: ast.Call, synced: set[str]) -> Iterator[str]:
    deed = call.func.attr if isinstance(call.func, ast.Attribute) else dotted(call.func)
    first = call.args[0] if call.args else None
    if deed in BULK:
        names = {dotted(first).split(".")[-1]} if first is not None else set()
        names |= {dotted(n).split(".")[-1] for n in ast.walk(call.func) if isinstance(n, ast.Name | ast.Attribute)}
        yield from (f"{deed} on {name}" for name in sorted(names & synced))
    if deed == "text" and isinstance(first, ast.Constant) and isinstance(first.value, str):
        words = first.value.lower().split()
        yield from (f"raw {word}" for word in words[:1] if word in BULK)


def test_no_change_of_a_synced_row_passes_the_journal_by() -> None:
    synced = synced_tables(ours("backend"))
    assert [fault for source in ours("backend") for fault in unseen_changes(source, synced)] == []


KINDS = plant("backend/gas/kinds.py", "CYLINDER = Kind(name='gas.cylinder', table=tables.Cylinder, fields={})")


@pytest.mark.parametrize(
    "fault",
    [
        "ctx.session.exec(update(Cylinder).values(state='full'))",
        "ctx.session.exec(sqlalchemy.delete(tables.Cylinder))",
        "ctx.session.query(Cylinder).where(Cylinder.id == id).update({'state': 'full'})",
        "ctx.session.execute(insert(Cylinder), rows)",
        "ctx.session.execute(Cylinder.__table__.update())",
        "ctx.session.execute(text('UPDATE cylinder SET state = 1'))",
        "class Cylinder(SQLModel, table=True):\n    state: str = Field(sa_column_kwargs=dict(server_default='full'))",
        "class Cylinder(SQLModel, table=True):\n    owner: str = Field(foreign_key='p.id', ondelete='CASCADE')",
    ],
)
def test_a_change_behind_the_journals_back_is_caught(fault: str) -> None:
    synced = synced_tables([KINDS])
    assert synced == {"Cylinder"}
    assert unseen_changes(plant("backend/gas/actions.py", fault), synced)


def test_tables_that_no_handset_holds_may_change_in_bulk() -> None:
    harmless = plant(
        "backend/people/actions.py", "ctx.session.exec(delete(RefreshToken).where(old))\nnames.update(more)"
    )
    assert unseen_changes(harmless, {"Cylinder"}) == []


def test_no_row_made_copies_the_table_of_modules() -> None:
    """For `default_factory=list` pydantic asks Python for the signature of `list` anew with each row: 80 us, 100 KB."""
    tables = [table for table in SQLModel.__subclasses__() if hasattr(table, "__table__")]
    fields = [(f"{table.__name__}.{name}", f) for table in tables for name, f in table.model_fields.items()]
    begun = [name for name, field in fields if field.default_factory is list]
    assert len(tables) > 90
    assert begun == []
