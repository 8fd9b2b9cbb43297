"""The reference handset as a person uses it, against the real server; most of it without a network."""

import contextlib
import io
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from PIL import Image

from backend.day.server import OwnServer
from backend.drive import gas
from backend.drive.network import Network
from backend.drive.phone import Phone
from qr.render import png, symbol
from tests.e2e.conftest import Run

PASSWORD = "baiyun-demo-2026"
SUPERVISOR, SWEEPER, GAS_WORKER = "13800000003", "13800000107", "13800000131"


@pytest.fixture
def desk(server: OwnServer) -> Iterator[tuple[Network, str]]:
    """The supervisor at a console: the way to the server, and a token."""
    network = Network(server.url)
    said = network.ask("POST", "/auth/v1/sign-in", {"phone": SUPERVISOR, "password": PASSWORD})
    network.ask("POST", "/people/v1/me/consent", {"version": 1}, token=said["access_token"])
    yield network, said["access_token"]
    network.close()


@pytest.fixture
def phone_folder(desk: tuple[Network, str], server: OwnServer, tmp_path: Path, gridcrew: Run) -> str:
    """A phone enrolled by a picture of the invitation."""
    network, token = desk
    invite = network.ask("POST", "/handsets/v1/invites", {}, token=token)
    picture, folder = tmp_path / "invite.png", str(tmp_path / "phone")
    picture.write_bytes(png(symbol(invite["payload"])))
    gridcrew("handset", "enrol", "--folder", folder, "--qr", str(picture), "--server", server.url)
    return folder


def sign_in(gridcrew: Run, folder: str, phone: str) -> None:
    words = ("handset", "sign-in", "--folder", folder, "--phone", phone, "--accept-notice")
    gridcrew(*words, env={"GRIDCREW_HANDSET_PASSWORD": PASSWORD})


def photo(tmp_path: Path) -> str:
    out = io.BytesIO()
    Image.effect_noise((700, 700), 80).save(out, "JPEG", quality=95)
    (tmp_path / "photo.jpg").write_bytes(out.getvalue())
    return str(tmp_path / "photo.jpg")


def test_a_crews_commands_work_off_line_and_reach_the_server(
    gridcrew: Run, phone_folder: str, desk: tuple[Network, str], tmp_path: Path
) -> None:
    at = ("--folder", phone_folder)
    sign_in(gridcrew, phone_folder, SWEEPER)
    gridcrew("handset", "sync", *at)
    listed = gridcrew("handset", "orders", *at).stdout
    code = next(word for line in listed.splitlines() for word in line.split() if word.startswith("SZ-"))
    for command in ("start", "pause", "resume"):
        gridcrew("handset", command, *at, code)
    gridcrew("handset", "done", *at, code[-4:], "--photo", photo(tmp_path), "--note", "扫完")
    gridcrew("handset", "edit-note", *at, code, "路边有树枝")
    gridcrew("handset", "ask-halt", *at, code, "雷暴")
    gridcrew("handset", "clock-in", *at, "--at", "23.175,113.26", code=2)
    gridcrew("handset", "clock-in", *at, "--at", "113.26,23.175", "--accuracy", "9", "--direction", "in")
    assert "垃圾箱" in gridcrew("handset", "components", *at).stdout
    gridcrew("handset", "propose", *at, "0305000002", "盖子没了", "--state", "damaged", "--at", "113.2601,23.1751")
    gridcrew("handset", "propose", *at, "0305000002", "什么也没变", code=2)
    assert "盖子没了" in gridcrew("handset", "proposals", *at).stdout
    for words in (
        ("edit-note", *at, code, "长" * 2_001),
        ("start", *at, code, "--note", "长" * 2_001),
        ("ask-halt", *at, code, "长" * 2_001),
        ("clock-in", *at, "--note", "长" * 2_001),
        ("propose", *at, "0305000002", "坏了", "--note", "长" * 2_001),
        ("scan", *at, "1", "--step", "collect", "--note", "长" * 2_001),
    ):
        assert "最多 2000 个字" in gridcrew("handset", *words, code=2).stderr
    assert "不能为空" in gridcrew("handset", "ask-halt", *at, code, "", code=2).stderr
    assert gridcrew("handset", "queue", *at, "--waiting").stdout.count("等待上传") == 8
    gridcrew("handset", "standing", *at, code=1)
    assert "已生效" in gridcrew("handset", "sync", *at).output
    gridcrew("handset", "standing", *at)
    assert "等待上传" not in gridcrew("handset", "queue", *at).stdout
    network, token = desk
    order = network.ask("GET", f"/workorders/v1/orders?q={code}", token=token)["items"][0]
    assert (order["step"], order["crew_note"], len(order["photos"])) == ("done", "路边有树枝", 1)
    proposed = network.ask("GET", "/components/v1/proposals?state=open", token=token)["items"]
    assert {one["reason"] for one in proposed} >= {"盖子没了", "箱子已移到公交站旁"}
    asked = network.ask("GET", "/workorders/v1/halt-asks", token=token)
    assert ("雷暴", "open") in [(ask["reason"], ask["state"]) for ask in asked]


def test_a_photo_that_the_server_does_not_take_holds_back_no_other(
    gridcrew: Run, phone_folder: str, desk: tuple[Network, str], tmp_path: Path
) -> None:
    at = ("--folder", phone_folder)
    sign_in(gridcrew, phone_folder, SWEEPER)
    gridcrew("handset", "sync", *at)
    (tmp_path / "notes.txt").write_text("no photo")
    shown = gridcrew("handset", "proposals", *at).stdout
    words = ("handset", "propose", *at, "0305000003", "箱体锈蚀", "--state", "damaged")
    gridcrew(*words, "--photo", str(tmp_path / "notes.txt"), "--photo", photo(tmp_path))
    told = gridcrew("handset", "sync", *at, code=4).output
    assert "照片 1 张已上传" in told
    assert "notes.txt 不能上传" in told
    assert "不支持的文件类型" in told
    assert "不能上传" not in gridcrew("handset", "sync", *at).output, "told once, and not sent for ever"
    assert "notes.txt" in gridcrew("handset", "standing", *at).stdout
    assert shown != gridcrew("handset", "proposals", *at).stdout


def test_a_gas_worker_scans_pictures_and_sees_a_light(gridcrew: Run, phone_folder: str, tmp_path: Path) -> None:
    at = ("--folder", phone_folder)
    sign_in(gridcrew, phone_folder, GAS_WORKER)
    gridcrew("handset", "sync", *at)
    phone = Phone(Path(phone_folder))
    mine = [v.data for v in phone.handset().view("cylinders") if v.data["holder_id"] == phone.user]
    phone.close()
    picture = tmp_path / "label.png"
    picture.write_bytes(png(symbol(mine[0]["code"])))
    deliver = ("--step", "deliver", "--account", "BY-0388001")
    assert gridcrew("handset", "scan", *at, str(picture), *deliver).stdout.startswith("green")
    assert gridcrew("handset", "scan", *at, "手写编号", *deliver).stdout.startswith("red")
    assert gridcrew("handset", "scan", *at, "手写编号", "--step", "collect").stdout.startswith("amber")
    gridcrew("handset", "scan", *at, "1", "--step", "throw", code=2)
    gridcrew("handset", "scan", *at, "1", "--step", "scrap", code=2)
    gridcrew("handset", "scan", *at, str(tmp_path / "nowhere.jpg"), *deliver, code=2)
    assert "[/QP02001]" in gridcrew("handset", "scan", *at, "[/QP02001]", *deliver).stderr
    assert "扫不出就录入钢印号" in gridcrew("handset", "scan", *at, "1", *deliver).stderr
    gridcrew("handset", "sync", *at)
    gridcrew("handset", "conflicts", *at)
    gridcrew("handset", "standing", *at)


def test_a_gas_worker_plays_a_delivery_off_line(gridcrew: Run, phone_folder: str, tmp_path: Path) -> None:
    at = ("--folder", phone_folder)
    sign_in(gridcrew, phone_folder, GAS_WORKER)
    gridcrew("handset", "sync", *at)
    phone = Phone(Path(phone_folder))
    mine = [v.data["code"] for v in phone.handset().view("cylinders") if v.data["holder_id"] == phone.user]
    order = gas.orders(phone)[0].id
    phone.close()
    assert order[-6:] in gridcrew("handset", "gas-orders", *at).stdout
    vehicle = gridcrew("handset", "cylinders", *at).stdout
    assert all(code in vehicle for code in mine)
    assert vehicle.count("重瓶") == len(mine)
    words = ("handset", "deliver", *at, order[-6:], "--full", mine[0])
    gridcrew(*words, code=2)
    gridcrew(*words, "--no-empty", "first_delivery", "--check", "not_met", code=2)
    whole = (*words, "--no-empty", "first_delivery", "--photo", photo(tmp_path))
    wrong: dict[str, tuple[str, ...]] = {
        "检查表没有此项": ("--hazard", "P-99:g1:换软管"),
        "应为": ("--hazard", "P-02:g9:换软管"),
        "leak_test": ("--leak-test", "nope"),
        "identity": ("--identity", "nope"),
    }
    for said, more in wrong.items():
        assert said in gridcrew(*whole, *more, code=2).stderr
    assert "红灯" in gridcrew("handset", "deliver", *at, order[-6:], "--full", "1", *whole[-4:], code=1).stderr
    assert not gridcrew("handset", "queue", *at, "--waiting").stdout.count("等待上传"), "nothing of it was queued"
    told = gridcrew(*words, "--no-empty", "first_delivery", "--photo", photo(tmp_path), "--paid-fen", "12000")
    assert told.stdout.startswith("green")
    assert order[-6:] not in gridcrew("handset", "gas-orders", *at).stdout, "it was brought, off line too"
    assert mine[0] not in gridcrew("handset", "cylinders", *at).stdout
    gridcrew("handset", "scan", *at, mine[0], "--step", "collect", "--account", "BY-0388001")
    assert "空瓶 *" in gridcrew("handset", "cylinders", *at).stdout
    again = ("--step", "deliver", "--account", "BY-0388001")
    assert "not_on_manifest" in gridcrew("handset", "scan", *at, mine[0], *again).stdout, "it is in another home"
    gridcrew("handset", "sync", *at)
    phone = Phone(Path(phone_folder))
    (kept,) = phone.handset().view("gas_deliveries")
    assert kept.data["marks"] == ["seal_missing", "identity_never_seen"]
    left = [view.id for view in gas.orders(phone)]
    phone.close()
    assert order not in left


def test_what_is_not_ready_is_refused_with_its_code(
    gridcrew: Run, phone_folder: str, server: OwnServer, tmp_path: Path
) -> None:
    nobody = ("--folder", str(tmp_path / "new"))
    assert "handset.not_enrolled" in gridcrew("handset", "orders", *nobody, code=4).output
    at = ("--folder", phone_folder)
    assert "handset.nobody_signed_in" in gridcrew("handset", "sync", *at, code=4).output
    wrong = ("handset", "sign-in", *at, "--phone", SWEEPER)
    assert "people.sign_in_refused" in gridcrew(*wrong, env={"GRIDCREW_HANDSET_PASSWORD": "wrong-word"}, code=4).output
    sign_in(gridcrew, phone_folder, SWEEPER)
    assert "handset.order_unclear" in gridcrew("handset", "start", *at, "nothing", code=4).output
    gridcrew("handset", "sync", *at)
    told = gridcrew("handset", "start", *at, "0", code=4).output
    assert "个任务：SZ-" in told, told
    assert 1 < told.count("SZ-") <= 5
    used = ("handset", "enrol", *nobody, "--server", server.url, "--token", "NO-SUCH-TOKEN-1234")
    assert "handsets.invite_invalid" in gridcrew(*used, code=4).output


def test_without_a_network_everything_stays_and_the_exit_code_says_so(
    gridcrew: Run, phone_folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = ("--folder", phone_folder)
    sign_in(gridcrew, phone_folder, SWEEPER)
    gridcrew("handset", "sync", *at)
    gridcrew("handset", "clock-in", *at)
    monkeypatch.setattr("backend.drive.network.PAUSE_FIRST_S", 0.01)

    def broken(*_: object) -> httpx2.Response:
        raise httpx2.ConnectError("no network")

    monkeypatch.setattr(httpx2.HTTPTransport, "handle_request", broken)
    gridcrew("handset", "sync", *at, code=3)
    assert "等待上传" in gridcrew("handset", "queue", *at).stdout
    monkeypatch.undo()
    gridcrew("handset", "sync", *at)
    gridcrew("handset", "standing", *at)


def test_verify_tells_what_is_wrong_in_words_and_mends_it(
    gridcrew: Run, phone_folder: str, desk: tuple[Network, str]
) -> None:
    at = ("--folder", phone_folder)
    sign_in(gridcrew, phone_folder, SWEEPER)
    gridcrew("sync", "verify", *at, code=4)
    gridcrew("handset", "sync", *at)
    assert "一致" in gridcrew("sync", "verify", *at).stderr
    with contextlib.closing(sqlite3.connect(Path(phone_folder) / "handset.db", isolation_level=None)) as replica:
        ids = [row_id for (row_id,) in replica.execute("SELECT id FROM rows WHERE t = 'workorders' ORDER BY id")]
        desk[0].ask("POST", f"/workorders/v1/orders/{ids[0]}/cancel", {"reason": "雨天"}, token=desk[1])
        told = gridcrew("sync", "verify", *at).stderr
        assert "1 条在上次同步后于服务器变更" in told
        assert "一致" in told
        gridcrew("handset", "sync", *at)
        replica.execute("DELETE FROM rows WHERE id = ?", (ids[0],))
        altered = "UPDATE rows SET body = CAST(replace(body, '\"priority\":', '\"priority\":1') AS BLOB) WHERE id = ?"
        replica.execute(altered, (ids[1],))
        replica.execute("UPDATE rows SET ver = ver - 1 WHERE id = ?", (ids[2],))
        replica.execute("UPDATE rows SET body = x'ff00', scopes = 'oops' WHERE id = ?", (ids[3],))
        replica.execute("UPDATE rows SET scopes = '[\"team:x\"]' WHERE id = ?", (ids[4],))
    told = gridcrew("sync", "verify", *at, code=1)
    wrong = ("缺少", "内容与服务器不同：priority", "版本较旧", "无法读取", "所属范围记错：team:")
    for row_id, words in zip(ids, wrong, strict=False):
        assert any(row_id in line and words in line for line in told.stdout.splitlines()), told.stdout
    assert "修复" in gridcrew("sync", "verify", "--repair", *at).stderr
    gridcrew("sync", "verify", *at)
