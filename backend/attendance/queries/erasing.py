"""What is kept of where a person was and what was said of them, up to a time: for its erasure; whoever asks."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import or_
from sqlmodel import col, select

from backend.attendance.tables import Absence, Punch, PunchRequest, TrackDay, TrackPoints
from backend.kernel.audit import AuditEntry
from backend.kernel.context import Ctx

DEEDS = "attendance."


def punches_to_erase(ctx: Ctx, person_id: str, before: datetime) -> Sequence[Punch]:
    """Clock-ins that still say where, or why."""
    says = or_(col(Punch.longitude).is_not(None), col(Punch.photo).is_not(None), col(Punch.note) != "")
    mine = select(Punch).where(Punch.person_id == person_id, col(Punch.trusted_at) < before, says)
    return ctx.session.exec(mine).all()


def tracks_to_erase(ctx: Ctx, person_id: str, before: date) -> tuple[Sequence[TrackDay], Sequence[TrackPoints]]:
    """Sums and results of shifts, and the points that are left of them."""
    days = select(TrackDay).where(TrackDay.person_id == person_id, col(TrackDay.on) < before)
    points = select(TrackPoints).where(TrackPoints.person_id == person_id, col(TrackPoints.on) < before)
    return ctx.session.exec(days).all(), ctx.session.exec(points).all()


def requests_to_erase(ctx: Ctx, person_id: str, before: date) -> Sequence[PunchRequest]:
    """Requests that still give a reason."""
    says = or_(col(PunchRequest.reason) != "", col(PunchRequest.photo).is_not(None))
    mine = select(PunchRequest).where(PunchRequest.person_id == person_id, col(PunchRequest.on) < before, says)
    return ctx.session.exec(mine).all()


def absences_to_erase(ctx: Ctx, person_id: str, before: datetime) -> Sequence[Absence]:
    """Absences that still say why."""
    mine = select(Absence).where(Absence.person_id == person_id, col(Absence.until_at) < before, Absence.note != "")
    return ctx.session.exec(mine).all()


def audit_to_erase(ctx: Ctx, person_id: str, before: datetime) -> Sequence[int]:
    """Entries of the audit of attendance whose facts are about a person."""
    about = or_(col(AuditEntry.subject) == f"person:{person_id}", col(AuditEntry.facts).contains(person_id))
    return ctx.session.exec(
        select(AuditEntry.seq).where(
            col(AuditEntry.deed).startswith(DEEDS),
            col(AuditEntry.at) < before,
            col(AuditEntry.facts).is_not(None),
            about,
        )
    ).all()
