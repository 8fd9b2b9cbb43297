"""What proves an order: photos it cites, answers to its checklist, and the look at whether all is there."""

from collections.abc import Sequence

from backend.attachments import actions as attachments
from backend.attachments import queries as arrived
from backend.attachments.events import AttachmentArrived
from backend.attendance import queries as attendance
from backend.attendance.events import TrackKept
from backend.kernel.clock import to_ms
from backend.kernel.context import Ctx
from backend.kernel.events import announce
from backend.kernel.geo import LonLat
from backend.workorders import queries, rules
from backend.workorders.actions.lines import KIND, scopes_of
from backend.workorders.events import EvidenceComplete
from backend.workorders.tables import OrderPhoto, WorkOrder, WorkOrderStep
from mobile_contract.workorders import Act, Evidence, Step
from mobile_contract.worktemplates import EvidenceRule


def cite(ctx: Ctx, order: WorkOrder, photos: Sequence[str]) -> None:
    """Adds photos to an order and looks anew at what proves it. Refuses with workorders.photos_too_many."""
    order.photos = rules.with_photos(order.photos, photos)
    known = queries.cited(ctx, order.id)
    fresh = [sha256 for sha256 in order.photos if sha256 not in known]
    ctx.session.add_all([OrderPhoto(order_id=order.id, sha256=sha256, cited_at=ctx.now()) for sha256 in fresh])
    show_photos(ctx, order)
    weigh(ctx, order)


def show_photos(ctx: Ctx, order: WorkOrder) -> None:
    """Whoever holds the order may see its photos."""
    if order.photos:
        attachments.cite(ctx, order.photos, KIND, order.id, scopes_of(order))


def weigh(ctx: Ctx, order: WorkOrder) -> None:
    """Looks anew at whether an order is proved, and at what is lacking."""
    step = Step(order.step)
    was = order.evidence
    rule = EvidenceRule.model_validate(order.evidence_rule)
    done = step in (Step.done, Step.closed)
    proof = _proof(ctx, order, asks_coverage=rule.coverage_min is not None) if done else _begun(ctx, order, rule)
    now, lacking = rules.evidence(rule, proof, step)
    if done and order.line is not None and rule.coverage_min is not None:
        order.covered_percent = proof.covered_percent
    order.evidence, order.lacking = now.value, [lack.model_dump(mode="json") for lack in lacking]
    ctx.session.add(order)
    if now is Evidence.complete and was != now:
        announce(ctx, EvidenceComplete(order.id))


def _begun(ctx: Ctx, order: WorkOrder, rule: EvidenceRule) -> rules.Proof:
    """As much as is judged of work that is not done."""
    if rule.within_m is None:
        return rules.Proof()
    ctx.session.flush()
    starts = [act for act in queries.acts_in_force(ctx, order.id) if act.act == Act.start]
    return rules.Proof(place=_place(order), line=order.line, buffer_m=order.buffer_m, starts=_where_begun(starts))


def _place(order: WorkOrder) -> LonLat | None:
    return _spot(order.longitude, order.latitude)


def _spot(longitude: float | None, latitude: float | None) -> LonLat | None:
    return None if longitude is None or latitude is None else (longitude, latitude)


def _where_begun(starts: Sequence[WorkOrderStep]) -> list[tuple[LonLat, float]]:
    """Where each of those who began did so last."""
    last = {act.person_id: act for act in starts}.values()
    told = [(_spot(act.longitude, act.latitude), act.accuracy_m or 0) for act in last]
    return [(here, accuracy_m) for here, accuracy_m in told if here is not None]


def _proof(ctx: Ctx, order: WorkOrder, *, asks_coverage: bool) -> rules.Proof:
    ctx.session.flush()
    form = queries.form_of(ctx, order)
    items = form.items if form else []
    acts = queries.acts_in_force(ctx, order.id)
    starts = [act for act in acts if act.act == Act.start]
    finishes = [act for act in acts if act.act == Act.finish]
    last = finishes[-1] if finishes else None
    covered, unknown = _covered(ctx, order) if asks_coverage and order.line is not None else (0.0, 0.0)
    return rules.Proof(
        cited=order.photos,
        before=frozenset(sha256 for act in starts for sha256 in act.photos),
        after=frozenset(sha256 for act in finishes for sha256 in act.photos),
        present=frozenset(arrived.present(ctx, order.photos)) if order.photos else frozenset(),
        reused=queries.cited_before(ctx, order.id, order.photos),
        items=items,
        answers=rules.standing_answers(items, queries.answers_of(ctx, order.id)),
        finish_ms=to_ms(last.done_at) if last else 0,
        finish_place=_spot(last.longitude, last.latitude) if last else None,
        finish_accuracy_m=(last.accuracy_m or 0) if last else 0,
        starts=_where_begun(starts),
        place=_place(order),
        line=order.line,
        buffer_m=order.buffer_m,
        covered_percent=covered,
        unknown_percent=unknown,
        worked_s=order.worked_s,
        signature=order.signature,
        scans=[act.scan for act in (*starts, *finishes) if act.scan],
        label=order.place if order.longitude is not None else "",
    )


def _covered(ctx: Ctx, order: WorkOrder) -> tuple[float, float]:
    """Percent of an order's line that was covered, and that nobody can tell. What was covered once stays so: points
    are forgotten in time."""
    assert order.line is not None
    walks = rules.times(queries.lines_of(ctx, [order.id])[order.id], order.done_at or ctx.now())
    covered, unknown = attendance.line_covered(ctx, order.line, order.buffer_m or 0, walks)
    known = max(covered, order.covered_percent or 0.0)
    return known, min(unknown, round(100 - known, 1))


def track_kept(ctx: Ctx, event: TrackKept) -> None:
    """Looks again at the orders whose line these points may cover."""
    for order in queries.awaiting_coverage(ctx, event.person_id, event.since_at, event.until_at):
        weigh(ctx, order)
    ctx.session.flush()


def photo_arrived(ctx: Ctx, event: AttachmentArrived) -> None:
    """Looks again at the orders that wait for this photo."""
    for order in queries.awaiting(ctx, event.sha256):
        weigh(ctx, order)
    ctx.session.flush()
