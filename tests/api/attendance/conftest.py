"""The district of the people's tests, for the trades."""

from tests.api.people.conftest import town

__all__ = ["town"]
