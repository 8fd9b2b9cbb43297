"""The local certificate authority: a phone that trusts it once can speak to the server until the authority ends."""

import socket
import ssl
import stat
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from backend.kernel.tls import Certificates, ensure_certificates, fingerprint, machine_names

NOW = datetime.now(UTC)  # OpenSSL has a clock of its own
LAN = ["192.168.7.20", "fd00::7", "district-server"]


def shake_hands(certificates: Certificates, name: str) -> str:
    """Speaks TLS over loopback as a phone that calls the server `name`; gives the version spoken."""
    near, far = socket.socketpair()

    def serve() -> None:
        try:
            with certificates.server_context().wrap_socket(far, server_side=True) as served:
                served.recv(1)
        except ssl.SSLError:
            far.close()  # the phone hung up

    server = threading.Thread(target=serve)
    server.start()
    trusting = ssl.create_default_context(cafile=certificates.authority)
    try:
        with trusting.wrap_socket(near, server_hostname=name) as phone:
            phone.send(b"?")
            return phone.version() or ""
    finally:
        near.close()
        server.join()


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "::1", *LAN])
def test_a_phone_that_trusts_the_authority_reaches_every_name(tmp_path: Path, name: str) -> None:
    assert shake_hands(ensure_certificates(tmp_path, LAN, NOW), name) == "TLSv1.3"


def test_a_phone_refuses_a_name_that_is_not_ours(tmp_path: Path) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(ensure_certificates(tmp_path, LAN, NOW), "192.168.7.21")


def test_a_phone_refuses_another_authority(tmp_path: Path) -> None:
    ours, theirs = (ensure_certificates(tmp_path / who, LAN, NOW) for who in ("ours", "theirs"))
    mixed = Certificates(theirs.authority, theirs.authority_key, ours.leaf, ours.leaf_key)
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(mixed, "localhost")


def test_a_second_start_keeps_both_certificates(tmp_path: Path) -> None:
    first = contents(ensure_certificates(tmp_path, LAN, NOW))
    assert contents(ensure_certificates(tmp_path, reversed(LAN), NOW + timedelta(days=100))) == first


@pytest.mark.parametrize(
    ("names", "later"),
    [(["192.168.7.21"], timedelta()), (LAN, timedelta(days=370))],
    ids=["the addresses changed", "it ends soon"],
)
def test_only_the_leaf_is_renewed(tmp_path: Path, names: list[str], later: timedelta) -> None:
    authority, leaf = contents(ensure_certificates(tmp_path, LAN, NOW))
    kept, renewed = contents(ensure_certificates(tmp_path, names, NOW + later))
    assert kept == authority
    assert renewed != leaf


def test_certificates_from_a_clock_that_was_ahead_are_made_anew(tmp_path: Path) -> None:
    ensure_certificates(tmp_path, LAN, NOW + timedelta(days=3))
    assert shake_hands(ensure_certificates(tmp_path, LAN, NOW), "localhost")


def test_an_authority_near_its_end_is_made_anew_with_its_leaf(tmp_path: Path) -> None:
    authority, leaf = contents(ensure_certificates(tmp_path, LAN, NOW - timedelta(days=3640)))
    certificates = ensure_certificates(tmp_path, LAN, NOW)
    assert authority != contents(certificates)[0]
    assert leaf != contents(certificates)[1]
    assert shake_hands(certificates, "localhost")


def test_damaged_files_are_made_anew(tmp_path: Path) -> None:
    certificates = ensure_certificates(tmp_path, LAN, NOW)
    certificates.leaf.write_bytes(certificates.leaf.read_bytes()[:100])
    certificates.authority_key.unlink()
    assert shake_hands(ensure_certificates(tmp_path, LAN, NOW), "localhost")


def test_the_authority_lives_ten_years_and_a_leaf_no_longer_than_phones_allow(tmp_path: Path) -> None:
    certificates = ensure_certificates(tmp_path, LAN, NOW)
    authority, leaf = (x509.load_pem_x509_certificate(text) for text in contents(certificates))
    assert authority.not_valid_after_utc - NOW > timedelta(days=3650)
    assert leaf.not_valid_after_utc - leaf.not_valid_before_utc <= timedelta(days=398)


def test_keys_are_for_the_owner_only(tmp_path: Path) -> None:
    certificates = ensure_certificates(tmp_path / "tls", LAN, NOW)
    for key in (certificates.authority_key, certificates.leaf_key):
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert sorted(p.name for p in (tmp_path / "tls").iterdir()) == [
        "authority.crt",
        "authority.key",
        "server.crt",
        "server.key",
    ]


def test_a_fingerprint_reads_as_a_phone_shows_it(tmp_path: Path) -> None:
    pairs = fingerprint(ensure_certificates(tmp_path, LAN, NOW).authority).split(":")
    assert len(pairs) == 32
    assert all(len(pair) == 2 for pair in pairs)


def test_the_machine_knows_its_own_name() -> None:
    assert machine_names()[-1] == socket.gethostname()


def contents(certificates: Certificates) -> tuple[bytes, bytes]:
    """The authority's and the server's certificate."""
    return certificates.authority.read_bytes(), certificates.leaf.read_bytes()
