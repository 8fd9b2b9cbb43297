"""Pushing: once each, in order, an answer for every mutation, and nothing that jams the queue."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from backend.attendance.tables import Punch
from backend.kernel.ids import new_id
from sync.protocol import MUTATION_BYTES_MAX
from tests.api.handsets.conftest import Field, clock_in
from tests.makers import Handset
from tests.phones import Phone

CLOCK_IN = ("attendance.clock_in", "punches")


def test_a_fact_done_off_line_is_applied_and_comes_back_with_the_pull(crews: Field) -> None:
    phone = crews.phone("crew")
    crews.later(hours=3)
    punch = clock_in(phone, note="早班")
    phone.sync()
    assert phone.outcome(1) == "applied"
    row = phone.row("punches", punch)
    assert row is not None
    assert (row["note"], row["person_id"]) == ("早班", crews.id("crew"))
    assert phone.hs.standing().synced


def test_facts_taken_by_the_dozen_keep_every_character_of_what_was_said(crews: Field) -> None:
    phone = crews.phone("crew")
    said = ["\\.", "\\N", "a\tb\nc", "引号\"和'", "\\\\x41", "😀", ""]
    punches = [clock_in(phone, note=note) for note in said]
    phone.sync()
    rows = [phone.row("punches", punch) for punch in punches]
    assert [row["note"] if row else None for row in rows] == said
    assert phone.hs.drifted() == []


def test_the_same_push_again_is_answered_word_for_word(handset: Handset, house: Any) -> None:
    body = handset.push_body([handset.deed(*CLOCK_IN), handset.deed("no.such", "punches"), handset.deed(*CLOCK_IN)])
    first = handset.post("/sync/v1/push", body, expect=200)
    again = handset.post("/sync/v1/push", body, expect=200)
    assert first.content == again.content
    assert [r["r"] for r in first.json()["results"]] == ["applied", "rejected", "applied"]


def test_a_lost_answer_makes_nothing_happen_twice(crews: Field) -> None:
    phones = [crews.phone("crew"), crews.phone("mate")]
    order = crews.order()
    for phone in phones:
        phone.sync()
        clock_in(phone)
        phone.hs.do("workorders.start", "workorders", order, {})
        phone.hs.edit("workorders", order, {"crew_note": "到了"})
        phone.lose_answers = 1
        phone.sync()
        assert phone.hs.acked == 0
        phone.sync()
        assert phone.hs.acked == 3
    assert crews.count(Punch) == 2
    assert crews.history(order).count(("start", "applied")) == 1
    for phone in phones:
        phone.sync()
        assert phone.hs.drifted() == []


def test_a_value_confirmed_beside_other_edits_stays_the_later_word(crews: Field) -> None:
    orders = [crews.order(), crews.order()]
    first, second, late = (crews.phone(name) for name in ("crew", "mate", "mate"))
    first.hs.edit("workorders", orders[0], {"crew_note": "井盖松动"})
    crews.later(minutes=10)
    late.hs.edit("workorders", orders[0], {"crew_note": "没有发现"})
    crews.later(minutes=10)
    for order in orders:
        second.hs.edit("workorders", order, {"crew_note": "井盖松动", "priority": 2})
    for phone in (first, second, late):
        phone.sync()
    assert crews.stands(orders[0])["crew_note"] == "井盖松动"
    assert crews.stands(orders[0])["priority"] == 2


def test_a_part_of_a_queue_that_is_known_is_told_again_and_the_rest_is_taken(handset: Handset, crews: Field) -> None:
    muts = [handset.deed(*CLOCK_IN) for _ in range(4)]
    handset.push(*muts[:2])
    said = handset.push(*muts)
    assert said["acked"] == 4
    assert [r["n"] for r in said["results"]] == [1, 2, 3, 4]
    assert crews.count(Punch) == 4


def test_a_gap_is_refused_with_the_number_that_is_wanted(handset: Handset, crews: Field) -> None:
    muts = [handset.deed(*CLOCK_IN) for _ in range(4)]
    handset.push(muts[0])
    for sent in (muts[2:], [muts[1], muts[3]], [muts[2], muts[1]]):
        refused = handset.push(*sent, expect=409)
        assert refused["code"] == "sync.gap"
    assert handset.push(muts[3], expect=409)["params"]["expected"] == 2
    assert crews.count(Punch) == 1


def test_a_number_used_twice_ends_the_epoch_and_the_phone_queues_anew(crews: Field) -> None:
    phone = crews.phone("crew")
    clock_in(phone, note="一")
    phone.lose_answers = 1
    phone.sync(pull=False)
    # The phone's store is set back and another act takes the number; the first is done again after it.
    first = phone.hs.waiting()[0].mutation()
    phone.store.drop_entries(1, phone.hs.user)
    phone.store.put(f"last_n/1/{phone.hs.user}", 0)
    clock_in(phone, note="二")
    phone.hs.do(*CLOCK_IN, first["row"]["id"], first["params"])
    phone.sync()
    assert phone.hs.epoch == 2
    assert [phone.outcome(n) for n in (1, 2)] == ["applied", "duplicate"]
    assert crews.count(Punch) == 2
    assert phone.hs.standing().synced
    assert crews.desk("admin").get("/handsets/v1/devices", expect=200).json()["items"][0]["epoch"] == 2


def test_the_word_that_a_number_was_used_twice_may_itself_be_lost(crews: Field) -> None:
    phone = crews.phone("crew")
    clock_in(phone)
    phone.lose_answers = 1
    phone.sync(pull=False)
    phone.store.drop_entries(1, phone.hs.user)
    phone.store.put(f"last_n/1/{phone.hs.user}", 0)
    clock_in(phone)
    phone.lose_answers = 1
    phone.sync(pull=False)
    phone.sync()
    assert (phone.hs.epoch, phone.outcome(1)) == (2, "applied")


def test_a_phone_that_never_heard_of_its_new_epoch_goes_on_under_it(crews: Field) -> None:
    phone = crews.phone("crew")
    path, ask = f"/handsets/v1/devices/{phone.device_id}/epoch", {"device_secret": phone.secret}
    assert crews.client.post(path, json=ask).json()["epoch"] == 2  # and the answer is lost
    clock_in(phone)
    phone.sync()
    assert (phone.hs.epoch, crews.conflicts(), crews.count(Punch)) == (2, [], 1)
    assert phone.outcome(1) == "applied"
    assert phone.hs.standing().synced


def test_new_work_under_an_ended_epoch_is_sent_on_and_what_is_known_is_answered(handset: Handset, crews: Field) -> None:
    known, late = handset.deed(*CLOCK_IN), handset.deed(*CLOCK_IN, note="旧")
    said = handset.push(known)
    path, ask = f"/handsets/v1/devices/{handset.device_id}/epoch", {"device_secret": handset.device_secret}
    assert crews.client.post(path, json=ask).json()["epoch"] == 2
    assert handset.push(known)["results"] == said["results"]
    refused = handset.push(known, late, expect=409)
    assert (refused["code"], refused["params"]) == ("sync.stale_epoch", {"epoch": 2})
    assert (crews.conflicts(), crews.count(Punch)) == ([], 1)
    anew = [late | {"n": 1, "first": {"epoch": 1, "n": 2}}, known | {"n": 2, "first": {"epoch": 1, "n": 1}}]
    results = handset.push(*anew, epoch=2)["results"]
    assert [result["r"] for result in results] == ["applied", "applied"]
    assert results[1] == said["results"][0] | {"n": 2}
    assert crews.count(Punch) == 2
    assert handset.push(epoch=3, expect=409)["code"] == "sync.unknown_epoch"


def test_what_stands_before_a_number_used_twice_is_not_done_twice(crews: Field) -> None:
    phone, order = crews.phone("crew"), crews.order()
    phone.sync()
    phone.hs.do("workorders.start", "workorders", order, {})
    broken = phone.hs.do("workorders.pause", "workorders", order, {"reason": "等人"})
    phone.lose_answers = 1
    phone.sync(pull=False)
    phone.hs.void(broken, "it broke", {})
    phone.sync()
    assert (phone.hs.epoch, [phone.outcome(n) for n in (1, 2)]) == (2, ["applied", "rejected"])
    assert crews.history(order).count(("start", "applied")) == 1
    assert phone.hs.standing().synced


# -- what cannot be taken harms no other --------------------------------------------------------------------------


def _deep(levels: int) -> Any:
    nested: Any = 1
    for _ in range(levels):
        nested = {"a": nested}
    return nested


ID = "01a1fd43-9955-7e19-a958-4020657e3f6b"
BROKEN: dict[str, tuple[Callable[[dict[str, Any]], dict[str, Any]], str]] = {
    "unknown command": (lambda m: m | {"cmd": "no.such"}, "sync.unknown_command"),
    "unknown kind": (lambda m: m | {"row": m["row"] | {"t": "nothings"}}, "sync.unknown_kind"),
    "no row": (lambda m: {k: v for k, v in m.items() if k != "row"}, "sync.row_missing"),
    "unknown row": (
        lambda m: m | {"cmd": "workorders.start", "row": {"t": "workorders", "id": ID}},
        "sync.unknown_row",
    ),
    "edit of an unknown row": (
        lambda m: m | {"cmd": "edit", "ops": [{"t": "workorders", "id": ID, "set": {"note": "x"}}]},
        "sync.unknown_row",
    ),
    "edit of an unknown kind": (
        lambda m: m | {"cmd": "edit", "ops": [{"t": "nothings", "id": ID, "set": {"note": "x"}}]},
        "sync.unknown_kind",
    ),
    "edit of a kind without registers": (
        lambda m: m | {"cmd": "edit", "ops": [{"t": "punches", "id": ID, "set": {"note": "x"}}]},
        "sync.unknown_kind",
    ),
    "edit without ops": (lambda m: m | {"cmd": "edit"}, "sync.row_missing"),
    "params of the wrong sort": (lambda m: m | {"params": {"note": 7}}, "sync.params_invalid"),
    "params that are no object": (lambda m: m | {"params": []}, "sync.mutation_invalid"),
    "no time": (lambda m: {k: v for k, v in m.items() if k != "at"}, "sync.mutation_invalid"),
    "a time that is no number": (lambda m: m | {"at": {"wall_ms": "now"}}, "sync.mutation_invalid"),
    "a command that is no name": (lambda m: m | {"cmd": "; DROP TABLE\x00"}, "sync.mutation_invalid"),
    "a command that is no text": (lambda m: m | {"cmd": {"\x00": []}}, "sync.mutation_invalid"),
    "a row id that is no id": (lambda m: m | {"row": m["row"] | {"id": "1"}}, "sync.mutation_invalid"),
    "too many needs": (lambda m: m | {"needs": [ID] * 21}, "sync.mutation_invalid"),
    "too large": (lambda m: m | {"params": {"note": "长" * MUTATION_BYTES_MAX}}, "sync.mutation_too_large"),
    "nested too deep": (lambda m: m | {"params": {"x": _deep(300)}}, "sync.mutation_invalid"),
    "nested far too deep": (lambda m: m | {"params": {"x": _deep(700)}}, "sync.mutation_invalid"),
    "a void": (lambda m: m | {"cmd": "void", "params": {"reason": "broken"}}, "sync.voided"),
    "a text no database takes": (lambda m: m | {"params": {"note": "\x00"}}, "sync.params_invalid"),
}


def test_a_mutation_that_cannot_be_taken_is_kept_whole_and_the_next_is_taken(handset: Handset, crews: Field) -> None:
    for i, (how, (change, code)) in enumerate(BROKEN.items(), 1):
        before, sound, after = handset.deed(*CLOCK_IN), handset.deed(*CLOCK_IN, note="要紧"), handset.deed(*CLOCK_IN)
        broken = change(sound)
        said = handset.push(before, broken, after)
        assert [r["r"] for r in said["results"]] == ["applied", "rejected", "applied"], how
        assert said["results"][1]["why"]["code"] == code, how
        assert said["acked"] == 3 * i
        assert handset.push(before, broken, after)["results"] == said["results"], how
        kept = crews.conflicts()[0]
        assert kept["id"] == said["results"][1]["conflict"]
        whole = orjson.loads(kept["payload"]["text"]) if "nested" in how else kept["payload"]
        assert whole == broken, how
        assert kept["id"] in {f["id"] for f in handset.pull() if f.get("t") == "conflicts"}, how
    assert crews.count(Punch) == 2 * len(BROKEN)


def test_a_mutation_without_a_number_is_beyond_help(handset: Handset) -> None:
    for n in (None, 0, -1, "1", 1.0, True, 2**53):
        refused = handset.push(handset.deed(*CLOCK_IN) | {"n": n}, expect=422)
        assert refused["code"] == "sync.number_invalid"


def test_unknown_fields_of_a_mutation_are_named_and_harm_nothing(handset: Handset, crews: Field) -> None:
    deed = handset.deed(*CLOCK_IN, note="好", mood="sunny") | {"weather": 7}
    deed["row"]["colour"] = "red"
    said = handset.push(deed)["results"][0]
    assert (said["r"], said["ignored"]) == ("applied", ["weather", "row.colour", "params.mood"])


def test_unknown_fields_of_the_envelope_are_refused(handset: Handset) -> None:
    assert handset.push(strange=1, expect=422)["code"] == "request.invalid"
    assert "strange" in str(handset.push(strange=1, expect=422)["params"])
    assert handset.pull(strange=1, expect=422)[0]["code"] == "request.invalid"


def test_another_fact_under_a_known_id_is_refused_and_kept(crews: Field) -> None:
    ours, theirs = crews.phone("crew"), crews.phone("mate")
    punch = clock_in(ours, note="我的")
    theirs.hs.do(*CLOCK_IN, punch, {"note": "他的"})
    ours.sync()
    theirs.sync()
    assert (theirs.outcome(1), theirs.why(1)) == ("rejected", "sync.row_exists")
    assert crews.conflicts()[0]["payload"]["params"] == {"note": "他的"}
    assert crews.count(Punch) == 1


def test_the_same_fact_twice_in_one_push_is_one_fact(handset: Handset, crews: Field) -> None:
    first = handset.deed(*CLOCK_IN)
    second = handset.deed(*CLOCK_IN, first["row"]["id"])
    said = handset.push(first, second, handset.deed(*CLOCK_IN))
    assert [r["r"] for r in said["results"]] == ["applied", "duplicate", "applied"]
    assert crews.count(Punch) == 2


def test_who_may_not_do_a_thing_is_told_and_their_entry_kept(crews: Field) -> None:
    phone = crews.phone("handler")
    phone.hs.do("gas.scan", "scans", new_id(), {})
    clock_in(phone)
    phone.sync()
    assert [phone.outcome(n) for n in (1, 2)] == ["rejected", "applied"]
    assert len(crews.conflicts()) == 1


def test_an_empty_push_says_only_that_nothing_waits(handset: Handset) -> None:
    now_ms = handset.at()["wall_ms"]
    assert handset.push() == {"acked": 0, "results": [], "received_ms": now_ms, "server_ms": now_ms}


def test_a_phone_refuses_an_over_long_entry_when_it_is_queued(crews: Field) -> None:
    phone: Phone = crews.phone("crew")
    with pytest.raises(Exception, match=r"sync\.mutation_too_large"):
        clock_in(phone, note="长" * MUTATION_BYTES_MAX)
    assert phone.hs.waiting() == []
    assert orjson.loads(phone.requests[0].body)["muts"] == []
