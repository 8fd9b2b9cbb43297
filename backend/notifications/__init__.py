"""Telling people: an inbox that works offline, pokes to phones that sleep, and vendors' push services behind a port.

To tell somebody something, a feature above calls, in its own transaction:

    from backend.notifications import actions as notifications
    notifications.notify(ctx, person_ids, notifications.Word("attendance.late", cause=f"late:{person_id}:{on}",
                         params={"minutes": 12}, about=("attendance_days", day_id), urgent=False))

and gives the code its words in mobile_contract/texts/notifications.py. The same cause reaches a person once.
`people.queries.team_leaders(ctx, person_id)` and `holders(ctx, role, area)` say whom to tell besides.
"""
