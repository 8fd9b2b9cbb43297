"""Seals: what a station signed is believed, and nothing else."""

from base64 import b32decode, b32encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qr import payload as p
from qr.signing import (
    KeyRing,
    KeyRingError,
    SealCertificate,
    SealFault,
    SealRefused,
    SealSigner,
    StationKey,
    customer_check,
    customer_check_fits,
    cylinder_mark,
    verify,
)

HOST = "https://gas.example.cn"
START = datetime(2026, 1, 1, tzinfo=UTC)
FILLED = datetime(2026, 9, 1, 0, 1, tzinfo=UTC)
SIGNER = SealSigner(7, bytes(range(32)))
KEY = StationKey(7, 3, SIGNER.public_key, START)
RING = KeyRing().add(KEY)
FILL = SealCertificate("1440012260000123", FILLED, 14_500, 16_520, "2030-01", "2034-01", 3, 0xDEADBEEF)
SEAL = SIGNER.sign(FILL, HOST)

month_texts = st.none() | st.builds("{:04d}-{:02d}".format, st.integers(2000, 2300), st.integers(1, 12))
certificates = st.builds(
    SealCertificate,
    cylinder=st.integers(0, 10**16 - 1).map("{:016d}".format),
    filled_at=st.integers(0, (1 << 24) - 1).map(lambda m: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=m)),
    net_g=st.integers(0, 65_535).map(lambda steps: steps * 10),
    tare_g=st.integers(0, 65_535).map(lambda steps: steps * 10),
    inspection_due_month=month_texts,
    life_end_month=month_texts,
    station=st.just(3),
    nonce=st.integers(0, 0xFFFFFFFF),
)


def fault(seal, ring=RING, cylinder=None):
    with pytest.raises(SealRefused) as refused:
        verify(seal, ring, cylinder)
    return refused.value.fault


def raw(seal):
    return b32decode(seal.body)


def seal_of(data):
    return p.Seal(b32encode(data).decode(), HOST)


@given(certificates)
def test_a_seal_says_offline_what_the_station_certified(certificate):
    ring = KeyRing().add(replace(KEY, valid_from=datetime(2024, 1, 1, tzinfo=UTC)))
    text = p.format(SIGNER.sign(certificate, HOST))
    assert len(text) == 169
    checked = verify(p.parse(text), ring, certificate.cylinder)
    assert (checked.key_id, checked.certificate) == (7, certificate)


def test_the_layout_is_the_documented_one():
    data = raw(SEAL)
    assert len(data) == 90
    minutes = int((FILLED - datetime(2024, 1, 1, tzinfo=UTC)).total_seconds() // 60)
    expected = [(0, 1, 1), (1, 3, 7), (3, 10, 1440012260000123), (10, 13, minutes), (13, 15, 1450), (15, 17, 1652)]
    expected += [(17, 20, 360 << 12 | 408), (20, 22, 3), (22, 26, 0xDEADBEEF)]
    for start, end, value in expected:
        assert int.from_bytes(data[start:end]) == value


def test_every_single_changed_bit_is_refused():
    data = raw(SEAL)
    for bit in range(len(data) * 8):
        changed = bytearray(data)
        changed[bit // 8] ^= 0x80 >> bit % 8
        assert fault(seal_of(bytes(changed))) in (
            SealFault.bad_signature,
            SealFault.unknown_key,
            SealFault.unsupported_version,
        )


def thousand():
    for number in range(1_000):
        fill = replace(FILL, cylinder=f"{1440012260000000 + number:016d}", nonce=number * 4_294_967)
        yield raw(SIGNER.sign(fill, HOST))


def believed(data, bits):
    found = []
    for bit in bits:
        changed = bytearray(data)
        changed[bit // 8] ^= 0x80 >> bit % 8
        try:
            verify(seal_of(bytes(changed)), RING)
            found.append(bit)
        except SealRefused:
            continue
    return found


def test_of_a_thousand_seals_none_is_believed_with_a_bit_changed():
    assert [believed(data, (number % 720, number * 7 % 720)) for number, data in enumerate(thousand())] == [[]] * 1_000


@pytest.mark.full
def test_of_a_thousand_seals_none_is_believed_with_any_bit_changed():
    assert all(believed(data, range(720)) == [] for data in thousand())


def test_a_signature_with_the_group_order_added_is_refused():
    order = 2**252 + 27742317777372353535851937790883648493
    data = raw(SEAL)
    other = (int.from_bytes(data[58:], "little") + order).to_bytes(32, "little")
    assert fault(seal_of(data[:58] + other)) is SealFault.bad_signature


def test_a_seal_of_another_cylinder_is_refused():
    assert verify(SEAL, RING, p.Grai("6901234000016", "1440012260000123")).certificate == FILL
    assert verify(SEAL, RING, p.BareCode("1440012260000123")).certificate == FILL
    assert fault(SEAL, cylinder="1440012260000124") is SealFault.other_cylinder
    assert fault(SEAL, cylinder=p.Component("4401110403000123", HOST)) is SealFault.other_cylinder


def test_a_cylinder_without_a_16_digit_code_is_bound_by_its_hash():
    label = p.QpsafeText("QP02001", "132020000001", "AG", "323232", "2015-09", "2045-09")
    seal = SIGNER.sign(replace(FILL, cylinder="qpsafe:132020000001"), HOST)
    certificate = verify(seal, RING, label).certificate
    assert certificate.cylinder == cylinder_mark("qpsafe:132020000001")
    assert certificate.cylinder.startswith("#")
    assert raw(SIGNER.sign(certificate, HOST)) == raw(seal)
    assert fault(seal, cylinder=replace(label, registration_code="132020000002")) is SealFault.other_cylinder


def test_a_revoked_range_of_fills_is_refused_and_no_other():
    ring = RING.revoke(7, FILLED, FILLED + timedelta(days=1))
    with pytest.raises(SealRefused) as refused:
        verify(SEAL, ring)
    assert (refused.value.fault, refused.value.certificate) == (SealFault.revoked, FILL)
    for moved in (FILLED - timedelta(minutes=1), FILLED + timedelta(days=1)):
        assert verify(SIGNER.sign(replace(FILL, filled_at=moved), HOST), ring)
    assert fault(SEAL, RING.revoke(7, START)) is SealFault.revoked


def test_keys_follow_each_other_without_a_gap():
    young = SealSigner(8, bytes(32))
    turn = FILLED + timedelta(minutes=1)
    ring = RING.rotate(7, StationKey(8, 3, young.public_key, turn))
    assert verify(SEAL, ring).key_id == 7
    late = replace(FILL, filled_at=turn)
    assert fault(SIGNER.sign(late, HOST), ring) is SealFault.outside_key_validity
    assert verify(young.sign(late, HOST), ring).key_id == 8
    assert fault(young.sign(FILL, HOST), ring) is SealFault.outside_key_validity


def test_a_key_signs_only_for_its_own_station():
    assert fault(SIGNER.sign(replace(FILL, station=4), HOST)) is SealFault.wrong_station


def test_an_unknown_key_is_no_data_rather_than_a_lie():
    assert fault(SEAL, KeyRing()) is SealFault.unknown_key


def test_another_key_under_the_same_id_is_refused():
    assert fault(SealSigner(7, bytes(32)).sign(FILL, HOST)) is SealFault.bad_signature


def test_what_is_no_seal_is_refused():
    assert fault(p.BareCode("1440012260000123")) is SealFault.not_a_seal
    assert fault(p.Seal("AAAA", HOST)) is SealFault.malformed
    assert fault(p.Seal("0" * 144, HOST)) is SealFault.malformed
    assert fault(p.Seal("门" * 144, HOST)) is SealFault.malformed


def test_a_key_id_is_never_used_again():
    with pytest.raises(KeyRingError):
        RING.add(KEY)
    with pytest.raises(KeyRingError):
        RING.retire(9, FILLED)
    with pytest.raises(KeyRingError):
        KeyRing().add(replace(KEY, public_key=b"short"))
    with pytest.raises(KeyRingError):
        KeyRing().add(replace(KEY, valid_from=datetime(2026, 1, 1)))  # noqa: DTZ001  the fault that is tested


@pytest.mark.parametrize(
    "wrong",
    [
        {"net_g": 14_505},
        {"net_g": 655_360},
        {"tare_g": -10},
        {"station": 65_536},
        {"nonce": 1 << 32},
        {"filled_at": FILLED.replace(second=1)},
        {"filled_at": FILLED.replace(tzinfo=None)},
        {"filled_at": datetime(2023, 12, 31, tzinfo=UTC)},
        {"inspection_due_month": "2030-1"},
        {"life_end_month": "1999-12"},
    ],
)
def test_fields_out_of_bounds_are_not_signed(wrong):
    with pytest.raises(ValueError):
        SIGNER.sign(replace(FILL, **wrong), HOST)


def test_only_the_secret_makes_a_customers_check():
    secret = b"sixteen bytes or more"
    check = customer_check("BY-0388172", secret)
    assert p.parse(p.format(p.Customer("BY-0388172", check, HOST))) == p.Customer("BY-0388172", check, HOST)
    assert customer_check_fits("BY-0388172", check, secret)
    assert not customer_check_fits("BY-0388173", check, secret)
    assert not customer_check_fits("BY-0388172", check, secret[::-1])
    assert not customer_check_fits("BY-0388172", "门门门门", secret)
