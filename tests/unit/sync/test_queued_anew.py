"""An act that comes under another number is the act it was: known if it was taken under any name, else done."""

from typing import Any

import pytest

from sync.mutations import DeviceRevoked, MutationTooLarge, SequenceReused, StaleEpoch
from sync.protocol import MUTATION_BYTES_MAX, RESULTS_KEPT, Result
from tests.unit.sync.toy import ORDER, SCAN, Desk, Phone, an_id, world

STALE = StaleEpoch(epoch=2)
Json = dict[str, Any]


@pytest.fixture
def ann() -> Phone:
    return world()[1]


def anew(said: Json, n: int, epoch: int = 1) -> Json:
    """The same words under another number."""
    return said | {"n": n, "first": said.get("first", {"epoch": epoch, "n": said["n"]})}


def under(phone: Phone, epoch: int) -> Phone:
    """The same phone in a later epoch."""
    return Phone(phone.desk, phone.user, phone.device, epoch)


def count(desk: Desk) -> int:
    found: int = desk.rows["order", ORDER]["count"]
    return found


def test_what_was_done_under_its_first_name_is_answered_alike_and_not_done_again(ann: Phone) -> None:
    said = [ann.edits(count=2), ann.did("order.finish"), ann.edits(an_id(99), count=1), ann.said(cmd=7)]
    first = ann.push(*said)
    head, kept = ann.desk.journal.head(), len(ann.desk.conflicts)
    again = under(ann, 2).push(*(anew(m, m["n"]) for m in said))
    assert again.results == first.results
    assert (count(ann.desk), ann.desk.journal.head(), len(ann.desk.conflicts)) == (3, head, kept)
    assert under(ann, 2).push(anew(said[0], 1)).results == first.results[:1], "and known under its new number"


def test_what_never_arrived_is_done_under_the_number_it_comes_by(ann: Phone) -> None:
    taken, lost, late = ann.edits(count=2), ann.edits(count=4), ann.did("scan.add", SCAN)
    ann.push(taken)
    said = [anew(taken, 1), anew(lost, 2), anew(late, 3), under(ann, 2).did("scan.add", an_id(60)) | {"n": 4}]
    answer = under(ann, 2).push(*said)
    assert [(o.n, o.r) for o in answer.results] == [(n, Result.applied) for n in (1, 2, 3, 4)]
    assert (answer.acked, count(ann.desk)) == (4, 7)


def test_what_was_taken_under_a_name_in_between_is_known_too(ann: Phone) -> None:
    """A phone queues anew, is answered, and is set back to a copy of itself that queues anew in another order."""
    other, said = ann.edits(word="x"), ann.edits(count=2)
    under(ann, 2).push(anew(other, 1), anew(said, 2))
    with pytest.raises(SequenceReused):
        under(ann, 2).push(anew(said, 1))
    assert under(ann, 3).one(anew(said, 1)).r is Result.applied
    assert count(ann.desk) == 3


def test_another_act_under_the_same_first_name_is_another(ann: Phone) -> None:
    """A phone was set back and used a number again; epoch and content tell the two apart."""
    ann.push(ann.edits(count=2))
    ann.n = 0
    other = ann.edits(count=4)
    twin = other | {"first": {"epoch": 2, "n": 1}}
    assert under(ann, 3).push(anew(other, 1), twin | {"n": 2}).acked == 2
    assert count(ann.desk) == 1 + 2 + 4 + 4


def test_another_persons_act_is_never_taken_for_ones_own(ann: Phone) -> None:
    said = ann.edits(count=2)
    ann.push(said)
    bo = Phone(ann.desk, an_id(2), ann.device, 2)
    bo.push(anew(said, 1))
    assert count(ann.desk) == 5


def test_what_was_forgotten_long_ago_is_a_duplicate(ann: Phone) -> None:
    first, second = ann.edits(count=2), ann.edits(count=4)
    ann.push(first, second)
    for start in range(2, RESULTS_KEPT + 1, 100):
        ann.push(*(ann.did("scan.add", an_id(1000 + start + i)) for i in range(min(100, RESULTS_KEPT + 1 - start))))
    answer = under(ann, 2).push(anew(first, 1), anew(second, 2))
    assert [o.r for o in answer.results] == [Result.duplicate, Result.applied]
    assert count(ann.desk) == 7


@pytest.mark.parametrize("first", [1, {"epoch": 1}, {"epoch": 0, "n": 1}, {"epoch": 1, "n": 1, "x": 1}])
def test_a_first_name_that_cannot_be_read_is_a_fault_of_its_mutation_alone(ann: Phone, first: Any) -> None:
    answer = ann.push(ann.edits(count=2) | {"first": first}, ann.edits(count=4))
    assert [o.r for o in answer.results] == [Result.rejected, Result.applied]


def test_the_limit_is_for_what_was_said_not_for_the_names_it_bore(ann: Phone) -> None:
    room = MUTATION_BYTES_MAX - len(str(ann.said(cmd="order.fly", params={"a": ""})).replace(" ", ""))
    for extra, code in ((0, "sync.unknown_command"), (1, MutationTooLarge.code)):
        said = {"n": 1, "at": {"wall_ms": 1_799_999_999_000}, "cmd": "order.fly", "params": {"a": "x" * (room + extra)}}
        why = under(ann, 2 + extra).one(anew(said, 1)).why
        assert why is not None
        assert why.code == code


# -- a later epoch has begun ------------------------------------------------------------------------------------------


def test_what_is_known_is_answered_under_a_stale_epoch_and_new_work_sent_on(ann: Phone) -> None:
    known = ann.edits(count=2)
    first = ann.push(known)
    assert ann.push(known, stale=STALE) == first
    assert ann.push(stale=STALE).acked == 1
    new = ann.edits(count=4)
    used = known | {"cmd": "order.start"}
    for said in ([known, new], [new], [used], [new | {"n": 7}]):
        with pytest.raises(StaleEpoch):
            ann.push(*said, stale=STALE)
    assert (count(ann.desk), ann.desk.conflicts) == (3, {})
    assert under(ann, 2).push(anew(known, 1), anew(new, 2)).acked == 2
    assert count(ann.desk) == 7


def test_what_was_done_under_whatever_name_is_not_set_aside(ann: Phone) -> None:
    done, also, new = ann.edits(count=2), ann.edits(count=4), ann.edits(count=8)
    ann.push(done)
    under(ann, 2).push(anew(also, 1))
    answer = ann.push(also, new, aside=DeviceRevoked())
    assert [o.r for o in answer.results] == [Result.applied, Result.rejected]
    assert [conflict.payload for conflict in ann.desk.conflicts.values()] == [new]
