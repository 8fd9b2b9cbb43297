"""What changes cause is written once, with them, or not at all."""

from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlmodel import Session

from backend.kernel.gathering import gathered


class Things(DeclarativeBase):
    """Tables of this test alone, beside those of the house."""


class Thing(Things):
    __tablename__ = "thing"
    id: Mapped[int] = mapped_column(primary_key=True)


written: list[dict[int, str]] = []


def write(_session: Session, what: dict[int, str]) -> None:
    written.append(what)


@pytest.fixture
def session() -> Iterator[Session]:
    engine = create_engine("sqlite://")
    Things.metadata.create_all(engine)
    written.clear()
    with Session(engine) as session:
        yield session
    engine.dispose()


def test_many_are_written_together_with_what_caused_them(session: Session) -> None:
    for n in (1, 2):
        session.add(Thing(id=n))
        gathered(session, write).setdefault(n, "first")
        gathered(session, write).setdefault(n, "again")
    assert written == []
    session.execute(select(Thing)).all()
    assert written == [{1: "first", 2: "first"}]
    session.commit()
    assert len(written) == 1


def test_what_follows_the_last_change_is_written_before_the_commit(session: Session) -> None:
    session.add(Thing(id=1))
    session.flush()
    gathered(session, write)[1] = "late"
    with session.begin_nested():
        gathered(session, write)[2] = "within"
    session.commit()
    assert {n: said for what in written for n, said in what.items()} == {1: "late", 2: "within"}


def test_what_is_rolled_back_is_forgotten(session: Session) -> None:
    savepoint = session.begin_nested()
    gathered(session, write)[1] = "never"
    session.add(Thing(id=1))
    savepoint.rollback()
    gathered(session, write)[2] = "kept"
    session.commit()
    assert written == [{2: "kept"}]
