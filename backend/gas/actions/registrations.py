"""Use-registration codes: no two cylinders have one."""

from collections.abc import Mapping

from backend.gas import queries, rules
from backend.kernel.context import Ctx


def need_own_registration(ctx: Ctx, codes: Mapping[str, str]) -> None:
    """Refuses a code that another cylinder has; `codes` by the cylinders' keys.

    Refuses with gas.registration_code_taken, also while the other is about to lose it.
    """
    given = [code for code in codes.values() if code]
    if not given:
        return
    if (twice := rules.known_once(given)) is not None:
        raise rules.RegistrationCodeTaken(code=twice)
    holders = queries.keys_by_registration(ctx, given)
    for key, code in codes.items():
        if holders.get(code, key) != key:
            raise rules.RegistrationCodeTaken(code=code)
