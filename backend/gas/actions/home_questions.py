"""What contradicts itself about homes becomes cases, whichever of the facts came last."""

from collections.abc import Iterable

from backend.gas import queries as gas
from backend.gas.actions.questions import about_home, settle_cases
from backend.gas.queries import contradictions as queries
from backend.gas.rules.home_conflicts import contradictions
from backend.kernel.context import Ctx


def ask_about_homes(ctx: Ctx, codes: Iterable[str]) -> None:
    """Opens and ends the cases about the homes of some accounts."""
    wanted = {code for code in codes if code}
    visits = queries.looked_at(ctx, wanted) if wanted else {}
    if not visits:
        return
    brought = queries.brought_to(ctx, visits)
    accounts = gas.accounts_by_code(ctx, visits)
    asked = [
        (about_home(account), contradictions(code, visits[code], brought.get(code, ())))
        for code, account in sorted(accounts.items())
    ]
    settle_cases(ctx, asked)
