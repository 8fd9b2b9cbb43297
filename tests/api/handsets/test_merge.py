"""Two phones that wrote the same order while neither saw the other."""

from tests.api.handsets.conftest import Field
from tests.phones import Phone

ON_POSTGRES = {
    "test_the_later_crew_note_stands_whoever_comes_first",
    "test_a_later_writer_who_saw_the_note_wins_even_with_a_slow_clock",
    "test_photos_of_both_are_kept",
}
"""What asks the store something of its own; the rest runs there in `make test-full`."""


def _two(crews: Field, **order: object) -> tuple[Phone, Phone, str]:
    order_id = crews.order(**order)
    return crews.phone("crew"), crews.phone("mate"), order_id


def _edits(crews: Field, phone: Phone, order: str, **values: object) -> None:
    crews.later(seconds=10)
    phone.hs.edit("workorders", order, values)


def _settled(*phones: Phone) -> None:
    """Everybody syncs until nobody has news; then all agree with the server."""
    for _ in range(2):
        for phone in phones:
            phone.sync()
    for phone in phones:
        assert phone.hs.standing().synced
        assert phone.hs.drifted() == []


def test_a_note_that_two_wrote_is_kept_twice_for_a_person_to_decide(crews: Field) -> None:
    ours, theirs, order = _two(crews, note="原文")
    _edits(crews, ours, order, note="我们的话")
    _edits(crews, theirs, order, note="他们的话")
    _settled(ours, theirs)
    assert (ours.outcome(1), theirs.outcome(1)) == ("applied", "conflict")
    assert crews.stands(order)["note"] == "我们的话"
    (kept,) = crews.conflicts(state="open")
    assert kept["fields"] == [
        {
            "f": "note",
            "base": "原文",
            "server": "我们的话",
            "device": "他们的话",
            "policy": "ask",
            "chosen": "server",
            "withheld": False,
        }
    ]
    assert kept["payload"]["ops"][0]["set"] == {"note": "他们的话"}
    assert (kept["t"], kept["row"], kept["user"]) == ("workorders", order, crews.id("mate"))
    assert theirs.ids("conflicts") == {kept["id"]} == {c["id"] for c in crews.conflicts("mate")}
    assert theirs.hs.standing().conflicts == 1


def test_the_desks_phone_holds_the_conflict_as_well(crews: Field) -> None:
    ours, theirs, order = _two(crews)
    desk = crews.phone("dispatcher")
    _edits(crews, ours, order, note="甲")
    _edits(crews, theirs, order, note="乙")
    _settled(ours, theirs, desk)
    assert desk.ids("conflicts") == theirs.ids("conflicts") != set()
    assert ours.ids("conflicts") == set()


def test_whose_words_the_last_writer_took_away_is_told(crews: Field) -> None:
    ours, theirs, order = _two(crews)
    _edits(crews, ours, order, crew_note="先说的")
    _edits(crews, theirs, order, crew_note="后说的")
    _settled(ours, theirs)
    assert crews.stands(order)["crew_note"] == "后说的"
    (kept,) = crews.conflicts()
    assert (kept["state"], kept["severity"]) == ("settled", "info")
    assert (kept["fields"][0]["server"], kept["fields"][0]["chosen"]) == ("先说的", "device")
    assert kept["id"] in ours.ids("conflicts"), "the crew whose words went must see them"


def test_the_later_crew_note_stands_whoever_comes_first(crews: Field) -> None:
    for late_first in (False, True):
        ours, theirs, order = _two(crews)
        _edits(crews, ours, order, crew_note="先说的")
        _edits(crews, theirs, order, crew_note="后说的")
        _settled(*((theirs, ours) if late_first else (ours, theirs)))
        assert crews.stands(order)["crew_note"] == "后说的"
        for phone in (ours, theirs):
            row = phone.row("workorders", order)
            assert row is not None
            assert row["crew_note"] == "后说的"


def test_a_later_writer_who_saw_the_note_wins_even_with_a_slow_clock(crews: Field) -> None:
    order = crews.order()
    ours, slow = crews.phone("crew"), crews.phone("mate")
    slow.time.error_ms = -3_600_000
    _edits(crews, ours, order, crew_note="一")
    _settled(ours, slow)
    slow.time.reboot()
    _edits(crews, slow, order, crew_note="二")
    slow.time.reboot()
    slow.sync()
    assert crews.stands(order)["crew_note"] == "二"
    assert crews.conflicts() == []


def test_photos_of_both_are_kept(crews: Field) -> None:
    ours, theirs, order = _two(crews)
    first, second, third = "1" * 64, "2" * 64, "3" * 64
    _edits(crews, ours, order, photos=[first, second])
    _edits(crews, theirs, order, photos=[second, third])
    _settled(theirs, ours)
    assert sorted(crews.stands(order)["photos"]) == [first, second, third]
    assert crews.conflicts() == []


def test_the_higher_priority_stands(crews: Field) -> None:
    for higher_first in (False, True):
        ours, theirs, order = _two(crews)
        _edits(crews, ours, order, priority=7)
        _edits(crews, theirs, order, priority=3)
        _settled(*((ours, theirs) if higher_first else (theirs, ours)))
        assert crews.stands(order)["priority"] == 7
        assert crews.conflicts() == []


def test_ones_own_two_edits_off_line_are_no_conflict(crews: Field) -> None:
    ours, theirs, order = _two(crews)
    for text in ("一", "二", "三"):
        _edits(crews, ours, order, note=text, crew_note=text)
    _settled(ours, theirs)
    assert [ours.outcome(n) for n in (1, 2, 3)] == ["applied"] * 3
    assert crews.stands(order)["note"] == "三"
    assert crews.conflicts() == []


def test_ones_own_second_phone_is_another_phone(crews: Field) -> None:
    order = crews.order()
    first, second = crews.phone("crew"), crews.phone("crew")
    _edits(crews, first, order, note="一")
    _edits(crews, second, order, note="二")
    _settled(first, second)
    assert second.outcome(1) == "conflict"


def test_different_fields_of_one_order_do_not_meet(crews: Field) -> None:
    ours, theirs, order = _two(crews)
    _edits(crews, ours, order, note="甲")
    _edits(crews, theirs, order, crew_note="乙", priority=2)
    _settled(ours, theirs)
    seen = crews.stands(order)
    assert (seen["note"], seen["crew_note"], seen["priority"]) == ("甲", "乙", 2)
    assert crews.conflicts() == []


def test_the_same_words_from_two_are_no_conflict(crews: Field) -> None:
    ours, theirs, order = _two(crews)
    _edits(crews, ours, order, note="井盖坏了")
    _edits(crews, theirs, order, note="井盖坏了")
    _settled(ours, theirs)
    assert theirs.outcome(1) == "applied"
    assert crews.conflicts() == []


def test_a_field_of_the_server_is_not_for_phones_to_write(crews: Field) -> None:
    ours, _, order = _two(crews)
    for name, value in (("step", "closed"), ("title", "x"), ("team_id", crews.district.teams["far"]), ("photos", "x")):
        _edits(crews, ours, order, **{name: value, "crew_note": "不该留下"})
    ours.sync()
    assert [ours.outcome(n) for n in range(1, 5)] == ["rejected"] * 4
    assert [ours.why(n) for n in range(1, 4)] == ["sync.field_not_editable"] * 3
    assert crews.stands(order)["crew_note"] == "", "one mutation is all or nothing"
    assert len(crews.conflicts(state="open")) == 4


def test_an_edit_may_name_a_field_this_server_does_not_know(crews: Field) -> None:
    ours, _, order = _two(crews)
    _edits(crews, ours, order, crew_note="好", mood="sunny")
    ours.sync()
    assert ours.results()[1]["ignored"] == ["ops.workorders.mood"]
    assert crews.stands(order)["crew_note"] == "好"


def test_an_edit_with_a_value_of_the_wrong_sort_is_refused_and_kept(crews: Field) -> None:
    ours, _, order = _two(crews)
    for values in (
        {"priority": "high"},
        {"priority": 10},
        {"crew_note": 7},
        {"note": "长" * 5_000},
        {"photos": ["x"]},
    ):
        _edits(crews, ours, order, **values)
    ours.sync()
    assert [ours.outcome(n) for n in range(1, 6)] == ["rejected"] * 5
    assert len(crews.conflicts(state="open")) == 5
