"""One mutation that changes the same row twice: the second change goes by what the first wrote."""

from tests.api.handsets.conftest import Field
from tests.makers import Handset

FIRST, SECOND = "ab" * 32, "cd" * 32


def test_a_row_changed_twice_in_one_mutation_keeps_both_changes(handset: Handset, crews: Field) -> None:
    order = crews.order()
    [ver] = [f["ver"] for f in handset.pull() if f.get("id") == order and f["f"] == "row"]
    deed = handset.edit("workorders", order, {"photos": ver, "crew_note": ver}, photos=[FIRST])
    deed["ops"].append({**deed["ops"][0], "set": {"photos": [SECOND], "crew_note": "两次"}})
    [outcome] = handset.push(deed)["results"]
    assert outcome["r"] == "applied", outcome
    [row] = [f["d"] for f in handset.pull() if f.get("id") == order and f["f"] == "row"]
    assert (set(row["photos"]), row["crew_note"]) == ({FIRST, SECOND}, "两次")
