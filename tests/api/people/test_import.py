"""People from a spreadsheet: good lines in, bad lines named, twice is as once."""

from backend.kernel.http import House
from backend.people import actions, queries
from tests.api.people.conftest import GRID, LIANHE, Town

HEAD = "姓名,手机号,区域,班组,角色\n"


def load(house: House, text: str, dry_run: bool = False) -> actions.Report:
    lines = actions.read_people_file("people.csv", (HEAD + text).encode())
    with house.db.transaction() as session:
        return actions.import_people(house.ctx(session, queries.operator(house.settings)), lines, dry_run=dry_run)


def test_a_file_with_good_and_bad_lines(town: Town, house: House) -> None:
    team = town.team()
    taken = town.person("crew")
    report = load(
        house,
        "李明,13900139001,,七网格一班,环卫工、班长\n"
        ",13900139002,,,\n"
        "王红,12345,,,\n"
        "赵四,13900139001,,,\n"
        f"钱五,13900139003,{LIANHE},,gas_worker\n"
        "孙六,13900139004,/440111/none/,,\n"
        "周七,13900139005,,没有的班,\n"
        "吴八,13900139006,,,国王\n"
        f"{taken['name']},{taken['phone']},,,\n",
    )
    assert [(new.number, new.name) for new in report.created] == [(2, "李明"), (6, "钱五")]
    assert report.unchanged == [10]
    assert [(bad.number, bad.column, bad.code) for bad in report.bad] == [
        (3, "name", "people.name_missing"),
        (4, "phone", "people.phone_invalid"),
        (5, "phone", "people.phone_twice"),
        (7, "area", "people.area_unknown"),
        (8, "team", "people.team_unknown"),
        (9, "roles", "people.role_unknown"),
    ]
    assert all(bad.zh and bad.en and "…" not in bad.zh for bad in report.bad)
    found = town.ask("GET", "/people/v1/persons?q=13900139001", town.admin)["items"][0]
    assert found["team_ids"] == [team]
    assert {(r["role"], r["area"]) for r in found["roles"]} == {("crew", GRID), ("ganger", GRID)}


def test_importing_twice_changes_nothing_more(town: Town, house: House) -> None:
    town.team()
    text = "李明,13900139001,,七网格一班,环卫工\n王红,13900139002,,,\n"
    first, second = load(house, text), load(house, text)
    assert (len(first.created), len(second.created)) == (2, 0)
    assert second.unchanged == [2, 3]
    third = load(house, "李小明,13900139001,,,班长\n")
    assert third.updated == [2]
    found = town.ask("GET", "/people/v1/persons?q=13900139001", town.admin)["items"][0]
    assert found["name"] == "李小明"
    assert len(found["roles"]) == 2


def test_a_long_list_is_taken_in_portions_with_one_report(town: Town, house: House) -> None:
    """A transaction of twenty seconds would keep every phone from its turn to write."""
    text = "".join(f"人{n},139001390{n:02d},,,\n" for n in range(4)) + "再,13900139000,,,\n"
    lines, report = actions.read_people_file("people.csv", (HEAD + text).encode()), None
    for start in range(0, len(lines), 2):
        with house.db.transaction() as session:
            ctx = house.ctx(session, queries.operator(house.settings))
            report = actions.import_people(ctx, lines[start : start + 2], report=report)
    assert report is not None
    assert len(report.created) == 4
    assert [(bad.number, bad.code) for bad in report.bad] == [(6, "people.phone_twice")]


def test_a_dry_run_leaves_nothing(town: Town, house: House) -> None:
    report = load(house, "李明,13900139001,,,\n,1,,,\n", dry_run=True)
    assert (len(report.created), len(report.bad)) == (1, 1)
    assert town.ask("GET", "/people/v1/persons?q=13900139001", town.admin)["items"] == []
    assert len(load(house, "李明,13900139001,,,\n").created) == 1


def test_the_printed_code_opens_the_first_sign_in(town: Town, house: House) -> None:
    new = load(house, "李明,13900139001,,,\n").created[0]
    town.ask(
        "POST", "/auth/v1/password", {}, 204, phone="13900139001", code=new.code, new_password="a new word of mine"
    )
    assert town.sign_in("13900139001", "a new word of mine")["person"]["name"] == "李明"


def test_who_left_is_named_and_not_brought_back_by_a_file(town: Town, house: House) -> None:
    ming = town.person("crew")
    town.ask("POST", f"/people/v1/persons/{ming['id']}/leave", town.admin, 204)
    assert load(house, f"明,{ming['phone']},,,\n").bad[0].code == "people.person_left"
