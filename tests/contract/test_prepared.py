"""A prepared read tells what the ORM tells, on SQLite and on PostgreSQL."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

from sqlalchemy import JSON, Column, Date, Engine, MetaData, bindparam
from sqlmodel import Field, Session, SQLModel, col, select

from backend.kernel.prepared import Prepared
from backend.kernel.tables import ID, Instant


class Base(SQLModel):
    metadata = MetaData()


class Kept(Base, table=True):
    id: str = Field(primary_key=True, sa_type=ID)
    at: datetime | None = Field(sa_type=Instant)
    on: date = Field(sa_type=Date)
    metres: float
    said: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))


NOON = datetime(2026, 11, 21, 12, tzinfo=timezone(timedelta(hours=8)))
COLUMNS = (Kept.id, col(Kept.at), col(Kept.on), Kept.metres, col(Kept.said))
BETWEEN = (
    select(*COLUMNS)
    .where(
        col(Kept.id).in_(bindparam("ids", expanding=True)),
        col(Kept.on) >= bindparam("since"),
        col(Kept.at) <= bindparam("until"),
        col(Kept.metres) > 0.25,
    )
    .order_by(col(Kept.id))
    .limit(2)
)


def test_it_tells_what_the_orm_tells(sql_engine: Engine) -> None:
    Kept.__table__.create(sql_engine)
    try:
        with Session(sql_engine) as session:
            for number, metres in enumerate((0.1, 0.5, 1.5, 2.5, 3.5)):
                at = NOON + timedelta(microseconds=number)
                session.add(Kept(id=f"k{number}", at=at, on=at.date(), metres=metres, said={"街": [number]}))
            asked = {
                "ids": ["k0", "k1", "k3", "k4", "none"],
                "since": date(2026, 11, 21),
                "until": NOON.astimezone(UTC),
            }
            prepared: Prepared[tuple[Any, ...]] = Prepared(BETWEEN)
            assert prepared.rows(session, **asked) == []
            asked["until"] = NOON + timedelta(seconds=1)
            told = prepared.rows(session, **asked)
            assert [row[0] for row in told] == ["k1", "k3"]
            assert told == [tuple(row) for row in session.exec(BETWEEN, params=asked)]
            assert told[0][1] == NOON + timedelta(microseconds=1)
            assert prepared.first(session, **asked | {"ids": []}) is None
    finally:
        Kept.__table__.drop(sql_engine)
