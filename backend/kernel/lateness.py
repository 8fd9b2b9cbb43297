"""Words of the tables that say what a late act from a phone comes to. Pure."""

from enum import StrEnum


class When(StrEnum):
    """How the trusted time of the act lies to the moment from which the row stands as it does."""

    any = "any"
    before = "before"
    after = "after"


class Told(StrEnum):
    """Who must look at it."""

    nobody = "nobody"
    info = "info"
    """The crew and the desk read it; nobody needs to decide."""
    decide = "decide"
