"""What is right among people, decided without a database."""

import contextlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.kernel.authority import Grant, Role
from backend.people.rules import (
    RANK,
    AboveOwnRole,
    AreaMisplaced,
    OutsideArea,
    PasswordGuessable,
    PasswordTooLong,
    PasswordTooShort,
    Phase,
    PhoneInvalid,
    Tries,
    after_failure,
    check_care,
    check_disposal,
    check_password,
    child_path,
    phase_of,
    phone_of,
    scopes_of,
)
from mobile_contract.people import AreaKind, RoleName

NOON = datetime(2026, 9, 1, 4, tzinfo=UTC)
PHONE = "+8613800138000"
STREET, GRID, OTHER = "/440111/songzhou/", "/440111/songzhou/07/", "/440111/lianhe/"


@pytest.mark.parametrize(
    "text",
    [
        "13800138000",
        "+86 138 0013 8000",
        "86-138-0013-8000",
        "0086 13800138000",
        "１３８００１３８０００",
        " 138\u20130013-8000 ",
    ],
)
def test_a_mobile_number_is_understood_as_people_write_it(text: str) -> None:
    assert phone_of(text) == PHONE


@pytest.mark.parametrize(
    "text", ["", "1380013800", "138001380000", "12800138000", "+1 5550100", "020-87654321", "1380013800x", "+86"]
)
def test_what_is_no_mobile_number_is_refused(text: str) -> None:
    with pytest.raises(PhoneInvalid):
        phone_of(text)


@given(st.text(max_size=40))
def test_no_text_breaks_the_reading_of_phones(text: str) -> None:
    with contextlib.suppress(PhoneInvalid):
        assert len(phone_of(text)) == 14


@pytest.mark.parametrize(
    ("password", "refusal"),
    [
        ("1234567", PasswordTooShort),
        ("七个字的密码啊", PasswordTooShort),
        ("x1" * 65, PasswordTooLong),
        ("13800138000", PasswordGuessable),
        ("+86 138 0013 8000", PasswordGuessable),
        ("13800138000!", PasswordGuessable),
        ("11111111", PasswordGuessable),
        ("abababab", PasswordGuessable),
        ("23456789", PasswordGuessable),
        ("qwertyui", PasswordGuessable),
    ],
)
def test_a_weak_password_is_named(password: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        check_password(password, PHONE)


@pytest.mark.parametrize("password", ["八个字的密码好了", "tr0ub4dor", "13800138000 plus a tail", "correct horse"])
def test_a_long_and_unguessable_password_is_taken(password: str) -> None:
    check_password(password, PHONE)


def test_tries_lock_and_the_lock_lifts() -> None:
    tries = Tries()
    for n in range(5):
        assert tries.locked_s(NOON) == 0
        tries = after_failure(tries, NOON + timedelta(seconds=n), tries_max=5, lock_s=900)
    assert tries.locked_s(NOON + timedelta(seconds=4)) == 900
    assert tries.locked_s(NOON + timedelta(seconds=904)) == 0
    assert after_failure(tries, NOON + timedelta(seconds=904), 5, 900).failed == 1


def test_every_role_has_a_rank_and_a_name_on_the_wire() -> None:
    assert set(RANK) == set(Role)
    assert {r.value for r in RoleName} == {r.value for r in Role}


@given(st.sampled_from(Role), st.sampled_from(Role), st.sampled_from([STREET, GRID, OTHER, "/440111/"]))
def test_nobody_disposes_of_what_is_above_or_outside(own: Role, wanted: Role, area: str) -> None:
    allowed = own in (Role.supervisor, Role.admin) and area.startswith(STREET) and RANK[own] >= RANK[wanted]
    if allowed:
        check_disposal([Grant(own, STREET)], "people.manage", wanted, area)
        return
    with pytest.raises((AboveOwnRole, OutsideArea)):
        check_disposal([Grant(own, STREET)], "people.manage", wanted, area)


def test_a_high_role_elsewhere_does_not_lift_a_low_one_here() -> None:
    own = [Grant(Role.supervisor, STREET), Grant(Role.admin, OTHER)]
    with pytest.raises(AboveOwnRole):
        check_disposal(own, "people.manage", Role.admin, GRID)


def test_care_needs_every_role_of_the_person() -> None:
    own = [Grant(Role.supervisor, STREET)]
    check_care(own, "people.manage", GRID, [Grant(Role.crew, GRID)])
    with pytest.raises(OutsideArea):
        check_care(own, "people.manage", GRID, [Grant(Role.crew, GRID), Grant(Role.crew, OTHER)])


def test_areas_only_nest_downwards() -> None:
    assert child_path("/440111/", AreaKind.district, "songzhou", AreaKind.street) == STREET
    assert child_path("/440111/", AreaKind.district, "g1", AreaKind.grid) == "/440111/g1/"
    for parent_kind, kind in ((AreaKind.street, AreaKind.street), (AreaKind.grid, AreaKind.street)):
        with pytest.raises(AreaMisplaced):
            child_path(STREET, parent_kind, "x", kind)


def test_a_span_is_half_open() -> None:
    later = NOON + timedelta(hours=1)
    assert phase_of(NOON, later, NOON - timedelta(seconds=1)) is Phase.coming
    assert phase_of(NOON, later, NOON) is Phase.current
    assert phase_of(NOON, later, later) is Phase.past
    assert phase_of(NOON, None, later) is Phase.current


def test_scopes_follow_roles_and_teams() -> None:
    crew = scopes_of("p", [Grant(Role.crew, GRID)], ["t"], "440111")
    assert crew == {"user:p", "team:t", "district:440111", f"components:{GRID}"}
    desk = scopes_of("p", [Grant(Role.dispatcher, GRID), Grant(Role.supervisor, STREET)], [], "440111")
    assert desk == {"user:p", f"area:{STREET}", "district:440111"}
    assert scopes_of("p", [Grant(Role.citizen, GRID)], [], "440111") == {"user:p"}
    assert scopes_of("p", [], [], "440111") == frozenset()
