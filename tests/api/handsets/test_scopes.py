"""Who holds what as people, orders and teams move; and late work judged by what the phone held when it was done."""

from sqlmodel import select

from backend.kernel.audit import AuditEntry
from sync.cursor import Bearer, Cookie, Signer
from tests.api.handsets.conftest import Field
from tests.makers import NEXT_GRID
from tests.phones import Phone


def _agrees(phone: Phone) -> None:
    phone.sync()
    assert phone.hs.drifted() == []
    assert phone.hs.standing().synced


def _finish(crews: Field, phone: Phone, order: str) -> None:
    for act in ("start", "finish"):
        crews.later(minutes=5)
        phone.hs.do(f"workorders.{act}", "workorders", order, {})


def test_a_person_moved_at_noon_loses_the_old_orders_and_holds_the_new(crews: Field) -> None:
    old = [crews.order("sweepers") for _ in range(3)]
    new = [crews.order("gardeners", area_path=NEXT_GRID) for _ in range(2)]
    phone = crews.phone("crew")
    assert phone.ids("workorders") == set(old)
    crews.move("crew", "sweepers", "gardeners")
    _agrees(phone)
    assert phone.ids("workorders") == set(new)


def test_a_person_moved_away_and_back_holds_what_stands_now(crews: Field) -> None:
    kept, taken = crews.order(), crews.order()
    phone = crews.phone("crew")
    crews.move("crew", "sweepers", "gardeners")
    crews.at_desk(taken, "reassign", team_id=crews.district.teams["gardeners"])
    added = crews.order()
    crews.move("crew", "gardeners", "sweepers")
    _agrees(phone)
    assert phone.ids("workorders") == {kept, added}


def test_moves_between_every_two_pulls_leave_nothing_behind(crews: Field) -> None:
    phone = crews.phone("crew")
    sweep, green = crews.order(), crews.order("gardeners", area_path=NEXT_GRID)
    for _ in range(3):
        crews.move("crew", "sweepers", "gardeners")
        _agrees(phone)
        assert phone.ids("workorders") == {green}
        crews.move("crew", "gardeners", "sweepers")
        _agrees(phone)
        assert phone.ids("workorders") == {sweep}


def test_late_work_on_an_order_one_no_longer_holds_is_authorised_by_the_held_cookie(crews: Field) -> None:
    order = crews.order()
    phone = crews.phone("crew")
    _finish(crews, phone, order)
    crews.move("crew", "sweepers", "gardeners")
    crews.later(days=6)
    phone.sync()
    assert [phone.outcome(n) for n in (1, 2)] == ["applied", "applied"]
    assert crews.stands(order)["done_by"] == crews.id("crew")
    _agrees(phone)
    assert phone.ids("workorders") == {order}, "who did the work may see it"
    with crews.house.db.reading() as session:
        lines = session.exec(select(AuditEntry).where(AuditEntry.deed == "sync.late")).all()
    assert {(line.subject, line.actor, line.device) for line in lines} == {(order, phone.hs.user, phone.device_id)}


def test_late_work_beyond_the_grace_goes_to_the_desk(crews: Field) -> None:
    order = crews.order()
    phone = crews.phone("crew")
    _finish(crews, phone, order)
    crews.move("crew", "sweepers", "gardeners")
    crews.later(days=8)
    phone.sync()
    assert [phone.why(n) for n in (1, 2)] == ["sync.out_of_scope"] * 2
    assert crews.stands(order)["step"] == "released"
    assert {c["payload"]["cmd"] for c in crews.conflicts()} == {"workorders.start", "workorders.finish"}
    _agrees(phone)


def test_work_after_the_phone_knew_better_is_not_late_work(crews: Field) -> None:
    order = crews.order()
    phone = crews.phone("crew")
    crews.move("crew", "sweepers", "gardeners")
    phone.sync()
    _finish(crews, phone, order)
    phone.sync()
    assert phone.why(1) == "sync.out_of_scope"


def test_late_work_counts_for_who_has_since_left_come_back_and_left_again(crews: Field) -> None:
    order = crews.order()
    phone = crews.phone("crew")
    _finish(crews, phone, order)
    crews.move("crew", "sweepers", "gardeners")
    crews.move("crew", "gardeners", "sweepers")
    crews.move("crew", "sweepers", "gardeners")
    phone.sync()
    assert [phone.outcome(n) for n in (1, 2)] == ["applied", "applied"]


def test_late_work_counts_however_many_epochs_began_before_it_came(crews: Field) -> None:
    order = crews.order()
    phone = crews.phone("crew")
    _finish(crews, phone, order)
    crews.move("crew", "sweepers", "gardeners")
    for _ in range(4):
        phone.renew_epoch()
    phone.sync()
    assert [phone.outcome(n) for n in (1, 2)] == ["applied", "applied"]


def test_what_was_done_between_a_new_epoch_and_its_first_pull_is_late_work_too(crews: Field) -> None:
    order = crews.order()
    phone = crews.phone("crew")
    phone.renew_epoch()
    _finish(crews, phone, order)
    crews.move("crew", "sweepers", "gardeners")
    phone.sync()
    assert [phone.outcome(n) for n in (1, 2)] == ["applied", "applied"]


def test_a_cookie_of_when_the_order_was_elsewhere_authorises_nothing_though_it_was_here_before_and_after(
    crews: Field,
) -> None:
    order = crews.order()
    phone = crews.phone("crew")
    for team in ("gardeners", "sweepers", "gardeners"):
        if team == "sweepers":
            phone.sync()  # the cookie of a time when the gardeners had it
            assert phone.row("workorders", order) is None
            _finish(crews, phone, order)
        crews.at_desk(order, "reassign", team_id=crews.district.teams[team])
    phone.sync()
    assert [phone.why(n) for n in (1, 2)] == ["sync.out_of_scope"] * 2


def test_a_revoked_phones_late_work_is_never_authorised(crews: Field) -> None:
    order = crews.order()
    phone = crews.phone("crew")
    _finish(crews, phone, order)
    crews.move("crew", "sweepers", "gardeners")
    crews.desk("admin").post(f"/handsets/v1/devices/{phone.device_id}/revoke", expect=200)
    phone.sync(drain=True)
    assert crews.stands(order)["step"] == "released"
    assert {c["payload"]["cmd"] for c in crews.conflicts()} == {"workorders.start", "workorders.finish"}


def test_a_forged_or_borrowed_cookie_authorises_nothing(crews: Field) -> None:
    order = crews.order()
    ours, theirs = crews.phone("crew"), crews.phone("stranger")
    mine = ours.store.get(f"cookie/{ours.hs.user}")
    seq = 10**6
    forged = Signer("another secret").cookie(
        Cookie("x", seq, 1), Bearer(theirs.hs.user, theirs.device_id, theirs.hs.epoch)
    )
    for cookie in (
        mine,
        forged,
        mine[:-4] + "AAAA",
        "",
        "é",
        "x" * 2_000,
        theirs.store.get(f"cookie/{theirs.hs.user}"),
    ):
        theirs.store.put(f"cookie/{theirs.hs.user}", cookie)
        _finish(crews, theirs, order)
        theirs.store.put(f"cookie/{theirs.hs.user}", None)
    theirs.sync()
    assert {theirs.why(n) for n in theirs.results()} == {"sync.out_of_scope"}
    assert crews.stands(order)["step"] == "released"
    ours.sync()
    assert ours.row("workorders", order) is not None


def test_a_forged_cookie_on_a_pull_starts_from_nothing(crews: Field) -> None:
    phone = crews.phone("crew")
    order = crews.order()
    phone.store.put(f"cookie/{phone.hs.user}", "forged")
    _agrees(phone)
    assert phone.ids("workorders") == {order}


def test_an_order_given_to_another_team_leaves_one_phone_and_comes_to_the_other(crews: Field) -> None:
    order = crews.order(assignee="crew")
    ours, theirs = crews.phone("crew"), crews.phone("gardener")
    crews.at_desk(order, "reassign", team_id=crews.district.teams["gardeners"])
    for phone in (ours, theirs):
        _agrees(phone)
    assert (ours.ids("workorders"), theirs.ids("workorders")) == (set(), {order})
    frame = b'"why":"scope"'
    assert any(frame in body for _, body in ours.answers)


def test_an_order_in_two_scopes_stays_until_the_last_is_gone(crews: Field) -> None:
    order = crews.order(assignee="crew")
    phone = crews.phone("crew")
    crews.move("crew", "sweepers", "gardeners")
    _agrees(phone)
    assert phone.ids("workorders") == {order}, "their own, though no longer their team's"
    crews.at_desk(order, "reassign", team_id=crews.district.teams["sweepers"], assignee_id=crews.id("mate"))
    _agrees(phone)
    assert phone.ids("workorders") == set()


def test_an_order_that_changes_scope_within_those_one_holds_stays(crews: Field) -> None:
    order = crews.order()
    phone = crews.phone("crew")
    crews.at_desk(order, "reassign", team_id=crews.district.teams["gardeners"], assignee_id=None)
    crews.at_desk(order, "reassign", team_id=crews.district.teams["sweepers"], assignee_id=crews.id("crew"))
    _agrees(phone)
    assert phone.ids("workorders") == {order}


def test_a_dissolved_teams_orders_leave_its_phones(crews: Field) -> None:
    order = crews.order()
    phone = crews.phone("crew")
    path = f"/people/v1/teams/{crews.district.teams['sweepers']}/dissolve"
    crews.desk("admin").post(path, expect=204)
    _agrees(phone)
    assert phone.ids("workorders") == set()
    assert crews.stands(order)["team_id"] == crews.district.teams["sweepers"]


def test_a_supervisors_phone_holds_their_street_and_no_other(crews: Field) -> None:
    ours, far = crews.order(), crews.order("far", area_path="/440111/lianhe/")
    phone = crews.phone("supervisor")
    assert phone.ids("workorders") == {ours}
    assert crews.phone("admin").ids("workorders") == {ours, far}
    _agrees(phone)


def test_a_role_taken_away_takes_the_street_from_the_phone(crews: Field) -> None:
    crews.order()
    phone = crews.phone("dispatcher")
    assert phone.ids("workorders") != set()
    path = f"/people/v1/persons/{crews.id('dispatcher')}"
    crews.desk("admin").post(f"{path}/grants", {"role": "crew", "area": NEXT_GRID}, expect=201)
    roles = crews.desk("admin").get(path, expect=200).json()["roles"]
    (desk,) = [role["id"] for role in roles if role["role"] == "dispatcher"]
    crews.desk("admin").delete(f"/people/v1/grants/{desk}", expect=204)
    _agrees(phone)
    assert phone.ids("workorders") == set()


def test_no_phone_is_ever_sent_a_row_outside_its_scopes(crews: Field) -> None:
    far = crews.order("far", area_path="/440111/lianhe/", note="秘密")
    phone = crews.phone("crew")
    crews.at_desk(far, "cancel", reason="秘密")
    phone.sync()
    assert not any("秘密".encode() in body or far.encode() in body for _, body in phone.answers)
