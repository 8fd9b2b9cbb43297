"""Deeds of attendance."""

from backend.attendance.actions.absence_imports import (
    import_absences,
)
from backend.attendance.actions.clock_ins import (
    CLOCK_IN,
    NewPunch,
    clock_in,
    clock_in_online,
)
from backend.attendance.actions.corrections import (
    REQUESTS,
    answer_dispute,
    approve_correction,
    ask_correction,
    enter_punch,
    enter_punches,
    open_dispute,
    refuse_correction,
    settle_dispute,
    withdraw_correction,
)
from backend.attendance.actions.erasure import (
    erase_person,
)
from backend.attendance.actions.fences import (
    Audience,
    draw_fence,
    end_fence,
    import_fences,
    revise_fence,
    set_audience,
)
from backend.attendance.actions.hearing import (
    give_up,
    hear,
)
from backend.attendance.actions.imports import (
    import_roster,
)
from backend.attendance.actions.judging import (
    DAYS_PER_TURN,
    RECOMPUTE,
    around,
    judge,
    judge_due,
    judge_stale,
    mark_stale,
)
from backend.attendance.actions.months import (
    close_month,
)
from backend.attendance.actions.retention import (
    forget_places,
)
from backend.attendance.actions.reviews import (
    PUNCHES,
    REVIEW,
    decide_review,
    doubt_kept,
    review_punches,
)
from backend.attendance.actions.rosters import (
    add_absence,
    add_post,
    add_shift_type,
    end_post,
    end_shift_type,
    make_roster,
    set_roster,
    swap,
    withdraw_absence,
)
from backend.attendance.actions.telling import (
    tell_of_days,
    tell_of_decision,
    tell_of_dispute,
    tell_of_post,
    tell_of_rejection,
    tell_of_request,
)
from backend.attendance.actions.tracks import (
    NewBatch,
    end_track_key,
    forget_tracks,
    look_at_track,
    make_track_key,
    report_tracks,
    take_owntracks,
    watch_posts,
    work_out_tracks,
)

__all__ = [
    "CLOCK_IN",
    "DAYS_PER_TURN",
    "PUNCHES",
    "RECOMPUTE",
    "REQUESTS",
    "REVIEW",
    "Audience",
    "NewBatch",
    "NewPunch",
    "add_absence",
    "add_post",
    "add_shift_type",
    "answer_dispute",
    "approve_correction",
    "around",
    "ask_correction",
    "clock_in",
    "clock_in_online",
    "close_month",
    "decide_review",
    "doubt_kept",
    "draw_fence",
    "end_fence",
    "end_post",
    "end_shift_type",
    "end_track_key",
    "enter_punch",
    "enter_punches",
    "erase_person",
    "forget_places",
    "forget_tracks",
    "give_up",
    "hear",
    "import_absences",
    "import_fences",
    "import_roster",
    "judge",
    "judge_due",
    "judge_stale",
    "look_at_track",
    "make_roster",
    "make_track_key",
    "mark_stale",
    "open_dispute",
    "refuse_correction",
    "report_tracks",
    "review_punches",
    "revise_fence",
    "set_audience",
    "set_roster",
    "settle_dispute",
    "swap",
    "take_owntracks",
    "tell_of_days",
    "tell_of_decision",
    "tell_of_dispute",
    "tell_of_post",
    "tell_of_rejection",
    "tell_of_request",
    "watch_posts",
    "withdraw_absence",
    "withdraw_correction",
    "work_out_tracks",
]
