"""Who is told of what: the person, those who answer for their work, and whoever has to decide. Once a cause."""

from datetime import timedelta

from backend.attendance.events import (
    CorrectionAsked,
    CorrectionDecided,
    DaysWentWrong,
    DisputeSaid,
    LeftPost,
    PunchRejected,
)
from backend.attendance.rules import local
from backend.kernel.authority import Role
from backend.kernel.calendar import local_day
from backend.kernel.clock import to_ms
from backend.kernel.context import Ctx
from backend.notifications.actions import Telling, Word, notify, notify_all
from backend.people import queries as people
from mobile_contract.days import RequestState

TOLD_DAYS = 3
"""Of a day that is judged later than this nobody is told: a month judged anew would tell thousands."""


def tell_of_days(ctx: Ctx, event: DaysWentWrong) -> None:
    """The persons and their leaders learn of days that went wrong; a few statements, however many days."""
    oldest = local_day(ctx.now()) - timedelta(days=TOLD_DAYS)
    days = [day for day in event.days if day.on >= oldest]
    persons = sorted({day.person_id for day in days})
    names, leaders = people.names(ctx, persons), people.team_leaders_of(ctx, persons)
    tellings: list[Telling] = []
    for day in days:
        cause = f"attendance.day:{day.person_id}:{day.on}:{day.word}"
        said = {"on": day.on.isoformat(), "state": day.word, "minutes": day.minutes}
        about = ("day_results", day.day_id)
        tellings.append(([day.person_id], Word("attendance.day_wrong", cause, said, about=about)))
        named = said | {"name": names.get(day.person_id, "")}
        tellings.append((leaders[day.person_id], Word("attendance.day_wrong_of", cause, named, about=about)))
    notify_all(ctx, tellings)


def tell_of_post(ctx: Ctx, event: LeftPost) -> None:
    """The person and their leaders learn of it at once."""
    since = local(to_ms(event.since_at))
    cause = f"attendance.post:{event.person_id}:{event.since_at.isoformat()}"
    notify(ctx, [event.person_id], Word("attendance.left_post", cause, {"since": since}, urgent=True))
    named = {"since": since, "name": _name(ctx, event.person_id)}
    leaders = people.team_leaders(ctx, event.person_id)
    notify(ctx, leaders, Word("attendance.left_post_of", cause, named, urgent=True))


def tell_of_request(ctx: Ctx, event: CorrectionAsked) -> None:
    """Whoever may decide a correction learns that one waits."""
    deciders = set(people.holders(ctx, Role.supervisor, event.area_path)) - {event.person_id}
    said = {"name": _name(ctx, event.person_id)}
    about = ("punch_requests", event.request_id)
    notify(ctx, sorted(deciders), Word("attendance.correction_asked", f"request:{event.request_id}", said, about=about))


def tell_of_decision(ctx: Ctx, event: CorrectionDecided) -> None:
    """Who asked for a correction learns what came of it."""
    if event.state == RequestState.withdrawn:
        return
    cause = f"request:{event.request_id}:{event.state}"
    about = ("punch_requests", event.request_id)
    notify(ctx, [event.person_id], Word("attendance.correction_decided", cause, {"state": event.state}, about=about))


def tell_of_dispute(ctx: Ctx, event: DisputeSaid) -> None:
    """Each side of a dispute learns what the other said."""
    mine = event.by == event.person_id
    theirs = set(people.holders(ctx, Role.supervisor, event.area_path)) - {event.person_id} if mine else set[str]()
    others = sorted(theirs) if mine else [event.person_id]
    cause = f"dispute:{event.dispute_id}:{event.word_number}"
    said = {"name": _name(ctx, event.person_id)}
    notify(ctx, others, Word("attendance.dispute_said", cause, said))


def tell_of_rejection(ctx: Ctx, event: PunchRejected) -> None:
    """Whose clock-in counts no more learns why."""
    said = {
        "on": local_day(event.done_at).isoformat(),
        "at": local(to_ms(event.done_at)),
        "reason": event.reason,
    }
    about = ("punches", event.punch_id)
    word = Word("attendance.punch_rejected", f"review:{event.punch_id}", said, about=about)
    notify(ctx, [event.person_id], word)


def _name(ctx: Ctx, person_id: str) -> str:
    return people.names(ctx, [person_id]).get(person_id, "")
