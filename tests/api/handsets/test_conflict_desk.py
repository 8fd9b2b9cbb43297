"""The conflict desk: who sees what, and how a person settles."""

from typing import Any

from backend.kernel.ids import new_id
from tests.api.handsets.conftest import Field, clock_in
from tests.makers import DISTRICT, LIANHE, Handset
from tests.phones import Phone

ON_POSTGRES: set[str] = set()
"""Nothing here asks the store something of its own: it runs there in `make test-full`."""

DESK = "/handsets/v1/conflicts"


def _asked(crews: Field, **order: Any) -> tuple[dict[str, Any], str, Phone]:
    """An order's note written by two: the open conflict, the order, the phone that lost."""
    order_id = crews.order(note="原文", **order)
    ours, theirs = crews.phone("crew"), crews.phone("mate")
    for phone, text in ((ours, "我们的"), (theirs, "他们的")):
        phone.hs.edit("workorders", order_id, {"note": text})
        phone.sync()
    (kept,) = crews.conflicts(state="open", t="workorders")
    return kept, order_id, theirs


def _settle(crews: Field, conflict: str, choice: str, by: str = "dispatcher", expect: int = 200) -> Any:
    return crews.desk(by).post(f"{DESK}/{conflict}/settle", {"choice": choice, "note": "核实"}, expect=expect).json()


def test_keeping_what_stands_settles_it_on_every_phone(crews: Field) -> None:
    kept, order, phone = _asked(crews)
    said = _settle(crews, kept["id"], "keep_server")
    assert (said["state"], said["choice"], said["note"]) == ("settled", "keep_server", "核实")
    assert said["settled_by"] == crews.id("dispatcher")
    assert crews.stands(order)["note"] == "我们的"
    phone.sync()
    row = phone.row("conflicts", kept["id"])
    assert row is not None
    assert row["state"] == "settled"
    assert phone.hs.standing().conflicts == 0


def test_every_desk_that_may_settle_may_take_the_phones_side(crews: Field) -> None:
    for by in ("dispatcher", "supervisor", "ganger", "admin"):
        kept, order, phone = _asked(crews)
        _settle(crews, kept["id"], "take_device", by=by)
        assert crews.stands(order)["note"] == "他们的", by
        phone.sync()
        row = phone.row("workorders", order)
        assert row is not None
        assert row["note"] == "他们的"


def test_the_phones_side_stands_even_when_who_wrote_it_has_left(crews: Field) -> None:
    kept, order, _ = _asked(crews)
    crews.desk("admin").post(f"/people/v1/persons/{crews.id('mate')}/leave", expect=204)
    _settle(crews, kept["id"], "take_device")
    assert crews.stands(order)["note"] == "他们的"


def test_what_was_settled_is_not_settled_again(crews: Field) -> None:
    kept, order, _ = _asked(crews)
    settled = _settle(crews, kept["id"], "noted")
    assert _settle(crews, kept["id"], "noted") == settled, "the same word again changes nothing"
    assert _settle(crews, kept["id"], "take_device", expect=409)["code"] == "handsets.already_settled"
    assert crews.stands(order)["note"] == "我们的"


def test_where_there_is_no_phones_side_to_take_it_is_said(crews: Field) -> None:
    phone = crews.phone("crew")
    phone.hs.do("no.such", "punches", new_id(), {})
    phone.sync()
    (kept,) = crews.conflicts()
    assert _settle(crews, kept["id"], "take_device", expect=409)["code"] == "handsets.nothing_to_take"
    assert crews.conflicts(state="open") != []
    _settle(crews, kept["id"], "noted")


def test_a_desk_settles_from_its_handset(crews: Field) -> None:
    kept, order, theirs = _asked(crews)
    phone = crews.phone("dispatcher")
    phone.hs.do("conflicts.settle", "conflicts", kept["id"], {"choice": "take_device", "note": "现场核实"})
    phone.sync()
    assert phone.outcome(1) == "applied"
    assert crews.stands(order)["note"] == "他们的"
    theirs.sync()
    row = theirs.row("conflicts", kept["id"])
    assert row is not None
    assert (row["state"], row["note"]) == ("settled", "现场核实")
    phone.hs.do("conflicts.settle", "conflicts", kept["id"], {"choice": "take_device", "note": "现场核实"})
    phone.sync()
    assert phone.outcome(2) == "applied"
    assert crews.conflicts(state="open") == []
    again = phone.hs.do("conflicts.settle", "conflicts", kept["id"], {"choice": "keep_server"})
    phone.sync()
    assert (phone.outcome(again), phone.why(again)) == ("rejected", "handsets.already_settled")


def test_a_crew_does_not_settle_its_own_conflicts(crews: Field) -> None:
    kept, order, phone = _asked(crews)
    _settle(crews, kept["id"], "take_device", by="mate", expect=403)
    n = phone.hs.do("conflicts.settle", "conflicts", kept["id"], {"choice": "take_device"})
    phone.sync()
    assert (phone.outcome(n), phone.why(n)) == ("rejected", "auth.not_allowed")
    assert crews.stands(order)["note"] == "我们的"


def test_everybody_sees_their_own_and_a_desk_its_area(crews: Field) -> None:
    kept, _, _ = _asked(crews)
    for name in ("mate", "dispatcher", "supervisor", "ganger", "leader", "admin"):
        assert [c["id"] for c in crews.conflicts(name)] == [kept["id"]], name
        crews.desk(name).get(f"{DESK}/{kept['id']}", expect=200)
    for name in ("crew", "stranger", "far_dispatcher", "gardener", "collector"):
        assert crews.conflicts(name) == [], name
        crews.desk(name).get(f"{DESK}/{kept['id']}", expect=404)
    _settle(crews, kept["id"], "noted", by="far_dispatcher", expect=404)
    crews.desk("citizen").get(DESK, expect=403)
    crews.desk("admin").get(f"{DESK}/{new_id()}", expect=404)


def test_conflicts_are_narrowed_and_paged_newest_first(crews: Field) -> None:
    ours, theirs = crews.phone("crew"), crews.phone("mate")
    for phone in (ours, theirs):
        for _ in range(3):
            phone.hs.do("no.such", "punches", new_id(), {})
        phone.sync()
    ids = [c["id"] for c in crews.conflicts()]
    assert ids == sorted(ids, reverse=True)
    assert len(ids) == 6
    paged: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = crews.desk("admin").get(DESK, expect=200, limit=4, **cursor).json()
        paged += [c["id"] for c in page["items"]]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert paged == ids
    assert {c["user"] for c in crews.conflicts(person_id=crews.id("mate"))} == {crews.id("mate")}
    assert crews.conflicts(t="workorders") == []
    assert len(crews.conflicts(t="punches")) == 6
    _settle(crews, ids[0], "noted")
    assert [c["id"] for c in crews.conflicts(state="settled")] == [ids[0]]
    crews.desk("admin").get(DESK, expect=422, cursor="x")
    crews.desk("admin").get(DESK, expect=422, state="odd")
    crews.desk("admin").get(DESK, expect=422, strange="1")


def test_the_servers_side_is_withheld_from_a_crew_whose_sight_has_ended(crews: Field) -> None:
    order = crews.order(note="原文")
    ours, theirs = crews.phone("crew"), crews.phone("mate")
    theirs.hs.edit("workorders", order, {"note": "他们的"})
    ours.hs.edit("workorders", order, {"note": "不该看见"})
    ours.sync()
    crews.move("mate", "sweepers", "gardeners")
    theirs.sync()
    (kept,) = crews.conflicts("mate")
    (seen,) = crews.conflicts("dispatcher")
    assert kept["fields"][0] | {"server": None, "base": None} == kept["fields"][0]
    assert (kept["fields"][0]["withheld"], kept["fields"][0]["device"]) == (True, "他们的")
    assert (seen["fields"][0]["withheld"], seen["fields"][0]["server"]) == (False, "不该看见")
    assert not any("不该看见".encode() in body for _, body in theirs.answers)


def test_a_conflict_tells_what_happened_in_both_languages(crews: Field) -> None:
    kept, _, _ = _asked(crews)
    assert set(kept["text"]) == {"zh", "en"}
    assert "note" in kept["text"]["en"] or kept["text"]["en"]
    assert kept["cmd"] == "edit"


def test_a_conflict_about_nothing_known_goes_to_the_desk_of_its_person(crews: Field) -> None:
    phone = crews.phone("stranger")
    clock_in(phone)
    phone.hs.do("no.such", "nothings", new_id(), {})
    phone.sync()
    assert len(crews.conflicts("far_dispatcher")) == 1
    assert crews.conflicts("dispatcher") == []


def test_a_refused_act_on_anothers_row_tells_nothing_of_the_row(handset: Handset, crews: Field) -> None:
    far = crews.order("far", area_path=LIANHE, note="秘密")
    handset.push(handset.edit("workorders", far, {}, note="x"))
    (kept,) = crews.conflicts("crew")
    assert kept["why"]["code"] == "sync.out_of_scope"
    assert "秘密" not in str(kept)
    assert [c["id"] for c in crews.conflicts("far_dispatcher")] == [kept["id"]]
    assert crews.conflicts("dispatcher") == []
    assert DISTRICT in LIANHE
