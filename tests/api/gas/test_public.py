"""Doors for a customer's own phone: little is told, nobody is named, and a leak goes ahead of every queue."""

from typing import Any

import pytest

from backend.gas.actions.orders import customer_secret
from backend.kernel.clock import SetClock
from backend.kernel.http import House
from backend.kernel.ids import new_id
from backend.modules import MODULES
from backend.worker import drain
from qr.signing import customer_check
from tests.api.gas.test_cylinders import CYLINDERS, new, register, worker
from tests.api.people.conftest import GRID, Town

PUBLIC = "/gas/v1/public"
ACCOUNT = {"code": "BY-0000001", "name": "陈女士", "phone": "13812345678", "address": "松洲路 1 号", "area_path": GRID}


@pytest.fixture
def team(town: Town) -> str:
    return town.team(name="气站")


@pytest.fixture
def station(town: Town) -> dict[str, str]:
    return town.as_(town.person("station_operator", area="/440111/")["phone"])


@pytest.fixture
def label(town: Town, house: House, station: dict[str, str], team: str) -> str:
    """The label at a customer's door."""
    placed = ACCOUNT | {"team_id": team, "longitude": 113.27, "latitude": 23.16}
    town.ask("POST", "/gas/v1/accounts", station, 201, accounts=[placed])
    with house.db.reading() as session:
        secret = customer_secret(house.ctx(session))
    return f"https://gas.example.cn/U/BY-0000001{customer_check('BY-0000001', secret)}"


def ask(town: Town, path: str, status: int = 200, **body: Any) -> Any:
    answer = town.client.post(f"{PUBLIC}/{path}", json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


def test_a_cylinder_is_looked_up_by_whoever_holds_it_and_nobody_is_named(
    town: Town, team: str, station: dict[str, str]
) -> None:
    (made,) = register(town, station, new(1, team))
    told = ask(town, "cylinder", code=made["code"])
    assert (told["genuine"], told["filler"], told["inspected_until_on"]) == ("in_date", "示例燃气", "2029-01-31")
    assert set(told) == {
        "genuine", "texts", "filler", "spec", "filled_on", "net_g", "inspected_until_on", "life_end_on",
    }  # fmt: skip
    block = {"reason": "recall", "blocked": True}
    town.ask("POST", f"{CYLINDERS}/{made['id']}/block", station, **block)
    blocked = ask(town, "cylinder", code=made["code"])
    assert (blocked["genuine"], "recall" in str(blocked)) == ("do_not_use", False)
    (old,) = register(town, station, new(2, team, made_on="2017-01-15"))
    assert ask(town, "cylinder", code=old["code"])["genuine"] == "out_of_date"
    assert ask(town, "cylinder", code="1440012260000077")["genuine"] == "not_ours"
    assert ask(town, "cylinder", 422, code="144001226000000X")["code"] == "gas.code_invalid"


def test_a_label_opened_by_any_phone_is_a_page_and_a_wrong_one_is_refused_at_its_character(
    town: Town, team: str, station: dict[str, str]
) -> None:
    link = "https://gas.example.cn/8003/069012340000161440012260000123"
    register(town, station, new(1, team, code=link, owner="<示例> & 燃气"))
    (plain,) = register(town, station, new(2, team))
    for path in (link.removeprefix("https://gas.example.cn"), "/C/" + plain["code"].rpartition("/")[2]):
        shown = town.client.get(path)
        assert (shown.status_code, shown.headers["content-type"]) == (200, "text/html; charset=utf-8"), path
        assert "本气瓶已登记且在检验有效期内" in shown.text
        assert "2029-01-31" in shown.text
        assert "&lt;示例&gt;" in shown.text or plain["code"].endswith(path[3:])
        assert "<script" not in shown.text
    assert "登记册中没有该气瓶" in town.client.get("/8004/6901234ABC").text
    for asked in ({"headers": {"Accept": "application/linkset+json"}}, {"params": {"linkType": "linkset"}}):
        answer = town.client.get("/8003/069012340000161440012260000123", **asked)
        assert answer.headers["content-type"] == "application/linkset+json"
        (one,) = answer.json()["linkset"]
        assert one["anchor"].endswith("/8003/069012340000161440012260000123")
    for path, fault, position in (
        ("/8003/069012340000261440012260000123", "check_digit", 19),
        ("/8003/0690123400001", "truncated", 19),
        ("/8003/O69012340000161440012260000123", "look_alike", 6),
        (f"/8003/{'0' * 900}", "too_long", None),
        ("/C/1440012260000123", None, None),
    ):
        refused = town.client.get(path)
        assert (refused.status_code, refused.json()["code"]) == (400, "gas.link_invalid"), refused.text
        told = refused.json()["params"]
        assert fault in (None, told["fault"]), told
        assert position in (None, told["position"]), told


def test_who_scans_a_scratched_label_reads_a_page_in_words(town: Town) -> None:
    browser = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    shown = town.client.get("/8003/069012340000261440012260000123", headers=browser)
    assert (shown.status_code, shown.headers["content-type"]) == (400, "text/html; charset=utf-8")
    assert "校验位不符，第 20 个字符" in shown.text
    assert "check_digit" not in shown.text
    assert "<b>" not in town.client.get("/C/<b>", headers=browser).text


def test_a_browser_reads_every_refusal_at_a_link_as_a_page(town: Town, house: House) -> None:
    browser = {"Accept": "text/html,*/*;q=0.8"}
    link = "/8004/6901234ABC"
    shared = town.client.get(f"{link}?from=<b>", headers=browser)
    assert (shared.status_code, shared.headers["content-type"]) == (422, "text/html; charset=utf-8")
    assert "参数" in shared.text
    for _ in range(house.settings.public_asks_per_minute):
        town.client.get(link)
    stopped = town.client.get(link, headers=browser)
    assert (stopped.status_code, stopped.headers["content-type"]) == (429, "text/html; charset=utf-8")
    assert "<!doctype html>" in stopped.text
    told = town.client.get(link)
    assert told.json()["code"] == "request.too_many"
    assert stopped.headers["retry-after"] == told.headers["retry-after"]
    assert stopped.headers.get_list("x-content-type-options") == ["nosniff"]


def test_what_is_wrong_with_a_body_is_said_in_chinese(town: Town) -> None:
    refused = ask(town, "cylinder", 422, code="", mood="good")
    assert refused["texts"]["zh"] == "提交的内容有误：code：不能为空；mood：没有这一项，请检查拼写。"
    assert "String should have at least 1 character" in refused["texts"]["en"]
    assert "not_a" not in ask(town, "cylinder", 422, code="hello")["texts"]["zh"]


def test_a_customer_orders_by_their_own_label_and_only_so_many(town: Town, station: dict[str, str], label: str) -> None:
    made = {"id": new_id(), "customer_code": label, "spec": "YSP35.5", "booked_check": True}
    placed = ask(town, "orders", 201, **made)
    assert ask(town, "orders", 201, **made) == placed, "the same again is one order"
    assert (placed["state"], "陈" in str(placed), "松洲" in str(placed)) == ("open", False, False)
    (order,) = town.ask("GET", "/gas/v1/orders", station)["items"]
    assert (order["intake"], order["address"], order["placed_by"]) == ("customer_qr", "松洲路 1 号", None)
    assert ask(town, "order", customer_code=label, id=placed["id"])["state"] == "open"
    assert ask(town, "order", 404, customer_code=label, id=new_id())["code"] == "gas.order_unknown"
    wrong = label[:-1] + ("A" if label[-1] != "A" else "B")
    assert ask(town, "orders", 422, **(made | {"id": new_id(), "customer_code": wrong}))["code"] == (
        "gas.customer_code_wrong"
    )
    for _ in range(2):
        ask(town, "orders", 201, **(made | {"id": new_id()}))
    assert ask(town, "orders", 409, **(made | {"id": new_id()}))["code"] == "gas.orders_open"


def test_who_guesses_labels_is_stopped(town: Town, label: str) -> None:
    codes = [ask_code(town, f"{label[:-4]}{guess:04d}") for guess in range(2222, 2244)]
    assert (set(codes[:20]), codes[-1]) == ({"gas.customer_code_wrong"}, "request.too_many")
    assert ask_code(town, label) == "request.too_many", "also with the right one"


def ask_code(town: Town, label: str) -> str:
    body = {"id": new_id(), "customer_code": label, "spec": "YSP35.5"}
    return str(town.client.post(f"{PUBLIC}/orders", json=body).json()["code"])


def test_a_leak_goes_ahead_of_every_queue(
    town: Town, house: House, clock: SetClock, station: dict[str, str], team: str, label: str
) -> None:
    phone = worker(town, clock, team)
    dispatcher = town.as_(town.person("dispatcher", area="/440111/")["phone"])
    phone.pulls()
    report = {"id": new_id(), "customer_code": label, "note": "厨房有煤气味", "phone": "13812345678"}
    taken = ask(town, "leaks", 201, **report)
    assert ask(town, "leaks", 201, **report) == taken
    assert "阀" in taken["advice"]["zh"]
    assert set(taken) == {"id", "received_at", "advice"}
    (alarm,) = town.ask("GET", "/alarms/v1/alarms", dispatcher)["items"]
    assert (alarm["danger"], alarm["state"], alarm["person_id"]) == ("gas_leak", "raised", None)
    assert "松洲路 1 号" in alarm["note"]
    phone.pulls()
    assert [held["id"] for held in phone.holds("alarms")] == [report["id"]], "the crew of the customer holds it"
    told = [notice for notice in phone.holds("notices") if notice["about_id"] == report["id"]]
    assert [notice["urgent"] for notice in told] == [True]
    (case,) = town.ask("GET", "/cases/v1/cases", dispatcher)["items"]
    assert case["title"] == "燃气泄漏"
    drain(house, MODULES)
    path = f"/alarms/v1/alarms/{report['id']}"
    assert town.ask("POST", f"{path}/acknowledge", dispatcher, note="已派人")["state"] == "acknowledged"
    assert town.ask("POST", f"{path}/settle", dispatcher, outcome="软管脱落，已更换")["state"] == "settled"


def test_a_leak_told_by_telephone_is_the_clerks_and_needs_a_place(
    town: Town, station: dict[str, str], team: str, label: str
) -> None:
    refused = town.ask("POST", "/gas/v1/leaks", station, 422, id=new_id(), note="有气味")
    assert refused["code"] == "gas.where_needed"
    said = {"id": new_id(), "address": "松洲路 9 号地下室", "phone": "020-1234"}
    town.ask("POST", "/gas/v1/leaks", station, 201, **said)
    assert ask(town, "leaks", 409, **said)["code"] == "alarms.exists"
