"""Bodies that arrive as they were sent: RFC 9530 Content-Digest, by SHA-256, both ways."""

import base64
import binascii
import hashlib
import re

HEADER = "content-digest"
_SHA256 = re.compile(r"(?:^|,)\s*sha-256=:([^:]*):")


def content_digest(body: bytes) -> str:
    """The header's value for a body as it travels, that is, after any compression."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"


def is_whole(header: str, body: bytes) -> bool:
    """Whether the body is the one that the header tells of; a header of other algorithms alone tells nothing."""
    found = _SHA256.search(header)
    if found is None:
        return True
    try:
        return base64.b64decode(found[1], validate=True) == hashlib.sha256(body).digest()
    except binascii.Error:
        return False
