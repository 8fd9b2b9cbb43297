"""A certificate authority of one's own: a phone's camera, position and service worker need a secure page.

The authority's certificate is installed on a phone once; the server's own certificate follows the machine's addresses.
"""

import contextlib
import ipaddress
import os
import socket
import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY_LIFE = timedelta(days=3652)
LEAF_LIFE = timedelta(days=397)  # phones refuse server certificates that live longer than 398 days
RENEW_BEFORE = timedelta(days=30)
CLOCK_SLACK = timedelta(days=1)
"""Certificates begin a day early: phones' clocks are slow."""
LOOPBACK = ("localhost", "127.0.0.1", "::1")

Key = ec.EllipticCurvePrivateKey


@dataclass(frozen=True, slots=True)
class Certificates:
    """Where the files are. A phone installs `authority`; the server serves with `leaf` and `leaf_key`."""

    authority: Path
    authority_key: Path
    leaf: Path
    leaf_key: Path

    def server_context(self) -> ssl.SSLContext:
        """What a server on this machine needs to speak TLS."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.leaf, self.leaf_key)
        return context


def ensure_certificates(folder: Path, names: Iterable[str], now: datetime) -> Certificates:
    """The authority and a server certificate for localhost and `names` (host names and addresses).

    Makes what is missing; renews the server certificate when the names changed or fewer than 30 days are left, and
    the authority, which phones must then install anew, only when it is about to end. `now` is aware.
    """
    assert now.tzinfo is not None
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    paths = Certificates(*(folder / name for name in ("authority.crt", "authority.key", "server.crt", "server.key")))
    wanted = _alternative_names((*LOOPBACK, *names))
    authority, key = _load(paths.authority, paths.authority_key) or (None, None)
    if authority is None or key is None or _ends_soon(authority, now):
        key = ec.generate_private_key(ec.SECP256R1())
        authority = _sign_authority(key, now)
        _keep(paths.authority, paths.authority_key, authority, key)
    leaf, _ = _load(paths.leaf, paths.leaf_key) or (None, None)
    if leaf is None or _ends_soon(leaf, now) or _names_of(leaf) != wanted or not _signed_by(leaf, authority):
        leaf_key = ec.generate_private_key(ec.SECP256R1())
        _keep(paths.leaf, paths.leaf_key, _sign_leaf(leaf_key, wanted, authority, key, now), leaf_key)
    return paths


def machine_names() -> list[str]:
    """This machine's addresses on its networks, the one that phones reach first, then its host name."""
    return [*_lan_addresses(), socket.gethostname()]


def _lan_addresses() -> list[str]:
    found = []
    # A datagram socket that is connected but sends nothing tells which address would be used. The far ends are
    # documentation addresses (RFC 5737, RFC 3849): nobody is there.
    for family, far_end in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):
        with contextlib.suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((far_end, 9))
            found.append(str(probe.getsockname()[0]))
    return found


def fingerprint(certificate: Path) -> str:
    """SHA-256 of a certificate, as phones show it: `AB:CD:…`."""
    digest = x509.load_pem_x509_certificate(certificate.read_bytes()).fingerprint(hashes.SHA256())
    return digest.hex(":").upper()


def _load(certificate: Path, key: Path) -> tuple[x509.Certificate, Key] | None:
    if not certificate.exists() or not key.exists():
        return None
    try:
        held = x509.load_pem_x509_certificate(certificate.read_bytes())
        private = serialization.load_pem_private_key(key.read_bytes(), password=None)
    except ValueError:
        return None  # half written or damaged: made anew
    if not isinstance(private, ec.EllipticCurvePrivateKey) or private.public_key() != held.public_key():
        return None
    return held, private


def _ends_soon(certificate: x509.Certificate, now: datetime) -> bool:
    return not certificate.not_valid_before_utc <= now < certificate.not_valid_after_utc - RENEW_BEFORE


def _signed_by(leaf: x509.Certificate, authority: x509.Certificate) -> bool:
    try:
        leaf.verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _names_of(leaf: x509.Certificate) -> set[x509.GeneralName]:
    return set(leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value)


def _alternative_names(names: Iterable[str]) -> set[x509.GeneralName]:
    found: set[x509.GeneralName] = set()
    for name in names:
        try:
            found.add(x509.IPAddress(ipaddress.ip_address(name)))
        except ValueError:
            found.add(x509.DNSName(name))
    return found


def _sign_authority(key: Key, now: datetime) -> x509.Certificate:
    serial = x509.random_serial_number()
    # the serial in the name: a phone that trusts an older authority must not mistake it for this one
    name = _name(f"gridcrew local authority {serial:x}"[:48])
    usage = _usage(signs_certificates=True)
    return (
        x509.CertificateBuilder(name, name, key.public_key(), serial, now - CLOCK_SLACK, now + AUTHORITY_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )


def _sign_leaf(
    leaf_key: Key, names: set[x509.GeneralName], authority: x509.Certificate, key: Key, now: datetime
) -> x509.Certificate:
    ends_at = min(now + LEAF_LIFE - CLOCK_SLACK, authority.not_valid_after_utc)
    issuer, public = authority.subject, leaf_key.public_key()
    authority_id = authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return (
        x509.CertificateBuilder(
            issuer, _name("gridcrew"), public, x509.random_serial_number(), now - CLOCK_SLACK, ends_at
        )
        .add_extension(x509.SubjectAlternativeName(sorted(names, key=str)), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(authority_id), critical=False)
        .sign(key, hashes.SHA256())
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _keep(certificate_path: Path, key_path: Path, certificate: x509.Certificate, key: Key) -> None:
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    _replace(key_path, secret, 0o600)
    _replace(certificate_path, certificate.public_bytes(serialization.Encoding.PEM), 0o644)


def _replace(path: Path, content: bytes, mode: int) -> None:
    """Puts a file in place whole; nobody else ever sees a secret in between."""
    draft = path.with_suffix(path.suffix + ".new")
    with contextlib.suppress(FileNotFoundError):
        draft.unlink()
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
    draft.replace(path)
