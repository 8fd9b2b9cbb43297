"""The published merge policies, as every phone carries them."""

from functools import cache
from importlib import resources
from typing import Any

import orjson

from sync.handset.replica import Policies

PUBLISHED = "published/policies.json"


@cache
def published_policies() -> Policies:
    """What each kind's fields and commands do, from the contract that this package carries."""
    said: dict[str, Any] = orjson.loads((resources.files("mobile_contract") / PUBLISHED).read_bytes())
    return Policies(said.get("kinds", said))
