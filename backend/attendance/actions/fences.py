"""Supervisors draw fences, say whose they are, and end them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pydantic import ValidationError

from backend.attendance import queries, rules
from backend.attendance.tables import Fence, FenceAssignment
from backend.kernel.calendar import local_day
from backend.kernel.clock import to_ms
from backend.kernel.context import Ctx
from backend.kernel.errors import BodyInvalid, NotFound
from backend.kernel.geo import AxisOrder, Datum, GeoError, read_geometry, read_wkt
from backend.kernel.ids import new_id
from backend.kernel.shapes import told
from backend.people import queries as people
from mobile_contract import attendance as wire
from mobile_contract.base import NAME_CHARS_MAX
from mobile_contract.problems import say
from sync.refusal import Refusal

MANAGE = "attendance.manage"
FEATURE_SAYS = ("name", "radius_m", "area_path", "team_ids", "person_ids", "shift_ids", "post_ids", "purpose")


@dataclass(frozen=True, slots=True)
class Audience:
    """For whom a fence is set."""

    team_ids: Sequence[str] = ()
    person_ids: Sequence[str] = ()
    shift_ids: Sequence[str] = ()
    post_ids: Sequence[str] = ()

    @classmethod
    def of(cls, said: "Fence | wire.NewFence | wire.FenceAudience") -> "Audience":
        """For whom it is said to be."""
        return cls(said.team_ids, said.person_ids, said.shift_ids, said.post_ids)


def draw_fence(ctx: Ctx, ask: wire.NewFence) -> Fence:
    """A new fence, for teams and persons in the caller's sight.

    Refuses with attendance.fence_invalid (naming fault and place), .fence_doubtful (naming the suspicion),
    .radius_needed, .period_invalid, .area_unknown, .audience_unknown.
    """
    fence = _drawn(ctx, ask)
    ctx.session.add(fence)
    ctx.session.flush()
    _set_audience(ctx, fence, Audience.of(ask), fence.valid_from_at)
    return fence


def _drawn(ctx: Ctx, ask: wire.NewFence) -> Fence:
    ctx.principal.require(MANAGE, ask.area_path)
    if not people.area_exists(ctx, ask.area_path):
        raise rules.AreaUnknown
    geometry = _read(ctx, ask, ask.area_path)
    shape = rules.shape_of(geometry, ask.radius_m)
    since = ask.valid_from_at or ctx.now()
    if ask.valid_until_at is not None and ask.valid_until_at <= since:
        raise rules.PeriodInvalid
    _need_audience(ctx, Audience.of(ask))
    fence_id = new_id()
    return Fence(
        id=fence_id,
        lineage_id=fence_id,
        name=ask.name,
        shape=shape.value,
        geometry=geometry,
        radius_m=ask.radius_m,
        purpose=ask.purpose.value,
        area_path=ask.area_path,
        valid_from_at=since,
        valid_until_at=ask.valid_until_at,
    )


def _read(ctx: Ctx, ask: wire.Drawing, area_path: str) -> dict[str, Any]:
    """The drawing in WGS-84. Who draws in another datum than they say is asked back, unless they confirmed it."""
    datum = Datum(ask.datum.value)
    try:
        raw = _raw(ask)
        geometry = read_geometry(raw, datum)
    except GeoError as fault:
        raise rules.FenceInvalid(fault=fault.fault.value, where=fault.where) from None
    if not ask.confirmed and (suspicion := rules.doubt(raw, datum, people.outline_around(ctx, area_path))):
        raise rules.FenceDoubtful(suspicion=suspicion.value, area=area_path)
    return geometry


def _raw(ask: wire.Drawing) -> dict[str, Any]:
    if (ask.geometry is None) == (ask.wkt is None):
        raise rules.FenceInvalid(fault="one_drawing", where="geometry, wkt")
    if ask.geometry is not None:
        return ask.geometry.model_dump()
    if ask.axes is None:
        raise rules.FenceInvalid(fault="axes_unnamed", where="axes")
    return read_wkt(ask.wkt or "", AxisOrder(ask.axes.value))


def revise_fence(ctx: Ctx, fence_id: str, ask: wire.RevisedFence) -> Fence:
    """The fence's next version: it begins where the present one ends, for the same people.

    Clock-ins done before are judged by what stood then, however late they come. Refuses as `draw_fence`, and with
    attendance.fence_superseded for a version that is not the latest.
    """
    fence = queries.fence(ctx, fence_id, MANAGE)
    latest = queries.latest_version(ctx, fence.lineage_id)
    if latest.id != fence.id:
        raise rules.FenceSuperseded(successor=latest.id)
    since = ask.since_at or ctx.now()
    if since < fence.valid_from_at or (fence.valid_until_at is not None and fence.valid_until_at <= since):
        raise rules.PeriodInvalid
    geometry = _read(ctx, ask, fence.area_path)
    following = Fence(
        lineage_id=fence.lineage_id,
        version=fence.version + 1,
        name=ask.name or fence.name,
        shape=rules.shape_of(geometry, ask.radius_m).value,
        geometry=geometry,
        radius_m=ask.radius_m,
        purpose=fence.purpose,
        area_path=fence.area_path,
        valid_from_at=since,
        valid_until_at=fence.valid_until_at,
    )
    fence.valid_until_at = since
    ctx.session.add_all([fence, following])
    ctx.session.flush()
    _set_audience(ctx, following, Audience.of(fence), since)
    return following


def import_fences(ctx: Ctx, ask: wire.FenceImport) -> wire.FenceImportReport:
    """Draws what can be drawn of a feature collection, and says of each feature what became of it."""
    ctx.principal.require(MANAGE, ask.area_path)
    found = [_import_one(ctx, ask, index, feature) for index, feature in enumerate(ask.features)]
    refused = sum(each.code is not None for each in found)
    return wire.FenceImportReport(drawn=len(found) - refused, refused=refused, features=found)


def _import_one(ctx: Ctx, ask: wire.FenceImport, index: int, feature: wire.FenceFeatureAsk) -> wire.FenceImported:
    said = feature.properties or {}
    name = str(said.get("name") or f"{index + 1}")[:NAME_CHARS_MAX]
    try:
        wanted = _feature_ask(ask, feature, said | {"name": said.get("name") or name})
        fence = _drawn(ctx, wanted) if ask.dry_run else draw_fence(ctx, wanted)
    except Refusal as refusal:
        texts = {language: say(refusal.code, dict(refusal.params), language) for language in ("zh", "en")}
        return wire.FenceImported(index=index, name=name, fence_id=None, code=refusal.code, texts=texts)
    kept = None if ask.dry_run else fence.id
    return wire.FenceImported(index=index, name=name, fence_id=kept, code=None, texts={})


def _feature_ask(ask: wire.FenceImport, feature: wire.FenceFeatureAsk, said: dict[str, Any]) -> wire.NewFence:
    known = {key: said[key] for key in FEATURE_SAYS if key in said}
    common = {"area_path": ask.area_path, "radius_m": ask.radius_m, "team_ids": ask.team_ids}
    drawn = {"geometry": feature.geometry, "datum": ask.datum, "confirmed": ask.confirmed}
    try:
        return wire.NewFence.model_validate(common | known | drawn)
    except ValidationError as fault:
        raise BodyInvalid(**told(fault)) from None


def set_audience(ctx: Ctx, fence_id: str, audience: Audience) -> Fence:
    """Says whose fence it is from now on; clock-ins done before are judged by what held then."""
    fence = queries.fence(ctx, fence_id, MANAGE)
    for later in queries.versions_after(ctx, fence):
        _set_audience(ctx, later, audience, max(ctx.now(), later.valid_from_at))
    _set_audience(ctx, fence, audience, ctx.now())
    return fence


def _set_audience(ctx: Ctx, fence: Fence, audience: Audience, since: datetime) -> None:
    _need_audience(ctx, audience)
    wanted = {word for p in audience.person_ids for word in rules.audiences(p, (), ())}
    wanted |= {f"team:{t}" for t in audience.team_ids}
    wanted |= set(rules.duty_words(audience.shift_ids, audience.post_ids))
    present = queries.assignments(ctx, fence.id)
    for row in present:
        if row.audience not in wanted:
            row.until_at = ctx.now()
            ctx.session.add(row)
    fresh = sorted(wanted - {row.audience for row in present})
    ctx.session.add_all([FenceAssignment(fence_id=fence.id, audience=a, since_at=since) for a in fresh])
    fence.team_ids, fence.person_ids = sorted(set(audience.team_ids)), sorted(set(audience.person_ids))
    fence.shift_ids, fence.post_ids = sorted(set(audience.shift_ids)), sorted(set(audience.post_ids))
    fence.holder_ids = _holders(ctx, fence)
    ctx.session.add(fence)
    ctx.session.flush()


def _holders(ctx: Ctx, fence: Fence) -> list[str]:
    return queries.rostered_to(ctx, fence.shift_ids, fence.post_ids, local_day(ctx.now()) - timedelta(days=1))


def hand_out(ctx: Ctx, duties: Collection[str]) -> None:
    """The fences of these shifts and posts go to the handsets of whoever is rostered to them, and leave the others."""
    for fence in queries.fences_of_duties(ctx, duties):
        holders = _holders(ctx, fence)
        if holders != fence.holder_ids:
            fence.holder_ids = holders
            ctx.session.add(fence)
    ctx.session.flush()


def _need_audience(ctx: Ctx, audience: Audience) -> None:
    try:
        for team_id in audience.team_ids:
            people.team(ctx, team_id)
        for person_id in audience.person_ids:
            people.person(ctx, person_id)
        for shift_id in audience.shift_ids:
            queries.shift_type(ctx, shift_id)
        for post_id in audience.post_ids:
            queries.post(ctx, post_id)
    except (NotFound, rules.ShiftUnknown, rules.PostUnknown):
        raise rules.AudienceUnknown from None


def end_fence(ctx: Ctx, fence_id: str, until: datetime | None) -> Fence:
    """Ends a fence. Refuses with attendance.period_invalid when the end lies before its beginning."""
    fence = queries.fence(ctx, fence_id, MANAGE)
    end = until or ctx.now()
    if to_ms(end) < to_ms(fence.valid_from_at):
        raise rules.PeriodInvalid
    fence.valid_until_at = end
    ctx.session.add(fence)
    ctx.session.flush()
    return fence
