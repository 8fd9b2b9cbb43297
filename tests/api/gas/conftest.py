"""The district of the people's tests, for the trades."""

from tests.api.people.conftest import founded_postgres, founded_sqlite, store_url, token, town, writing

__all__ = ["founded_postgres", "founded_sqlite", "store_url", "token", "town", "writing"]
