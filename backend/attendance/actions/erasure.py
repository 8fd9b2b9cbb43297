"""A person's places and words are forgotten on demand; days, months and the audit chain stay provable."""

from backend.attendance import queries, rules
from backend.kernel import audit
from backend.kernel.calendar import local_day, midnight_ms
from backend.kernel.clock import from_ms
from backend.kernel.context import Ctx
from backend.people import queries as people
from mobile_contract import tracks as wire

ERASE = "attendance.erase"


def erase_person(ctx: Ctx, person_id: str, ask: wire.ErasureAsk) -> wire.Erased:
    """Forgets where somebody was and what they said, of all days before one. What payroll was told stays: it must be
    kept, and holds no place. Doing it twice changes nothing more.

    Refuses with attendance.person_unknown, and attendance.period_invalid for a day to come.
    """
    area = people.area_of(ctx, person_id)
    if area is None or not ctx.principal.may(ERASE, area):
        raise rules.PersonUnknown(person=person_id)
    if ask.before_on > local_day(ctx.now()):
        raise rules.PeriodInvalid
    before = from_ms(midnight_ms(ask.before_on))
    punches = queries.punches_to_erase(ctx, person_id, before)
    for punch in punches:
        punch.longitude = punch.latitude = punch.accuracy_m = punch.photo = punch.said_hash = None
        punch.note = ""
    days, points = queries.tracks_to_erase(ctx, person_id, ask.before_on)
    requests = queries.requests_to_erase(ctx, person_id, ask.before_on)
    for request in requests:
        request.reason, request.photo = "", None
    absences = queries.absences_to_erase(ctx, person_id, before)
    for absence in absences:
        absence.note = ""
    ctx.session.add_all([*punches, *requests, *absences])
    for gone in (*days, *points):
        ctx.session.delete(gone)
    ctx.session.flush()
    entries = queries.audit_to_erase(ctx, person_id, before)
    for seq in entries:
        audit.erase(ctx, seq)
    counts = {
        "punches": len(punches),
        "track_days": len(days),
        "requests": len(requests),
        "absences": len(absences),
        "audit_entries": len(entries),
    }
    audit.record(
        ctx, "attendance.erased", f"person:{person_id}", before=str(ask.before_on), reason=ask.reason, **counts
    )
    return wire.Erased(**counts)
