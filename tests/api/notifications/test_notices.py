"""Notices: told once a cause, seen offline, read once, forgotten in time."""

from datetime import timedelta
from typing import Any

import pytest

from backend.kernel.authority import Role
from backend.kernel.ids import new_id
from backend.modules import MODULES
from backend.notifications import actions
from backend.notifications.actions import Word
from backend.notifications.rules import NOTICES_KEPT
from backend.people import queries as persons
from backend.worker import drain
from tests.api.handsets.conftest import Field
from tests.makers import PASSWORD

INBOX = "/notifications/v1/notices"


def tell(crews: Field, *names: str, cause: str = "c1", **more: Any) -> list[str]:
    """Tells people of a cause; gives the ids of the notices."""
    with crews.house.db.transaction() as session:
        word = Word("conflicts.escalated", cause, **more)
        return actions.notify(crews.house.ctx(session), [crews.id(name) for name in names], word)


def inbox(crews: Field, name: str, **narrowed: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = crews.desk(name).get(INBOX, expect=200, **narrowed).json()["items"]
    return items


def test_a_cause_is_told_to_a_person_once(crews: Field) -> None:
    about = new_id()
    (first,) = tell(crews, "crew", params={"severity": "decide"}, about=("conflicts", about))
    assert tell(crews, "crew") == []
    assert len(tell(crews, "crew", "mate")) == 1, "who was not told yet is told"
    (notice,) = inbox(crews, "crew")
    assert notice["id"] == first
    assert (notice["about_kind"], notice["about_id"], notice["read_at"]) == ("conflicts", about, None)
    assert notice["title"]["zh"] == "同步冲突待处理"
    assert notice["texts"]["en"].startswith("Nobody settled")


def test_a_phone_holds_its_own_inbox_and_marks_it_without_a_network(crews: Field) -> None:
    (told,) = tell(crews, "crew")
    ours, theirs = crews.phone("crew"), crews.phone("mate")
    assert ours.row("notices", told)["code"] == "conflicts.escalated"
    assert theirs.row("notices", told) is None
    at = crews.clock.now()
    n = ours.hs.do("notices.read", "notices", told, {})
    crews.later(hours=2)
    ours.sync()
    assert ours.outcome(n) == "applied"
    read_at = ours.row("notices", told)["read_at"]
    assert read_at == at.isoformat().replace("+00:00", "Z"), "when it was read, not when that was heard"
    assert crews.desk("crew").post(f"{INBOX}/{told}/read", {}, expect=200).json()["read_at"] == read_at
    stranger = theirs.hs.do("notices.read", "notices", told, {})
    theirs.sync()
    assert theirs.outcome(stranger) in ("rejected", "conflict")


def test_an_inbox_is_paged_and_shows_nobody_elses(crews: Field) -> None:
    told = [tell(crews, "crew", cause=f"c{i}")[0] for i in range(3)]
    crews.desk("crew").post(f"{INBOX}/{told[1]}/read", {}, expect=200)
    crews.desk("mate").post(f"{INBOX}/{told[0]}/read", {}, expect=404)
    assert inbox(crews, "mate") == []
    assert [item["id"] for item in inbox(crews, "crew", unread="true")] == [told[2], told[0]]
    page = crews.desk("crew").get(INBOX, expect=200, limit=2).json()
    rest = crews.desk("crew").get(INBOX, expect=200, limit=2, cursor=page["next"]).json()
    assert [item["id"] for item in page["items"] + rest["items"]] == told[::-1]


def test_old_notices_leave_inbox_and_phone(crews: Field) -> None:
    (told,) = tell(crews, "crew")
    phone = crews.phone("crew")
    crews.clock.pass_time(NOTICES_KEPT - timedelta(days=1))
    with crews.house.db.transaction() as session:
        assert actions.forget_old(crews.house.ctx(session)) == 0
    crews.clock.pass_time(timedelta(days=2))
    drain(crews.house, MODULES, recurring=True)
    assert inbox(crews, "crew") == []
    phone.sign_in(crews.district["crew"].phone, PASSWORD)
    phone.sync()
    assert phone.row("notices", told) is None


def test_who_owes_an_escalated_conflict_now_is_told(crews: Field) -> None:
    order_id = crews.order(note="原文")
    phones = {"我们的": crews.phone("crew"), "他们的": crews.phone("mate")}
    for text, phone in phones.items():
        phone.hs.edit("workorders", order_id, {"note": text})
        phone.sync()
    (kept,) = crews.conflicts(state="open", t="workorders")
    crews.later(hours=8)
    for _ in range(2):
        drain(crews.house, MODULES, recurring=True)
    (notice,) = inbox(crews, "dispatcher")
    assert (notice["about_kind"], notice["about_id"]) == ("conflicts", kept["id"])
    assert inbox(crews, "supervisor") == []
    crews.later(hours=8)
    drain(crews.house, MODULES, recurring=True)
    assert [item["params"]["owner"] for item in inbox(crews, "supervisor")] == ["supervisor"]


def test_who_answers_for_a_person_is_their_ganger_or_else_a_supervisor(crews: Field) -> None:
    with crews.house.db.reading() as session:
        ctx = crews.house.ctx(session)
        assert persons.team_leaders(ctx, crews.id("crew")) == [crews.id("ganger")]
        assert persons.team_leaders(ctx, crews.id("ganger")) == [crews.id("supervisor")]
        assert persons.holders(ctx, Role.dispatcher, "/440111/lianhe/") == [crews.id("far_dispatcher")]


def test_a_notice_without_words_is_a_bug(crews: Field) -> None:
    with crews.house.db.transaction() as session, pytest.raises(AssertionError, match="no text"):
        actions.notify(crews.house.ctx(session), [crews.id("crew")], Word("no.such", "c"))
