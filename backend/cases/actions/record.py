"""How every act on a case is taken: by its line of the table, its guards, its clock and a line of history."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from backend.attachments import actions as attachments
from backend.cases import queries
from backend.cases.actions import timing
from backend.cases.events import CaseStepped
from backend.cases.rules import numbers
from backend.cases.rules.guards import Facts, check
from backend.cases.rules.practice import EMERGENCIES
from backend.cases.rules.table import ENDED, Move, move
from backend.cases.tables import Case, CaseAhead, CaseGram, CaseSeries, CaseStep, CaseUnit, CaseWords
from backend.kernel import words
from backend.kernel.clock import DISTRICT_ZONE, from_ms, to_ms
from backend.kernel.context import Ctx
from backend.kernel.events import announce
from backend.kernel.geo import distance_m
from backend.kernel.worktime import Limit, due
from backend.notifications.actions import Word, notify
from mobile_contract import cases as wire
from mobile_contract.caselooks import CaseAudit
from mobile_contract.cases import Act, CaseEffect, Request, Source, State, Timer
from mobile_contract.limits import LimitUnit
from mobile_contract.texts.names import NAMES

KIND = "cases"
APPEALS = frozenset({Act.ask_appeal, Act.grant_appeal, Act.deny_appeal})


@dataclass(frozen=True, slots=True)
class Said:
    """What came with an act."""

    note: str = ""
    photos: Sequence[str] = ()
    position: wire.Place | None = None
    moved: str = ""
    more: dict[str, Any] = field(default_factory=dict)
    """Facts that only this act's guards need."""


def take(ctx: Ctx, case: Case, act: Act, said: Said, *, effect: CaseEffect = CaseEffect.applied) -> Move:
    """Takes an act: the state moves, the clocks turn, history grows. Refuses by the table and its guards."""
    before = State(case.state)
    line = move(act, before)
    check(line, facts(ctx, case, act, said))
    after = line.after or before
    write(ctx, case, act, effect, said, before, after)
    case.state = after.value
    if line.after is not None:
        timing.turn(ctx, case, before, after, act)
        if after in ENDED:
            case.ended_at, case.pending = ctx.done_at(), []
            timing.wake(case)
    ctx.session.add(case)
    put_ahead(ctx, case)
    if after in ENDED and line.after not in (None, State.merged):
        tell_supporters(ctx, case)
    announce(ctx, CaseStepped(case.id, act.value, case.state, ctx.principal.person_id))
    return line


def put_ahead(ctx: Ctx, case: Case) -> None:
    """Keeps an open emergency among the few that lists of work begin with."""
    row = queries.ahead_row(ctx, case.id)
    urgent = case.alarm_id is not None or (case.kind, case.big) in EMERGENCIES
    wanted = urgent and State(case.state) not in ENDED
    if wanted and row is None:
        ctx.session.add(CaseAhead(case_id=case.id))
    elif row is not None and not wanted:
        ctx.session.delete(row)


def tell_supporters(ctx: Ctx, case: Case) -> None:
    """Whoever reported what was merged into this case reads how it ended."""
    zh, en = NAMES.get(case.state, (case.state, case.state))
    cause = f"case:{case.id}:ended:{to_ms(ctx.done_at())}"
    word = Word("cases.supported_ended", cause, {"code": case.code, "title": case.title, "zh": zh, "en": en})
    notify(ctx, case.supporters, replace(word, about=(KIND, case.id)))


def support(ctx: Ctx, case: Case, master: Case) -> None:
    """Whoever reported or supported a case that is merged supports the other now, and is told."""
    carried = [case.reporter_id, *case.supporters]
    fresh = [one for one in dict.fromkeys(carried) if one and one not in (master.reporter_id, *master.supporters)]
    master.supporters = [*master.supporters, *fresh][: wire.SUPPORTERS_MAX]
    ctx.session.add(master)
    params = {"code": case.code, "title": case.title, "master": master.code}
    word = Word("cases.merged", f"case:{case.id}:merged:{master.id}", params, about=(KIND, master.id))
    notify(ctx, [one for one in dict.fromkeys(carried) if one], word)


def facts(ctx: Ctx, case: Case, act: Act, said: Said) -> Facts:
    """What is known when an act on a case is judged."""
    clock = queries.clock(ctx, case.id, Timer.handle)
    known: dict[str, Any] = {
        "act": act,
        "doer": ctx.principal.person_id,
        "at": ctx.done_at(),
        "error_ms": ctx.claim.error_ms if ctx.claim else 0,
        "daytime": timing.daytime_of(case),
        "practice": queries.practice(ctx),
        "source": Source(case.source),
        "photos": len(said.photos),
        "photos_known": len(set(said.photos) & set(case.photos)),
        "distance_m": _off_m(ctx, case, said.position),
        "moved": said.moved,
        "sent": case.verifier_id if act.value.startswith("verify") else case.checker_id,
        "of_the_unit": bool(ctx.principal.team_ids & held_by(ctx, case)),
        "handlers": queries.handlers(ctx, case.id),
        "pending": frozenset(Request(name) for name in case.pending),
        "suspended": case.suspended,
        "audit": CaseAudit(case.audit),
        "returns": case.returns,
        "extensions": case.extensions,
        "reopens": case.reopens,
        "handle_started_at": clock.started_at if clock else None,
        "handle_due_at": clock.due_at if clock else None,
        "ended_at": case.ended_at,
    }
    appealed = _of_appeals(ctx, case) if act in APPEALS else {}
    return Facts(**(known | appealed | said.more))


def _of_appeals(ctx: Ctx, case: Case) -> dict[str, Any]:
    if case.ended_at is None:
        return {}
    days = Limit(queries.practice(ctx).appeal_days, LimitUnit.work_day)
    until = due(case.ended_at, days, queries.worktime(ctx)).at
    return {"appeal_until": until, "denied_by": queries.appeals_denied(ctx, case.id, case.ended_at)}


def held_by(ctx: Ctx, case: Case) -> frozenset[str]:
    """The units that have a case now."""
    return frozenset(team for team, unit in queries.units(ctx, case.id).items() if not unit.withdrawn)


def _off_m(ctx: Ctx, case: Case, position: wire.Place | None) -> float | None:
    if position is None:
        return None
    off_m = distance_m((case.longitude, case.latitude), (position.longitude, position.latitude))
    return max(0.0, off_m - min(position.accuracy_m or 0.0, queries.practice(ctx).spot_m))


def write(
    ctx: Ctx, case: Case, act: Act, effect: CaseEffect, said: Said, before: State | None, after: State
) -> CaseStep:
    """Adds a line to the history, and the photos to the case."""
    claim = ctx.claim
    line = CaseStep(
        case_id=case.id,
        act=act.value,
        effect=effect.value,
        from_state=before.value if before else None,
        to_state=after.value,
        person_id=ctx.principal.person_id or None,
        team_id=case.team_id,
        device_id=claim.device if claim else ctx.principal.device_id,
        done_at=ctx.done_at(),
        error_ms=claim.error_ms if claim else 0,
        quality=claim.quality if claim else "server",
        received_at=from_ms(claim.received_ms) if claim else ctx.now(),
        note=said.note or said.moved,
        photos=list(said.photos),
        longitude=said.position.longitude if said.position else None,
        latitude=said.position.latitude if said.position else None,
    )
    ctx.session.add(line)
    if said.photos:
        case.photos = numbers.with_photos(case.photos, said.photos)
        ctx.session.add(case)
    return line


def keep(ctx: Ctx, case: Case, act: Act, said: Said) -> None:
    """The case stands as it was; the work is on record, and counts as that of whoever did it."""
    write(ctx, case, act, CaseEffect.kept, said, State(case.state), State(case.state))
    show_photos(ctx, case)
    announce(ctx, CaseStepped(case.id, act.value, case.state, ctx.principal.person_id))


def show_photos(ctx: Ctx, case: Case) -> None:
    """Whoever holds the case may see its photos."""
    ctx.session.flush()
    if case.photos:
        attachments.cite(ctx, case.photos, KIND, case.id, scopes_of(case))


def scopes_of(case: Case) -> list[str]:
    """Who holds a case on a handset."""
    teams = [team for team in (case.team_id, *case.helpers) if team]
    people = [case.reporter_id, case.verifier_id, case.handler_id, case.checker_id, case.handled_by, *case.supporters]
    return numbers.scopes(case.area_path, teams, people)


def give_to(ctx: Ctx, case: Case, team_id: str | None, helpers: Sequence[str]) -> None:
    """The case is these units' from now on, and no other's."""
    known, wanted = queries.units(ctx, case.id), [team for team in (team_id, *helpers) if team]
    for team in wanted:
        unit = known.get(team) or CaseUnit(case_id=case.id, team_id=team)
        unit.withdrawn = False
        ctx.session.add(unit)
    for team, unit in known.items():
        if team not in wanted:
            unit.withdrawn = True
            ctx.session.add(unit)
    case.team_id, case.helpers, case.units_done = team_id, list(helpers), []
    case.handler_id = None


def index(ctx: Ctx, case: Case) -> None:
    """Makes a new case findable by the words of its title, note and address."""
    texts = (case.title, case.note, case.address)
    ctx.session.add_all([CaseGram(gram=gram, case_id=case.id) for gram in sorted(words.grams(*texts))])
    ctx.session.add(CaseWords(case_id=case.id, words=words.folded_texts(*texts)))


def next_code(ctx: Ctx, area_path: str) -> str:
    """The next code of the day."""
    on = ctx.now().astimezone(DISTRICT_ZONE).date()
    name = numbers.series(queries.practice(ctx).code_pattern, ctx.settings.district, area_path, on)
    series = queries.series_row(ctx, name)
    if series is None:
        series = CaseSeries(id=name)
        ctx.session.add(series)
        ctx.session.flush()
    series.last += 1
    return numbers.code(queries.practice(ctx).code_pattern, ctx.settings.district, area_path, on, series.last)
