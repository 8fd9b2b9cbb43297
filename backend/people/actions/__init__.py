"""Deeds: signing in and out, passwords, persons, roles, teams, areas, consent, keys, the founding of a district."""

from backend.people.actions.areas import change_area, draw_area
from backend.people.actions.consent import accept_notice, publish_notice
from backend.people.actions.founding import Founder, found_district
from backend.people.actions.imports import LINES_PER_TURN, BadLine, NewHand, Report, import_people
from backend.people.actions.keys import forget_old_keys, rotate_keys
from backend.people.actions.persons import change_me, change_person, leave, take_on
from backend.people.actions.roles import give_role, take_role
from backend.people.actions.secrets import change_password, reset_password, set_password
from backend.people.actions.sessions import (
    Checked,
    Device,
    Entry,
    end_device_sessions,
    end_run_out_sessions,
    refresh,
    sign_in,
    sign_in_by_firebase,
    sign_out,
    sign_out_everywhere,
)
from backend.people.actions.standing import settle_due
from backend.people.actions.teams import (
    add_member,
    change_team,
    dissolve_team,
    form_team,
    move_member,
    remove_member,
)
from backend.people.firebase import refuse_emulator
from backend.people.passwords import Passwords
from backend.people.rules import FileTooLarge, FileUnreadable, phone_of
from backend.people.spreadsheets import FILE_BYTES_MAX, Line, read_people_file, sheet_rows

FILE_REFUSALS = (FileTooLarge, FileUnreadable)
"""How a spreadsheet is refused."""

__all__ = [
    "FILE_BYTES_MAX",
    "FILE_REFUSALS",
    "LINES_PER_TURN",
    "BadLine",
    "Checked",
    "Device",
    "Entry",
    "Founder",
    "Line",
    "NewHand",
    "Passwords",
    "Report",
    "accept_notice",
    "add_member",
    "change_area",
    "change_me",
    "change_password",
    "change_person",
    "change_team",
    "dissolve_team",
    "draw_area",
    "end_device_sessions",
    "end_run_out_sessions",
    "forget_old_keys",
    "form_team",
    "found_district",
    "give_role",
    "import_people",
    "leave",
    "move_member",
    "phone_of",
    "publish_notice",
    "read_people_file",
    "refresh",
    "refuse_emulator",
    "remove_member",
    "reset_password",
    "rotate_keys",
    "set_password",
    "settle_due",
    "sheet_rows",
    "sign_in",
    "sign_in_by_firebase",
    "sign_out",
    "sign_out_everywhere",
    "take_on",
    "take_role",
]
