"""Deeds of attendance."""

from backend.attendance.actions.clock_ins import (
    CLOCK_IN,
    PUNCHES,
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
    open_dispute,
    refuse_correction,
    settle_dispute,
    withdraw_correction,
)
from backend.attendance.actions.fences import (
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
    RECOMPUTE,
    around,
    judge,
    judge_due,
    judge_stale,
    mark_stale,
    recompute_month,
)
from backend.attendance.actions.months import (
    close_month,
)
from backend.attendance.actions.retention import (
    forget_places,
)
from backend.attendance.actions.rosters import (
    add_absence,
    add_shift_type,
    end_shift_type,
    make_roster,
    set_roster,
    swap,
    withdraw_absence,
)

__all__ = [
    "CLOCK_IN",
    "PUNCHES",
    "RECOMPUTE",
    "REQUESTS",
    "NewPunch",
    "add_absence",
    "add_shift_type",
    "answer_dispute",
    "approve_correction",
    "around",
    "ask_correction",
    "clock_in",
    "clock_in_online",
    "close_month",
    "draw_fence",
    "end_fence",
    "end_shift_type",
    "enter_punch",
    "forget_places",
    "give_up",
    "hear",
    "import_fences",
    "import_roster",
    "judge",
    "judge_due",
    "judge_stale",
    "make_roster",
    "mark_stale",
    "open_dispute",
    "recompute_month",
    "refuse_correction",
    "revise_fence",
    "set_audience",
    "set_roster",
    "settle_dispute",
    "swap",
    "withdraw_absence",
    "withdraw_correction",
]
