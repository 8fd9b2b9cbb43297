"""What is right for alarms: who may end them, whom the next circle is, and who holds them. Pure."""

from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta

from backend.kernel.errors import Clash, Forbidden, Unknown
from backend.kernel.scopes import area_scopes, user_scope
from backend.kernel.settings import AlarmStep
from mobile_contract.alarms import AlarmState

ROUNDS_MAX = 48
"""How often an alarm is told at most; by then it is a matter of lists."""
RANKS = {AlarmState.raised: 0, AlarmState.acknowledged: 1, AlarmState.withdrawn: 2, AlarmState.settled: 2}
"""Order in lists: what nobody has seen, what is being dealt with, what is over."""
OVER = frozenset({AlarmState.withdrawn, AlarmState.settled})


class AlarmUnknown(Unknown):
    code = "alarms.unknown"


class AlarmExists(Clash):
    code = "alarms.exists"


class AlarmNotYours(Forbidden):
    code = "alarms.not_yours"


class OwnAlarm(Clash):
    code = "alarms.own"


class AlarmOver(Clash):
    code = "alarms.over"


def after_step(steps: Sequence[AlarmStep], repeat_s: int, told: int) -> timedelta | None:
    """How long after it was told for the `told`-th time (0 first) an alarm is told again; None: no more."""
    if told + 1 >= ROUNDS_MAX:
        return None
    if told + 1 < len(steps):
        return timedelta(seconds=steps[told + 1].after_s - steps[told].after_s)
    return timedelta(seconds=repeat_s)


def circle(steps: Sequence[AlarmStep], told: int) -> AlarmStep:
    """Whom an alarm is told to for the `told`-th time; the last circle again and again."""
    return steps[min(told, len(steps) - 1)]


def scopes(area_path: str, team_ids: Collection[str], person_id: str | None) -> list[str]:
    """Who holds an alarm on a handset: its sender, the crew around, and every desk over the place."""
    own = [user_scope(person_id)] if person_id else []
    return [*area_scopes(area_path), *(f"team:{team}" for team in sorted(team_ids)), *own]


def own_area(areas: Iterable[str], district: str) -> str:
    """The innermost area somebody works in."""
    return max(sorted(areas), key=len, default=f"/{district}/")
