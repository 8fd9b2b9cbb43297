"""A replica filled by packs of any age, and then by a pull, is what a fresh fill would give it."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sync import offering
from sync.cursor import Bearer, CookieInvalid, TicketInvalid
from sync.journal import RowChange, Writer
from sync.mending import KeptMarks
from sync.mending import answer as mend
from sync.offering import offer, shelve
from sync.protocol import Repair, Snapshots
from sync.snapshot import open_pack
from sync.stores.memory import MemoryJournal
from sync.stores.packs import LASTS_S, Shelf
from tests.unit.sync.replica import ANN, DEVICE, NOW_S, SIGNER, Replica, follow

SCOPES = ["area:/gz/", "team:1", "team:2", "user:ann"]
ASKED = Snapshots.model_construct(device=DEVICE, epoch=1, contract=1)
BEARER = Bearer(ANN, DEVICE, 1)


def row_id(number: int) -> str:
    return f"{number:08x}-0000-7000-8000-000000000000"


def put(journal: MemoryJournal, number: int, scopes: frozenset[str] | None) -> None:
    body = None if scopes is None else {"id": row_id(number), "step": journal.head()}
    journal.record([RowChange("order", row_id(number), body, scopes or frozenset())], Writer())


def filled(journal: MemoryJournal, shelf: Shelf, now_s: int = NOW_S) -> Replica | None:
    """A phone that has applied every pack of an offer; None when there were none."""
    made = offer(ASKED, ANN, journal, SIGNER, now_s, shelf)
    if made.cookie is None:
        return None
    phone = Replica(ANN)
    for ticket in made.packs:
        manifest = ticket.pack.manifest
        path = shelf.path(manifest.sha256)
        assert path is not None
        for row in open_pack(path.read_bytes(), manifest):
            ver, scopes, body = phone.rows.get((row.t, row.id), (row.ver, (), row.body))
            newest = (row.ver, row.body) if row.ver >= ver else (ver, body)
            phone.rows[row.t, row.id] = (newest[0], tuple(sorted({*scopes, manifest.scope})), newest[1])
    phone.cookie = made.cookie
    return phone


moves = st.lists(
    st.tuples(
        st.sampled_from(["put", "put", "put", "gone", "move", "pack"]),
        st.integers(0, 7),
        st.frozensets(st.sampled_from(SCOPES), max_size=3),
    ),
    max_size=30,
)


def live(journal: MemoryJournal, shelf: Shelf, deed: tuple[str, int, frozenset[str]]) -> None:
    what, number, scopes = deed
    if what == "put":
        put(journal, number, scopes)
    elif what == "gone":
        put(journal, number, None)
    elif what == "move":
        journal.set_user_scopes(ANN, scopes)
    else:
        for scope in scopes:
            shelve(journal, scope, 1, shelf, NOW_S)


@given(before=moves, between=moves)
@settings(max_examples=150, suppress_health_check=list(HealthCheck))
def test_packs_of_any_age_and_the_pull_after_them_are_a_fresh_fill(
    before: list[tuple[str, int, frozenset[str]]], between: list[tuple[str, int, frozenset[str]]]
) -> None:
    with pytest.MonkeyPatch.context() as patch, TemporaryDirectory() as folder:
        patch.setattr(offering, "PACK_ROWS_MIN", 1)
        patch.setattr(offering, "is_fresh", lambda *_: True)
        journal, shelf = MemoryJournal("a life"), Shelf(Path(folder))
        journal.set_user_scopes(ANN, SCOPES[1:])
        for number in range(5):
            put(journal, number, frozenset(SCOPES[number % 3 :]))
        for deed in before:
            live(journal, shelf, deed)
        phone = filled(journal, shelf)
        for deed in between:
            live(journal, shelf, deed)
        fresh = Replica(ANN)
        follow(journal, fresh, 400)
        if phone is None:
            return
        follow(journal, phone, 400)
        assert phone.rows == fresh.rows
        told = [(scope, phone.digests[scope]) for scope in phone.digests]
        assert all(phone.sum_of(scope) == digest for scope, digest in told)
        assert phone.digests == fresh.digests


@pytest.fixture
def journal() -> MemoryJournal:
    made = MemoryJournal("a life")
    made.set_user_scopes(ANN, ["team:1", "user:ann"])
    for number in range(offering.PACK_ROWS_MIN):
        put(made, number, frozenset({"team:1"}))
    put(made, 999, frozenset({"user:ann"}))
    return made


def test_large_scopes_are_offered_and_small_ones_left_to_the_pull(journal: MemoryJournal, tmp_path: Path) -> None:
    made = offer(ASKED, ANN, journal, SIGNER, NOW_S, Shelf(tmp_path))
    assert [ticket.pack.manifest.scope for ticket in made.packs] == ["team:1"]
    cookie = SIGNER.read_cookie(made.cookie or "", BEARER)
    assert cookie.packed is not None
    assert len(cookie.packed) == 1
    phone = filled(journal, Shelf(tmp_path))
    assert phone is not None
    follow(journal, phone, 100_000)
    assert ("order", row_id(999)) in phone.rows


def test_a_pack_is_built_anew_when_much_has_changed(journal: MemoryJournal, tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)

    def offered(now_s: int = NOW_S) -> str:
        return offer(ASKED, ANN, journal, SIGNER, now_s, shelf).packs[0].pack.manifest.sha256

    first = offered()
    put(journal, 0, frozenset({"team:1"}))
    assert offered() == first
    assert offered(NOW_S + LASTS_S + 1) != first
    second = offered()
    for number in range(25):
        put(journal, number, frozenset({"team:1"}))
    assert offered() != second


def test_a_scope_too_large_to_wait_for_is_built_by_a_job(
    journal: MemoryJournal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(offering, "BUILD_ROWS_MAX", 100)
    made = offer(ASKED, ANN, journal, SIGNER, NOW_S, Shelf(tmp_path))
    assert (made.packs, made.cookie, made.building) == ([], None, ["team:1"])
    shelve(journal, "team:1", 1, Shelf(tmp_path), NOW_S)
    assert offer(ASKED, ANN, journal, SIGNER, NOW_S, Shelf(tmp_path)).building == []


def test_a_ticket_is_good_for_one_bearer_one_pack_and_one_hour() -> None:
    ticket = SIGNER.ticket("team:1", "ab" * 32, NOW_S, BEARER)
    assert SIGNER.read_ticket(ticket, "ab" * 32, NOW_S, BEARER) == "team:1"
    for bearer in (replace(BEARER, user=DEVICE), replace(BEARER, device=ANN), replace(BEARER, epoch=2)):
        with pytest.raises(TicketInvalid):
            SIGNER.read_ticket(ticket, "ab" * 32, NOW_S, bearer)
    for sha256, now_s in (("cd" * 32, NOW_S), ("ab" * 32, NOW_S + 1)):
        with pytest.raises(TicketInvalid):
            SIGNER.read_ticket(ticket, sha256, now_s, BEARER)
    with pytest.raises(TicketInvalid):
        SIGNER.read_ticket("forged", "ab" * 32, NOW_S, BEARER)


def test_the_cookie_of_packs_compares_nothing(journal: MemoryJournal, tmp_path: Path) -> None:
    made = offer(ASKED, ANN, journal, SIGNER, NOW_S, Shelf(tmp_path))
    asked = Repair.model_construct(device=DEVICE, epoch=1, contract=1, cookie=made.cookie, ranges={}, want={}, doubt=[])
    with pytest.raises(CookieInvalid):
        mend(asked, ANN, journal, SIGNER, NOW_S, KeptMarks())


def test_an_offer_of_another_life_is_worth_nothing(journal: MemoryJournal, tmp_path: Path) -> None:
    phone = filled(journal, Shelf(tmp_path))
    assert phone is not None
    journal.renew_generation("another life")
    follow(journal, phone, 100_000)
    assert phone.reconcile == "generation"
