"""What labels say: round trips, spellings, and refusals that name the place."""

import string
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qr import payload as p
from qr.checks import CrcVariant, crc16, mod10_check
from qr.foreign import code_parts
from qr.payload import PayloadError, PayloadFault, parse

HOST = "https://gas.example.cn"
GRAI_URL = "HTTPS://GAS.EXAMPLE.CN/8003/069012340000161440012260000123"
GRAI = p.Grai("6901234000016", "1440012260000123", HOST)
CYLINDER_URL = "HTTPS://GAS.EXAMPLE.CN/C/1440012260000123W"

digits16 = st.text(string.digits, min_size=16, max_size=16)
origins = st.sampled_from([HOST, "http://10.0.0.7:8000", "https://a-b.c1.example:8443"])
upper36 = st.text(string.ascii_uppercase + string.digits, min_size=1, max_size=32)
base32 = string.ascii_uppercase + "234567"
gs1_serial = st.text(string.ascii_letters + string.digits + "!\"%&'()*+,-./:;<=>?_", max_size=16)
asset_types = st.text(string.digits, min_size=12, max_size=12).map(lambda body: body + mod10_check(body))
months = st.builds("{:04d}-{:02d}".format, st.integers(1900, 2100), st.integers(1, 12))

own = st.one_of(
    st.builds(p.Grai, asset_types, gs1_serial, origins | st.just("")),
    st.builds(p.Giai, st.builds(str.__add__, st.just("6901"), gs1_serial.filter(bool)), origins | st.just("")),
    st.builds(p.Cylinder, digits16, origins),
    st.builds(p.Seal, st.text(base32, min_size=144, max_size=144), origins),
    st.builds(p.Enrolment, st.text(base32, min_size=16, max_size=64), origins),
    st.builds(p.Component, digits16, origins),
    st.builds(p.PunchPoint, upper36, origins),
    st.builds(
        p.Customer,
        st.text(string.ascii_uppercase + string.digits + "-", min_size=1, max_size=24),
        st.text(base32, min_size=4, max_size=4),
        origins,
    ),
)
short = st.text(string.ascii_uppercase + string.digits, min_size=1, max_size=16)
foreign = st.one_of(
    st.builds(p.BareCode, digits16),
    st.builds(p.QpsafeText, short, st.text(string.digits, min_size=1, max_size=16), short, short, months, months),
    st.builds(
        p.CylinderRecord,
        st.sampled_from("123"),
        digits16,
        *[st.text(string.ascii_uppercase + string.digits, min_size=n, max_size=n) for n in (16, 16, 6)],
        st.sampled_from([CrcVariant.ccitt_false]),
    ),
)


def refusal(text: str) -> tuple[PayloadFault, int]:
    with pytest.raises(PayloadError) as refused:
        parse(text)
    return refused.value.fault, refused.value.position


@given(own | foreign)
def test_what_is_printed_is_read_back(payload):
    assert parse(p.format(payload)) == payload


@given(own.filter(lambda payload: payload.origin))
@settings(max_examples=50)
def test_the_canonical_url_is_read_back(payload):
    assert p.url(payload).startswith(payload.origin)
    assert parse(p.url(payload)) == payload


@given(own.filter(lambda payload: payload.origin and not isinstance(payload, (p.Grai, p.Giai))))
@settings(max_examples=40)
def test_our_own_labels_need_no_byte_mode(payload):
    assert set(p.format(payload)) <= set(string.digits + string.ascii_uppercase + " $%*+-./:")


@pytest.mark.parametrize(
    "text",
    [
        GRAI_URL,
        GRAI_URL.lower(),
        f" \t{GRAI_URL}/\r\n",
        "HTTPS://GAS.EXAMPLE.CN:443/8003/069012340000161440012260000123",
        "https://gas.example.cn/8003/0%3690123400001%361440012260000123",
        "https://gas.example.cn/%38003/069012340000161440012260000123/",
        "https://gas.example.cn/some/stem/8003/069012340000161440012260000123?linkType=all#x",
    ],
)
def test_one_grai_has_many_spellings(text):
    assert parse(text) == GRAI


def test_a_grai_in_brackets_or_as_an_epc_urn_is_the_same_cylinder():
    for text in ("(8003)069012340000161440012260000123", "urn:epc:id:grai:6901234.00001.1440012260000123"):
        read = parse(text)
        assert isinstance(read, p.Grai)
        assert (read.asset_type, read.serial) == (GRAI.asset_type, GRAI.serial)
    assert parse("urn:epc:id:giai:6901234.AB%2F1") == p.Giai("6901234AB/1")
    assert parse("(8004)6901234AB1") == p.Giai("6901234AB1")


def test_our_short_form_is_read_in_either_case():
    assert parse(CYLINDER_URL) == parse(CYLINDER_URL.lower()) == p.Cylinder("1440012260000123", HOST)
    assert p.url(parse(CYLINDER_URL)) == "https://gas.example.cn/C/1440012260000123W"


def test_a_punch_point_may_be_a_uuid():
    place = UUID("0195555a-1111-7aaa-8aaa-000000000001")
    read = parse(p.format(p.PunchPoint(place.hex.upper(), HOST)))
    assert isinstance(read, p.PunchPoint)
    assert read.uuid == place
    assert p.PunchPoint("GATE7", HOST).uuid is None


def test_the_foreign_labels_are_read():
    text = "[QP02001,132020000001,AG,323232,2015年09月,2045年09月]气瓶安全云www.qpsafe.cn"
    assert parse(text) == p.QpsafeText("QP02001", "132020000001", "AG", "323232", "2015-09", "2045-09")
    assert p.format(parse(text)) == text
    assert parse("1440012260000123") == p.BareCode("1440012260000123")
    head = "1,1440012260000123,0112341200355YSP,4412342601441234,000000"
    for variant in CrcVariant:
        record = parse(f"{head},{crc16(head.encode(), variant):04x}")
        assert isinstance(record, p.CylinderRecord)
        assert (record.code, record.crc_variant) == ("1440012260000123", variant)


def test_the_code_falls_into_its_parts():
    parts = code_parts("1440012260000123")
    assert (parts.variety, parts.province, parts.maker, parts.year, parts.serial) == (
        "1",
        "44",
        "0012",
        "26",
        "0000123",
    )


def test_one_cylinder_has_one_key_under_every_format():
    same = [GRAI_URL, CYLINDER_URL, "1440012260000123", "(8003)069012340000161440012260000123"]
    assert {p.cylinder_key(parse(text)) for text in same} == {"1440012260000123"}
    assert p.cylinder_key(p.Grai("6901234000016", "AB1")) == "grai:6901234000016.AB1"
    assert p.cylinder_key(p.Component("4401110403000123", HOST)) is None
    assert p.cylinder_key(p.Grai("6901234000016", "")) is None


@pytest.mark.parametrize(
    ("text", "fault", "position"),
    [
        ("", PayloadFault.empty, 0),
        ("  \n", PayloadFault.empty, 3),
        ("A" * 513, PayloadFault.too_long, 512),
        ("hello", PayloadFault.unknown_format, 0),
        ("ftp://gas.example.cn/C/1", PayloadFault.unknown_format, 0),
        ("HTTPS://GAS.EXAMPLE.CN", PayloadFault.truncated, 22),
        ("HTTPS://GAS.EXAMPLE.CN/8003/", PayloadFault.truncated, 27),
        ("HTTPS://GAS.EXAMPLE.CN/Z/1", PayloadFault.unknown_kind, 23),
        (GRAI_URL[:40], PayloadFault.truncated, 40),
        (GRAI_URL + "4", PayloadFault.bad_length, 58),
        (GRAI_URL.replace("/0690", "/1690"), PayloadFault.bad_character, 28),
        (GRAI_URL.replace("0000161", "0000171"), PayloadFault.check_digit, 41),
        (" " + GRAI_URL.replace("0000161", "0000171"), PayloadFault.check_digit, 42),
        (GRAI_URL.replace("/0690", "/%30690").replace("0000161", "0000171"), PayloadFault.check_digit, 43),
        (GRAI_URL.replace("/0690", "/O690"), PayloadFault.look_alike, 28),
        (GRAI_URL.replace("/0690", "/\uff10690"), PayloadFault.look_alike, 28),
        (GRAI_URL.replace("/0690", "/\u0660690"), PayloadFault.look_alike, 28),
        (GRAI_URL.replace("/0690", "/0\x00690"), PayloadFault.control_character, 29),
        (GRAI_URL.replace("/0690", "/0%00690"), PayloadFault.control_character, 29),
        (GRAI_URL.replace("/0690", "/0%C2690"), PayloadFault.bad_percent, 29),
        (GRAI_URL.replace("/0690", "/0%G0690"), PayloadFault.bad_percent, 29),
        (GRAI_URL[:-1] + "%3", PayloadFault.bad_percent, 57),
        (GRAI_URL.replace("/0690", "/0 690"), PayloadFault.whitespace_inside, 29),
        (GRAI_URL.replace("/0690", "/0\u3000690"), PayloadFault.whitespace_inside, 29),
        ("\u202e" + GRAI_URL, PayloadFault.hidden_character, 0),
        (GRAI_URL + "\u200b", PayloadFault.hidden_character, 58),
        ("\ufeff" + GRAI_URL, PayloadFault.hidden_character, 0),
        (GRAI_URL + "\ud800", PayloadFault.control_character, 58),
        (GRAI_URL.replace("GAS", "GАS"), PayloadFault.look_alike, 9),
        (GRAI_URL.replace("https://".upper(), "ＨＴＴＰＳ://"), PayloadFault.look_alike, 0),
        (GRAI_URL.replace("GAS.", "GAS@"), PayloadFault.bad_host, 11),
        (GRAI_URL.replace("GAS.", ".GAS"), PayloadFault.bad_host, 8),
        (GRAI_URL.replace(".CN", ".CN:99999"), PayloadFault.bad_host, 8),
        ("https://h/1/2/3/4/5/8003/069012340000161440012260000123", PayloadFault.bad_path, 18),
        ("https://h//8003/069012340000161440012260000123", PayloadFault.bad_path, 10),
        (CYLINDER_URL[:-1] + "X", PayloadFault.check_digit, 41),
        (CYLINDER_URL.replace("0012", "0021"), PayloadFault.check_digit, 41),
        (CYLINDER_URL.replace("0123W", "O123W"), PayloadFault.look_alike, 37),
        (CYLINDER_URL[:-1], PayloadFault.truncated, 41),
        (CYLINDER_URL + "/X", PayloadFault.bad_path, 43),
        (CYLINDER_URL + "?a=1", PayloadFault.bad_path, 42),
        ("HTTPS://GAS.EXAMPLE.CN/F/" + "A" * 143, PayloadFault.truncated, 168),
        ("HTTPS://GAS.EXAMPLE.CN/F/" + "A" * 140 + "0AAA", PayloadFault.look_alike, 165),
        ("HTTPS://GAS.EXAMPLE.CN/E/SHORT", PayloadFault.truncated, 30),
        ("HTTPS://GAS.EXAMPLE.CN/U/ABCD", PayloadFault.truncated, 29),
        ("(8005)1", PayloadFault.unknown_kind, 1),
        ("144001226000012", PayloadFault.truncated, 15),
        ("14400122600001234", PayloadFault.bad_length, 16),
        ("144001226O000123", PayloadFault.look_alike, 9),
        ("[QP02001,132020000001,AG,323232,2015年13月,2045年09月]", PayloadFault.bad_month, 32),
        ("[QP02001,132020000001,AG,323232,2015年09月]", PayloadFault.truncated, 40),
        ("[QP02001,132020000001,AG,323232", PayloadFault.truncated, 31),
        ("1,1440012260000123,0112341200355YSP,4412342601441234,000000,0000", PayloadFault.checksum, 60),
        ("urn:epc:id:grai:6901234.00001", PayloadFault.truncated, 29),
        ("urn:epc:id:sgtin:6901234.00001.1", PayloadFault.unknown_kind, 0),
        ("²", PayloadFault.look_alike, 0),
    ],
)
def test_a_bad_label_is_refused_at_the_place_of_its_fault(text, fault, position):
    assert refusal(text) == (fault, position)


@given(digits16, st.data())
def test_one_wrong_digit_on_a_cylinder_is_always_caught(code, data):
    text = p.format(p.Cylinder(code, HOST))
    place = data.draw(st.integers(len(text) - 17, len(text) - 2))
    wrong = data.draw(st.sampled_from(string.digits.replace(text[place], "")))
    assert refusal(text[:place] + wrong + text[place + 1 :])[0] is PayloadFault.check_digit


def read_or_place_of_fault(text: str) -> int:
    try:
        parse(text)
    except PayloadError as refused:
        return refused.position
    return 0


@given(st.text(max_size=600))
def test_any_text_is_read_or_refused(text):
    assert 0 <= read_or_place_of_fault(text) <= len(text)


@given(own | foreign, st.data())
@settings(max_examples=200)
def test_any_mutilated_label_is_read_or_refused(payload, data):
    text = p.format(payload)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 3)))
    text = text[:start] + data.draw(st.text(st.characters(), max_size=3)) + text[end:]
    assert 0 <= read_or_place_of_fault(text) <= len(text)


def test_a_refusal_travels_as_a_code():
    with pytest.raises(PayloadError) as refused:
        parse("")
    assert refused.value.code == "qr.empty"


@pytest.mark.parametrize(
    "payload",
    [
        p.Cylinder("144001226000012", HOST),
        p.Cylinder("1440012260000123"),
        p.Grai("6901234000017", "1", HOST),
        p.PunchPoint("gate", HOST),
        p.PunchPoint("门", HOST),
        p.Enrolment("abcdefghijklmnopqrst", HOST),
        p.Component("4401110403000123", "https://HOST.example"),
        p.BareCode("1"),
        p.Giai("6901\ud800", HOST),
    ],
)
def test_fields_that_are_not_lawful_are_not_printed(payload):
    with pytest.raises(PayloadError):
        p.format(payload)


def test_a_foreign_label_has_no_url():
    with pytest.raises(PayloadError) as refused:
        p.url(p.BareCode("1440012260000123"))
    assert refused.value.fault is PayloadFault.not_a_url
