"""Customers are taken on."""

from collections.abc import Sequence

from backend.gas import queries, rules
from backend.gas.actions.homes import refold
from backend.gas.actions.places import need_places
from backend.gas.tables import Account
from backend.kernel.context import Ctx
from mobile_contract import gas as wire


def add_accounts(ctx: Ctx, asks: Sequence[wire.NewAccount]) -> list[Account]:
    """Takes customers on, all or none. Refuses with gas.account_taken, .area_unknown, .team_unknown."""
    need_places(ctx, [(ask.area_path, ask.team_id) for ask in asks])
    codes = [ask.code for ask in asks]
    taken = rules.known_once(codes) or min(queries.account_codes(ctx, codes), default=None)
    if taken is not None:
        raise rules.AccountTaken(code=taken)
    rows = [_row(ask) for ask in asks]
    ctx.session.add_all(rows)
    ctx.session.flush()
    refold(ctx, rows)
    return rows


def _row(ask: wire.NewAccount) -> Account:
    return Account(
        **ask.model_dump(exclude={"nature", "identity"}), nature=ask.nature.value, identity=ask.identity.value
    )
