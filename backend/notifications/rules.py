"""What is right for notices and pushes."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from backend.kernel.errors import Clash, Forbidden
from mobile_contract.problems import Texts
from mobile_contract.texts.names import in_words
from mobile_contract.texts.notifications import NOTICES

NOTICES_KEPT = timedelta(days=90)
"""Then a notice leaves inbox and phones, read or not."""
PRUNED_AT_ONCE = 500
POKE_EVERY = timedelta(seconds=60)
"""At most one poke in this time to a handset."""
POKES_AT_ONCE = 1_000
POKE_TTL_S = 4 * 3_600
"""So long the vendor tries to deliver a poke; the next one replaces it."""
NOTICE_TTL_S = 24 * 3_600
REST_S = 60.0
"""How long a vendor is left alone that asks for rest and does not say how long."""
RECIPIENTS_MAX = 500
"""Persons told of one cause at once."""


def seconds(count: float) -> timedelta:
    """So many seconds."""
    return timedelta(seconds=count)


class GatewayOff(Clash):
    """The phone polls instead."""

    code = "notifications.gateway_off"


class NoHandset(Forbidden):
    """A desk has nothing to be pushed."""

    code = "notifications.no_handset"


class _Lenient(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "…"


def title_of(code: str) -> Texts:
    """A few words that name nobody."""
    zh, en = NOTICES[code][0]
    return Texts(zh=zh, en=en)


def texts_of(code: str, params: Mapping[str, Any]) -> Texts:
    """The whole of a notice in both languages."""
    zh, en = NOTICES[code][1]
    told = [_Lenient(in_words(params, language, code)) for language in ("zh", "en")]
    return Texts(zh=zh.format_map(told[0]), en=en.format_map(told[1]))
