"""What a notice says of a visit in sight."""

from backend.gas.queries.accounts import accounts_by_code
from backend.gas.queries.homes import checklist, visit
from backend.gas.rules.homes import notice_number
from backend.gas.rules.notices import Facts
from backend.gas.tables import Home
from backend.kernel.context import Ctx
from backend.people import queries as people


def notice_facts(ctx: Ctx, visit_id: str) -> Facts:
    """The facts of the notice of a visit in sight; refuses with gas.visit_unknown."""
    came = visit(ctx, visit_id)
    account = accounts_by_code(ctx, [came.account]).get(came.account)
    home = ctx.session.get(Home, account.id) if account else None
    there = [person for person in (came.person_id, *came.companions) if person]
    names = people.names(ctx, there)
    return Facts(
        visit=came,
        name=account.name if account else "",
        address=account.address if account else "",
        by=", ".join(names[person] for person in there if names.get(person)),
        listed=checklist(ctx, came.checklist) if came.checklist else None,
        often=home is not None and home.unmet_notice == notice_number(came.account, came.trusted_at, came.id),
    )
