"""Whatever JSON a phone sends, a mutation is read or named broken; only a missing number is beyond help."""

import contextlib
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.journal import Membership
from sync.mutations import MutationInvalid, MutationTooLarge, NumberInvalid, content_hash, read_one, strange_fields
from sync.protocol import MUTATION_BYTES_MAX, N_MAX, Mutation
from sync.refusal import Refusal
from sync.scopes import delta, held_at

ID = "0000000a-0000-7000-8000-000000000000"
json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
names = ["at", "held_cookie", "needs", "blobs", "cmd", "row", "params", "ops", "more"]
ats = st.fixed_dictionaries({"wall_ms": st.integers(-(2**63), 2**64 - 1)})
rows = st.fixed_dictionaries({"t": st.just("order"), "id": st.just(ID)}, optional={"base": json})
ops = st.lists(st.fixed_dictionaries({"t": json | st.just("order"), "id": st.just(ID), "set": json}), max_size=3)
mutations = st.fixed_dictionaries(
    {"n": st.integers(1, N_MAX)},
    optional=dict.fromkeys(names, json) | {"at": ats | json, "row": rows | json, "ops": ops | json},
)


def said(**more: Any) -> dict[str, Any]:
    return {"n": 1, "at": {"wall_ms": 5}, "cmd": "order.note", "row": {"t": "order", "id": ID}} | more


@given(raw=mutations)
def test_any_object_with_a_number_is_read_or_named_broken(raw: dict[str, Any]) -> None:
    read = read_one(raw)
    assert read.n == raw["n"]
    assert read.raw is raw
    assert (read.mutation is None) != (read.refusal is None)
    if read.refusal is not None:
        assert isinstance(read.refusal, MutationInvalid)
        orjson.dumps(dict(read.refusal.params))


@given(raw=st.dictionaries(st.text(max_size=3) | st.sampled_from(["n", *names]), json, max_size=6))
def test_no_object_raises_more_than_a_refusal(raw: dict[str, Any]) -> None:
    with contextlib.suppress(Refusal):
        read_one(raw)


@pytest.mark.parametrize("n", [None, 0, -1, N_MAX + 1, 2**70, "1", 1.0, True, [1], {}])
def test_a_mutation_without_a_number_is_refused(n: Any) -> None:
    with pytest.raises(NumberInvalid):
        read_one({"n": n, "at": {"wall_ms": 5}, "cmd": "void"})


@pytest.mark.parametrize("depth", [10, 100, 250, 300, 900])
def test_depth_is_read_or_named_broken(depth: int) -> None:
    """A parser takes deeper things than a writer gives: nobody's queue may hang between the two."""
    read = read_one(orjson.loads(orjson_deep(depth)))
    assert (read.refusal is None) == (depth <= 10)
    orjson.dumps(read.raw)


def orjson_deep(depth: int) -> bytes:
    return orjson.dumps(said())[:-1] + b',"params":{"a":' + b"[" * depth + b"]" * depth + b"}}"


def test_what_is_too_large_is_named_so() -> None:
    read = read_one(said(params={"a": "x" * MUTATION_BYTES_MAX}))
    assert isinstance(read.refusal, MutationTooLarge)
    assert read.refusal.params == {"limit_bytes": MUTATION_BYTES_MAX}


def test_the_hash_is_of_all_that_was_said_in_any_order_of_keys() -> None:
    raw = said(params={"a": 1, "b": 2})
    turned = dict(reversed(list(raw.items()))) | {"params": {"b": 2, "a": 1}}
    assert read_one(raw).hash == read_one(turned).hash
    assert read_one(raw).hash != read_one(raw | {"at": {"wall_ms": 6}}).hash


def test_the_content_is_what_was_said_under_whatever_number_and_right() -> None:
    raw = said(params={"a": 1})
    assert content_hash(raw) == content_hash(raw | {"n": 7, "held_cookie": "x", "needs": [ID], "at": {"wall_ms": 9}})
    for other in ({"params": {"a": 2}}, {"cmd": "order.other"}, {"blobs": ["0" * 64]}, {"row": None}):
        assert content_hash(raw) != content_hash(raw | other)


def test_every_unknown_field_is_named() -> None:
    raw = said(more=1, at={"wall_ms": 5, "zone": 8}, row={"t": "order", "id": ID, "colour": "red"}, ops=[])
    assert strange_fields(Mutation.model_validate(raw)) == ["more", "at.zone", "row.colour"]
    edit = {"n": 1, "at": {"wall_ms": 5}, "cmd": "edit", "ops": [{"t": "order", "id": ID, "set": {"a": 1}, "why": 2}]}
    assert strange_fields(Mutation.model_validate(edit)) == ["ops.order.why"]


def test_what_belongs_to_another_sort_of_mutation_is_named_and_not_spoken_of() -> None:
    """Versions are answered of the rows a mutation speaks of: it may not name others to ask after them."""
    op = {"t": "order", "id": ID.replace("a", "b"), "set": {"a": 1}}
    deed = Mutation.model_validate(said(ops=[op]))
    assert deed.rows() == [("order", ID)]
    assert strange_fields(deed) == ["ops"]
    edit = Mutation.model_validate(said(cmd="edit", ops=[op], params={"a": 1}))
    assert edit.rows() == [("order", op["id"])]
    assert strange_fields(edit) == ["params", "row"]


# -- scopes -----------------------------------------------------------------------------------------------------------

memberships = st.lists(
    st.builds(
        lambda scope, first, more: Membership(scope, first, None if more is None else first + more),
        st.sampled_from("abcdef"),
        st.integers(1, 20),
        st.none() | st.integers(1, 20),
    ),
    unique_by=lambda member: member.scope,
)


@given(members=memberships, c=st.integers(0, 45))
def test_a_delta_sorts_every_scope_by_what_the_handset_knows(members: list[Membership], c: int) -> None:
    seen = delta(members, c)
    assert sorted(seen.now()) == sorted(m.scope for m in members if m.seq_out is None)
    assert set(seen.kept) == held_at(members, c) & set(seen.now())
    assert {m.scope for m in seen.left} >= held_at(members, c) - set(seen.now())
    assert all(m.seq_out is not None and m.seq_out > c for m in seen.left)
    assert len({*seen.kept, *seen.joined, *(m.scope for m in seen.left)}) == (
        len(seen.kept) + len(seen.joined) + len(seen.left)
    )


@given(members=memberships)
def test_a_first_fill_only_joins(members: list[Membership]) -> None:
    seen = delta(members, 0)
    assert seen.kept == []
    assert held_at(members, 0) == set()
