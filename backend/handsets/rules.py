"""What is right for handsets and conflicts."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from enum import StrEnum
from typing import Any

from backend.kernel.errors import Clash, Forbidden, Gone, Invalid, TooMany, Unauthenticated, Unknown
from mobile_contract.handsets import Owner
from mobile_contract.problems import PROBLEMS, say
from mobile_contract.texts.names import in_words

INVITE_LASTS = timedelta(hours=24)
HELD_LASTS = timedelta(hours=72)
FAULT = "server.fault"
DUE_WITHIN = {"decide": timedelta(hours=8), "refused": timedelta(hours=24), "broken": timedelta(hours=24)}
"""How long an open conflict of each severity waits before it moves up."""
OWNERS = (Owner.ganger, Owner.dispatcher, Owner.supervisor, Owner.admin)
"""Who owes the decision, first to last."""
POKE_EVERY_S = 1.0
"""At most one poke in this time to a handset."""
POKE_HEARTBEAT_S = 25.0
"""A line that says nothing, so that no proxy thinks the stream dead."""
POKES_MAX = 10_000
"""Streams of one process."""
PULL_NOTED_EVERY_S = 600
"""How exactly it is kept when a handset last pulled: a pull writes nothing of its own."""
CMD_CHARS_MAX = 64


class InviteInvalid(Invalid):
    code = "handsets.invite_invalid"


class DeviceUnknown(Unauthenticated):
    code = "handsets.device_unknown"


class DeviceRefused(Forbidden):
    code = "handsets.device_refused"


class PersonUnknown(Unknown):
    code = "handsets.person_unknown"


class AlreadySettled(Clash):
    code = "handsets.already_settled"


class NothingToTake(Clash):
    code = "handsets.nothing_to_take"


class NotActive(Clash):
    code = "handsets.not_active"


class NotEnded(Clash):
    """There is no order to wipe a handset that is in use."""

    code = "handsets.not_ended"


class OrderForged(Invalid):
    """A receipt for an order that was never given."""

    code = "handsets.order_forged"


class WrongUser(Forbidden):
    code = "sync.wrong_user"


class WrongDevice(Forbidden):
    code = "sync.wrong_device"


class PokesFull(TooMany):
    """The handset polls instead."""

    code = "sync.pokes_full"


class UnknownEpoch(Clash):
    code = "sync.unknown_epoch"


class ContractTooOld(Clash):
    code = "sync.contract_too_old"


class ContractTooNew(Invalid):
    code = "sync.contract_too_new"


class PackGone(Gone):
    code = "sync.pack_gone"


class HeldState(StrEnum):
    """Where a waiting mutation stands."""

    waiting = "waiting"
    applied = "applied"
    expired = "expired"


def printable(cmd: object) -> str:
    """What a broken entry named as its command, as far as a database takes it."""
    return "".join(c for c in cmd if c.isprintable())[:CMD_CHARS_MAX] if isinstance(cmd, str) else ""


def innermost(area_scopes: Sequence[str]) -> str:
    """The deepest of `area:/…/` scopes, as a path."""
    return max((scope.removeprefix("area:") for scope in area_scopes), key=len)


def told(code: str, params: Mapping[str, Any]) -> dict[str, str]:
    """The texts of a reason in zh and en; a code that is no longer known is told as a fault."""
    known = code if code in PROBLEMS else FAULT
    return {language: say(known, in_words(params, language, code), language) for language in ("zh", "en")}


OWN_KNOWLEDGE = frozenset({"cmd", "field", "code"})
"""What a reason may name to whom the row is no longer shown: their act, its field, the number of the paper."""


def withheld(fields: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The fields as a crew may see them whose sight of the row has ended."""
    return [{**field, "server": None, "base": None, "withheld": True} for field in fields]


def reason_withheld(why: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The reason as a crew may see it whose sight of the row has ended: what they knew themselves, and no more."""
    if why is None:
        return None
    return {**why, "params": {name: said for name, said in why.get("params", {}).items() if name in OWN_KNOWLEDGE}}


def owner_above(owner: str) -> str | None:
    """Who owes the decision next; None when there is nobody above."""
    following = OWNERS.index(Owner(owner)) + 1
    return OWNERS[following].value if following < len(OWNERS) else None


def team_of(scopes: Iterable[str]) -> str | None:
    """The team whose row it is, where one holds it."""
    return min((scope.removeprefix("team:") for scope in scopes if scope.startswith("team:")), default=None)
