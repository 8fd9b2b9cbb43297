"""What a Taker promises: once, in order, all or none of each; and no entry stands in the way of the next."""

import pytest

from sync.conflicts import Severity
from sync.mutations import DeviceRevoked, Gap, NumberInvalid, SequenceReused
from sync.protocol import N_MAX, RESULTS_KEPT, Push, PushClock, Result
from sync.push import Taker
from tests.unit.sync.toy import ANN, NOW_MS, ORDER, REGISTRY, SCAN, SECOND, SIGNER, Desk, Phone, an_id, world

World = tuple[Desk, Phone, Phone]


@pytest.fixture
def toy() -> World:
    return world()


# -- once, and in order -----------------------------------------------------------------------------------------------


def test_a_push_that_comes_again_is_answered_word_for_word_and_does_nothing(toy: World) -> None:
    desk, ann, _ = toy
    said = [
        ann.did("order.start", more="unknown", count=2),
        ann.edits(count=5, word="mine", base=0),
        ann.did("order.start", an_id(99)),
        ann.did("scan.add", SCAN),
        ann.did("scan.add", an_id(33)),
        ann.did("order.finish", needs=[an_id(98)]),
        ann.said(cmd="void", params={"reason": "torn"}),
        {"n": ann.n + 1, "cmd": 7},
    ]
    first = ann.push(*said)
    stood, head, kept = {k: dict(v) for k, v in desk.rows.items()}, desk.journal.head(), len(desk.conflicts)
    for many in (said, said[:3], said[4:]):
        again = ann.push(*many)
        assert again.acked == first.acked == 8
        assert [o.model_dump_json() for o in again.results] == [
            o.model_dump_json() for o in first.results if o.n in {m["n"] for m in many}
        ]
    assert (desk.rows, desk.journal.head(), len(desk.conflicts)) == (stood, head, kept)


def test_old_and_new_in_one_push_are_answered_in_order(toy: World) -> None:
    desk, ann, _ = toy
    first = ann.did("order.start")
    ann.push(first)
    answer = ann.push(first, ann.did("order.finish"))
    assert [(o.n, o.r) for o in answer.results] == [(1, Result.applied), (2, Result.applied)]
    assert [(step, n) for step, n, _ in desk.deeds] == [("started", 1), ("done", 2)]


@pytest.mark.parametrize("numbers", [[2], [1, 3], [1, 1], [2, 1]])
def test_a_gap_is_told_before_anything_is_done(toy: World, numbers: list[int]) -> None:
    desk, ann, _ = toy
    said = [ann.did("scan.add", an_id(50 + i)) | {"n": n} for i, n in enumerate(numbers)]
    with pytest.raises(Gap) as gap:
        ann.push(*said)
    assert gap.value.params["expected"] == 1
    assert desk.deeds == []
    assert ann.push().acked == 0


def test_a_number_used_again_for_something_else_is_never_a_duplicate(toy: World) -> None:
    desk, ann, _ = toy
    ann.push(ann.did("order.start"))
    deeds = list(desk.deeds)
    with pytest.raises(SequenceReused) as reused:
        ann.push(ann.did("scan.add") | {"n": 1}, ann.did("scan.add") | {"n": 2})
    assert reused.value.params == {"n": 1}
    assert desk.deeds == deeds


def test_what_was_forgotten_is_a_duplicate_with_the_row_as_it_stands(toy: World) -> None:
    desk, ann, _ = toy
    first = ann.did("order.start")
    for start in range(0, RESULTS_KEPT + 100, 100):
        ann.push(*([first] if start == 0 else []), *(ann.did("scan.add", an_id(1000 + start + i)) for i in range(100)))
    desk.write("order", ORDER, step="done")
    outcome = ann.one(first)
    assert outcome.r is Result.duplicate
    assert [row.ver for row in outcome.rows] == [desk.journal.head()]


def test_two_people_on_one_phone_have_two_queues(toy: World) -> None:
    desk, ann, _ = toy
    bo = Phone(desk, user=an_id(2))
    assert ann.push(ann.did("scan.add", an_id(60))).acked == 1
    assert bo.push(bo.did("scan.add", an_id(61))).acked == 1
    assert {n for _, n, _ in desk.deeds} == {1}


def test_a_missing_number_is_refused_whole(toy: World) -> None:
    _, ann, _ = toy
    with pytest.raises(NumberInvalid):
        ann.push({"cmd": "order.start"})


# -- nothing blocks ---------------------------------------------------------------------------------------------------


def test_a_poisoned_write_is_kept_whole_and_the_next_is_taken(toy: World) -> None:
    desk, ann, _ = toy
    said = [
        ann.did("order.start", count=13),
        ann.did("order.start", count=14),
        ann.did("order.start", count="no number"),
        ann.did("order.nothing"),
        ann.did("scan.start", ORDER) | {"cmd": "order.start"},
        ann.said(cmd="order.start"),
        ann.said(cmd="edit"),
        ann.edits(note="poison", base=desk.journal.head()),
        ann.edits(step="done"),
        ann.edits(an_id(99), note="x"),
        ann.said(cmd="edit", ops=[{"t": "nothing", "id": ORDER, "set": {"a": 1}}]),
        ann.said(cmd="void", params={"reason": "torn"}),
        ann.said(cmd="order.start", row={"t": "order", "id": "no id"}),
        ann.said(at="never", cmd="order.start"),
        ann.did("order.finish"),
    ]
    answer = ann.push(*said)
    assert [outcome.why.code for outcome in answer.results[:-1] if outcome.why] == [
        "toy.too_big",
        "server.fault",
        "sync.params_invalid",
        "sync.unknown_command",
        "sync.unknown_kind",
        "sync.row_missing",
        "sync.row_missing",
        "toy.too_big",
        "sync.field_not_editable",
        "sync.unknown_row",
        "sync.unknown_kind",
        "sync.voided",
        "sync.mutation_invalid",
        "sync.mutation_invalid",
    ]
    assert {outcome.r for outcome in answer.results[:-1]} == {Result.rejected}
    assert [desk.conflicts[outcome.conflict or ""].payload for outcome in answer.results[:-1]] == said[:-1]
    assert answer.results[-1].r is Result.applied
    assert (answer.acked, desk.rows["order", ORDER]["step"]) == (len(said), "done")
    assert [type(fault) for fault in desk.faults] == [ZeroDivisionError]
    assert desk.conflicts["conflict 2"].severity is Severity.broken
    assert desk.conflicts["conflict 1"].severity is Severity.refused


def test_a_mutation_of_two_rows_is_done_whole_or_not_at_all(toy: World) -> None:
    desk, ann, _ = toy
    desk.write("order", SECOND)
    ops = [
        {"t": "order", "id": ORDER, "set": {"word": "taken"}},
        {"t": "order", "id": SECOND, "set": {"word": "poison"}},
    ]
    assert ann.one(ann.said(cmd="edit", ops=ops)).r is Result.rejected
    assert desk.rows["order", ORDER]["word"] == "as it was"
    row = desk.journal.row("order", ORDER)
    assert row is not None
    assert row.value("word") == "as it was"


def test_unknown_names_are_named_and_left_unapplied(toy: World) -> None:
    desk, ann, _ = toy
    start = ann.did("order.start", count=1, zone=8) | {"params": {"count": 1, "mood": "good"}}
    assert ann.one(start).ignored == ["zone", "params.mood"]
    edit = ann.edits(word="said", colour="red", base=99)
    assert ann.one(edit).ignored == ["ops.order.colour"]
    facts = [ann.did("scan.add", an_id(60 + i), extra=i) for i in range(2)]
    assert [outcome.ignored for outcome in ann.push(*facts).results] == [["extra"], ["extra"]]
    assert "colour" not in desk.rows["order", ORDER]


# -- merge and conflict -----------------------------------------------------------------------------------------------


def test_an_edit_of_what_nobody_changed_is_applied(toy: World) -> None:
    desk, ann, _ = toy
    outcome = ann.one(ann.edits(note="mine", base=desk.journal.head()))
    assert (outcome.r, outcome.conflict, outcome.seq) == (Result.applied, None, desk.journal.head())
    row = desk.journal.row("order", ORDER)
    assert row is not None
    assert row.field_version("note")[1] == f"{ann.device}:1:{ANN}"


def test_two_who_write_one_field_are_kept_both(toy: World) -> None:
    desk, ann, bo = toy
    base = desk.journal.head()
    ann.push(ann.edits(note="ann's", base=base))
    outcome = bo.one(bo.edits(note="bo's", base=base, was={"note": "as it was"}))
    assert outcome.r is Result.conflict
    kept = desk.conflicts[outcome.conflict or ""]
    assert kept.severity is Severity.decide
    (lost,) = kept.fields
    assert (lost.base, lost.server, lost.device, lost.chosen) == ("as it was", "ann's", "bo's", "server")
    assert desk.rows["order", ORDER]["note"] == "ann's"


def test_the_later_word_stands_and_the_other_is_told(toy: World) -> None:
    for late_first in (False, True):
        desk, ann, bo = world()
        base = desk.journal.head()
        early = ann.edits(word="early", base=base) | {"at": {"wall_ms": NOW_MS - 9_000}}
        late = bo.edits(word="late", base=base)
        pushes = [(bo, late), (ann, early)] if late_first else [(ann, early), (bo, late)]
        outcomes = [phone.one(mutation) for phone, mutation in pushes]
        assert [outcome.r for outcome in outcomes] == [Result.applied, Result.merged]
        assert desk.rows["order", ORDER]["word"] == "late"
        assert [kept.severity for kept in desk.conflicts.values()] == [Severity.info]


def test_fields_of_every_sort_in_one_edit(toy: World) -> None:
    desk, ann, bo = toy
    base = desk.journal.head()
    values = {"count": 2, "high": 5, "photos": ["p1"], "serial": "s", "tags": {"add": ["b"]}, "holder": "ann"}
    ann.push(ann.edits(base=base, **values))
    values = {"count": 3, "high": 4, "photos": ["p2"], "serial": "z", "tags": {"remove": ["a"]}, "holder": "bo"}
    outcome = bo.one(bo.edits(base=base, was={"tags": ["a"]}, **values))
    row = desk.rows["order", ORDER]
    assert (row["count"], row["high"], row["photos"], row["tags"]) == (6, 5, ["p1", "p2"], ["b"])
    assert (row["serial"], row["holder"]) == ("s", "ann")
    assert outcome.r is Result.conflict
    assert sorted(lost.f for lost in desk.conflicts[outcome.conflict or ""].fields) == ["holder", "serial"]


def test_ones_own_earlier_writes_are_no_conflict(toy: World) -> None:
    desk, ann, _ = toy
    base = desk.journal.head()
    answer = ann.push(ann.edits(note="first", base=base), ann.edits(note="second", base=base))
    assert [outcome.r for outcome in answer.results] == [Result.applied] * 2
    assert ann.one(ann.edits(note="third", base=base)).r is Result.applied
    assert desk.conflicts == {}


@pytest.mark.parametrize("beyond", [1, 10**6, N_MAX])
def test_a_base_beyond_the_present_saw_nothing_of_ours(toy: World, beyond: int) -> None:
    """After a restore from a backup a phone may have seen what is no more; it must not overwrite unseen."""
    desk, ann, bo = toy
    ann.push(ann.edits(note="ann's", base=desk.journal.head()))
    outcome = bo.one(bo.edits(note="bo's", base=min(desk.journal.head() + beyond, N_MAX)))
    assert outcome.r is Result.conflict
    assert desk.rows["order", ORDER]["note"] == "ann's"


def test_an_edit_of_a_deleted_row_is_kept(toy: World) -> None:
    desk, ann, _ = toy
    desk.delete("order", ORDER)
    outcome = ann.one(ann.edits(note="late"))
    assert outcome.why is not None
    assert outcome.why.code == "sync.unknown_row"
    assert desk.conflicts[outcome.conflict or ""].row == ORDER


# -- states -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "result", "kept", "stands"),
    [
        ("started", Result.merged, 0, "started"),
        ("given", Result.merged, 0, "started"),
        ("done", Result.conflict, 1, "done"),
        ("cancelled", Result.conflict, 1, "cancelled"),
        ("unlisted", Result.applied, 0, "started"),
    ],
)
def test_a_state_that_moved_on_is_judged_by_the_table(
    toy: World, state: str, result: Result, kept: int, stands: str
) -> None:
    desk, ann, _ = toy
    base = {"step": desk.journal.head()}
    desk.write("order", ORDER, step=state)
    outcome = ann.one(ann.did("order.start", base=base))
    assert (outcome.r, len(desk.conflicts)) == (result, kept)
    assert desk.rows["order", ORDER]["step"] == stands
    assert [verdict for _, _, verdict in desk.deeds] == ([] if state == "started" else desk_verdicts(state))


def desk_verdicts(state: str) -> list[str]:
    return [{"given": "supersede", "done": "compensate", "cancelled": "conflict", "unlisted": "apply"}[state]]


def test_a_state_that_was_seen_is_the_actions_own_affair(toy: World) -> None:
    desk, ann, _ = toy
    desk.write("order", ORDER, step="cancelled")
    assert ann.one(ann.did("order.start", base={"step": desk.journal.head()})).r is Result.applied


# -- facts ------------------------------------------------------------------------------------------------------------


def test_facts_are_taken_in_bulk(toy: World) -> None:
    desk, ann, _ = toy
    answer = ann.push(*(ann.did("scan.add", an_id(60 + i), count=i) for i in range(5)))
    assert [(deed, n) for deed, n, _ in desk.deeds] == [("scans", n) for n in range(1, 6)]
    assert [outcome.rows[0].ver for outcome in answer.results] == sorted(
        desk.journal.versions("scan", [an_id(60 + i) for i in range(5)]).values()
    )


def test_facts_in_bulk_fall_back_to_one_by_one(toy: World) -> None:
    desk, ann, _ = toy
    answer = ann.push(*(ann.did("scan.add", an_id(60 + i), count=12 + i) for i in range(3)))
    assert [outcome.r for outcome in answer.results] == [Result.applied, Result.rejected, Result.applied]
    assert [(deed, n) for deed, n, _ in desk.deeds] == [("scan", 1), ("scan", 3)]


def test_two_facts_under_one_id_in_one_push(toy: World) -> None:
    desk, ann, _ = toy
    alike = [ann.did("scan.add", SCAN, count=1), ann.did("scan.add", SCAN, count=1), ann.did("scan.add", SCAN, count=2)]
    answer = ann.push(*alike)
    assert [outcome.r for outcome in answer.results] == [Result.applied, Result.duplicate, Result.rejected]
    assert desk.rows["scan", SCAN]["count"] == 1


@pytest.mark.parametrize("many", [1, 2])
def test_the_same_fact_queued_anew_is_known_and_another_is_refused(toy: World, many: int) -> None:
    desk, ann, _ = toy
    facts = [ann.did("scan.add", an_id(60 + i), count=i) for i in range(many)]
    ann.push(*facts)
    anew = Phone(desk, epoch=2)
    answer = anew.push(*facts)
    assert [outcome.r for outcome in answer.results] == [Result.duplicate] * many
    assert all(outcome.rows for outcome in answer.results)
    other = Phone(desk, epoch=3)
    refused = other.one(other.did("scan.add", an_id(60), count=9))
    assert refused.why is not None
    assert refused.why.code == "sync.row_exists"
    assert desk.conflicts[refused.conflict or ""].payload["params"] == {"count": 9}


@pytest.mark.parametrize("many", [1, 2])
def test_a_fact_that_was_deleted_does_not_rise_again(toy: World, many: int) -> None:
    desk, ann, _ = toy
    facts = [ann.did("scan.add", an_id(60 + i), count=i) for i in range(many)]
    ann.push(*facts)
    desk.delete("scan", an_id(60))
    anew = Phone(desk, epoch=2)
    assert anew.push(*facts).results[0].r is Result.duplicate
    assert ("scan", an_id(60)) not in desk.rows


def test_a_row_opened_twice_by_one_act_is_opened_once(toy: World) -> None:
    desk, ann, _ = toy
    opened = ann.did("order.open", SECOND, count=1)
    assert ann.one(opened).r is Result.applied
    assert Phone(desk, epoch=2).one(opened).r is Result.duplicate
    other = Phone(desk, epoch=3)
    assert other.one(other.did("order.open", SECOND, count=2)).r is Result.rejected


# -- held -------------------------------------------------------------------------------------------------------------


def test_what_needs_a_row_of_another_waits_and_what_touches_the_same_waits_behind_it(toy: World) -> None:
    desk, ann, bo = toy
    desk.write("order", SECOND)
    answer = ann.push(
        ann.did("order.start", needs=[SCAN]),
        ann.did("order.finish"),
        ann.did("order.start", SECOND),
    )
    assert [outcome.r for outcome in answer.results] == [Result.held, Result.held, Result.applied]
    assert answer.results[0].why is not None
    assert answer.results[0].why.code == "sync.needs_unmet"
    assert answer.acked == 3
    bo.push(bo.did("scan.add", SCAN))
    assert [outcome.r for outcome in desk.release()] == [Result.applied] * 2
    assert desk.rows["order", ORDER]["step"] == "done"
    assert bo.one(bo.did("order.start", needs=[SCAN])).r is not Result.held


def test_a_void_never_waits(toy: World) -> None:
    desk, ann, _ = toy
    void = ann.said(cmd="void", row={"t": "order", "id": ORDER}, params={"reason": "torn"}, needs=[SCAN])
    assert ann.one(void).r is Result.rejected
    assert desk.waiting == []


# -- sight ------------------------------------------------------------------------------------------------------------


def out_of_scope(phone: Phone, held_cookie: str | None, now_ms: int = NOW_MS) -> bool:
    outcome = phone.one(phone.did("order.start", held_cookie=held_cookie), now_ms=now_ms)
    return outcome.why is not None and outcome.why.code == "sync.out_of_scope"


def test_who_does_not_see_a_row_does_not_touch_it(toy: World) -> None:
    desk, ann, _ = toy
    desk.journal.set_user_scopes(ANN, [])
    assert out_of_scope(ann, None)
    edit = ann.one(ann.edits(note="x"))
    assert edit.why is not None
    assert edit.why.code == "sync.out_of_scope"
    assert edit.rows == []


def test_late_work_is_authorised_by_the_cookie_held_when_it_was_done(toy: World) -> None:
    desk, ann, _ = toy
    held = ann.cookie()
    desk.journal.set_user_scopes(ANN, [])
    after = ann.cookie()
    week = 7 * 86_400_000
    assert not out_of_scope(ann, held, NOW_MS + week)
    assert out_of_scope(ann, held, NOW_MS + week + 2_000)
    assert out_of_scope(ann, after)
    assert out_of_scope(ann, "nonsense")


def test_late_work_on_a_row_that_moved_away_is_authorised_too(toy: World) -> None:
    desk, ann, _ = toy
    held = ann.cookie()
    desk.write("order", ORDER, team="team:2")
    assert out_of_scope(ann, None)
    assert not out_of_scope(ann, held)


def test_a_foreign_cookie_authorises_nothing(toy: World) -> None:
    desk, ann, bo = toy
    held = bo.cookie()
    elsewhere = Phone(desk, device=an_id(77)).cookie()
    desk.journal.set_user_scopes(ANN, [])
    assert out_of_scope(ann, held)
    assert out_of_scope(ann, elsewhere)


def test_a_cookie_of_an_earlier_life_authorises_nothing(toy: World) -> None:
    """Its number is of another sequence: what was in sight at it then says nothing about now."""
    desk, ann, _ = toy
    held = ann.cookie(generation="before the restore")
    desk.journal.set_user_scopes(ANN, [])
    assert out_of_scope(ann, held)


# -- aside ------------------------------------------------------------------------------------------------------------


def test_a_queue_that_may_do_nothing_goes_to_the_desk_whole(toy: World) -> None:
    desk, ann, _ = toy
    done = ann.did("order.start")
    first = ann.one(done)
    said = [ann.did("scan.add", SCAN), ann.edits(note="x"), ann.said(cmd=7), ann.did("order.finish", needs=[SCAN])]
    answer = ann.push(done, *said, aside=DeviceRevoked())
    assert answer.results[0] == first
    assert [(o.r, o.why.code if o.why else None) for o in answer.results[1:]] == [
        (Result.rejected, "sync.device_revoked")
    ] * 4
    assert [desk.conflicts[o.conflict or ""].payload for o in answer.results[1:]] == said
    assert answer.acked == 5
    assert ("scan", SCAN) not in desk.rows
    assert desk.waiting == []


def test_through_is_said_in_the_servers_time_and_never_goes_back(toy: World) -> None:
    desk, ann, _ = toy
    for said, stands in ((NOW_MS - 500, NOW_MS - 500), (NOW_MS - 900, NOW_MS - 500), (NOW_MS + 10**9, NOW_MS)):
        through(ann, said)
        assert desk.journal.queue(ann.device, 1, ANN).through_ms == stands


def through(phone: Phone, said_ms: int) -> None:
    sent = Push(
        device=phone.device,
        epoch=1,
        user=phone.user,
        contract=1,
        clock=PushClock(wall_ms=NOW_MS),
        through_ms=said_ms,
        muts=[],
    )
    Taker(sent, REGISTRY, phone.desk, SIGNER, NOW_MS).take()
