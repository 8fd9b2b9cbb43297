"""The test database itself: it is real, each test has its own, and no test reaches another machine."""

import socket

import pytest
import sqlalchemy

from tests.postgres import Postgres


@pytest.mark.parametrize("turn", ["first", "second"])
def test_each_test_gets_a_store_of_its_own(empty_store_url: str, turn: str) -> None:
    engine = sqlalchemy.create_engine(empty_store_url)
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text("CREATE TABLE note (body TEXT)"))
    engine.dispose()


def test_a_copy_of_a_template_holds_its_tables(postgres: Postgres) -> None:
    with postgres.fresh() as url:
        engine = sqlalchemy.create_engine(url)
        with engine.begin() as connection:
            connection.execute(sqlalchemy.text("CREATE TABLE note (body TEXT)"))
        engine.dispose()
        database = engine.url.database
        assert database is not None
        with postgres.fresh(template=database) as copy_url:
            copy = sqlalchemy.create_engine(copy_url)
            assert sqlalchemy.inspect(copy).has_table("note")
            copy.dispose()


def test_tests_cannot_reach_another_machine() -> None:
    with socket.socket() as outside, pytest.raises(OSError, match="stay on this machine"):
        outside.connect(("192.0.2.1", 80))
