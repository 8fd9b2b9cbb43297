"""A server that speaks Firebase Cloud Messaging HTTP v1 and Google's token endpoint, on a real socket.

What a push meets is decided by how its token begins: gone, busy, down, bad, foreign, odd; any other is taken.
"""

import contextlib
import json
import re
import threading
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

PROJECT = "gridcrew-test"
EMAIL = "sender@gridcrew-test.iam.gserviceaccount.com"
SCOPES = {"firebase.messaging", "cloud-platform"}
"""Either lets send."""
AUDIENCE = "https://oauth2.googleapis.com/token"
FCM_ERROR = "type.googleapis.com/google.firebase.fcm.v1.FcmError"
BAD_REQUEST = "type.googleapis.com/google.rpc.BadRequest"
MESSAGE = {"token", "data", "notification", "android", "apns", "webpush", "fcm_options", "topic", "condition", "name"}
ANDROID = {"collapse_key", "priority", "ttl", "notification", "data", "restricted_package_name", "direct_boot_ok"}

ERRORS: dict[str, tuple[int, str, str, list[dict[str, Any]]]] = {
    "gone": (404, "NOT_FOUND", "Requested entity was not found.", [{"@type": FCM_ERROR, "errorCode": "UNREGISTERED"}]),
    "busy": (429, "RESOURCE_EXHAUSTED", "Quota exceeded.", [{"@type": FCM_ERROR, "errorCode": "QUOTA_EXCEEDED"}]),
    "down": (503, "UNAVAILABLE", "The service is unavailable.", [{"@type": FCM_ERROR, "errorCode": "UNAVAILABLE"}]),
    "foreign": (
        403,
        "PERMISSION_DENIED",
        "SenderId mismatch",
        [{"@type": FCM_ERROR, "errorCode": "SENDER_ID_MISMATCH"}],
    ),
    "bad": (
        400,
        "INVALID_ARGUMENT",
        "The registration token is not a valid FCM registration token",
        [
            {"@type": FCM_ERROR, "errorCode": "INVALID_ARGUMENT"},
            {"@type": BAD_REQUEST, "fieldViolations": [{"field": "message.token", "description": "Invalid token"}]},
        ],
    ),
    "odd": (
        400,
        "INVALID_ARGUMENT",
        "Invalid value at 'message.data'",
        [{"@type": BAD_REQUEST, "fieldViolations": [{"field": "message.data", "description": "Invalid value"}]}],
    ),
}


@dataclass
class FakeGoogle:
    """What the server was sent, and how it behaves."""

    key: rsa.RSAPrivateKey
    url: str = ""
    taken: list[dict[str, Any]] = field(default_factory=list)
    asked: list[tuple[str, int]] = field(default_factory=list)
    """(token of the phone, status) of every send."""
    granted: list[str] = field(default_factory=list)
    good: set[str] = field(default_factory=set)
    retry_after: str | None = "90"
    mended: bool = False
    """Whether busy and down have passed."""

    def key_file(self, folder: Path) -> Path:
        """A service account's key file that speaks to this server."""
        pem = self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        path = folder / "service-account.json"
        said = {
            "type": "service_account",
            "project_id": PROJECT,
            "private_key_id": "k1",
            "private_key": pem.decode(),
            "client_email": EMAIL,
            "client_id": "1",
            "token_uri": f"{self.url}/token",
        }
        path.write_text(json.dumps(said), encoding="utf-8")
        return path

    def grant(self, form: dict[str, list[str]]) -> tuple[int, dict[str, Any]]:
        """An access token for an assertion that the account has signed."""
        claims = jwt.decode(form["assertion"][0], self.key.public_key(), algorithms=["RS256"], audience=AUDIENCE)
        if claims["iss"] != EMAIL or not SCOPES & {scope.rsplit("/", 1)[-1] for scope in claims["scope"].split()}:
            return 400, {"error": "invalid_grant"}
        token = f"access-{len(self.granted)}"
        self.granted.append(token)
        self.good = {token}
        return 200, {"access_token": token, "expires_in": 3599, "token_type": "Bearer"}

    def send(self, bearer: str, sent: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """As `projects.messages.send`."""
        if bearer not in self.good:
            return _error(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.", [])
        message = sent.get("message", {})
        fault = _fault(message)
        if fault:
            return _error(400, "INVALID_ARGUMENT", fault, [{"@type": BAD_REQUEST, "fieldViolations": []}])
        token = message["token"]
        word = token.split("-")[0]
        if word in ERRORS and not (self.mended and word in ("busy", "down")):
            self.asked.append((token, ERRORS[word][0]))
            return _error(*ERRORS[word])
        self.asked.append((token, 200))
        self.taken.append(message)
        return 200, {"name": f"projects/{PROJECT}/messages/{len(self.taken)}"}


def _error(status: int, word: str, text: str, details: list[dict[str, Any]]) -> tuple[int, dict[str, Any]]:
    return status, {"error": {"code": status, "message": text, "status": word, "details": details}}


def _fault(message: dict[str, Any]) -> str:
    android = message.get("android", {})
    if set(message) - MESSAGE or set(android) - ANDROID or not message.get("token"):
        return "Invalid JSON payload received. Unknown name"
    if not all(isinstance(v, str) for v in message.get("data", {}).values()):
        return "Invalid value at 'message.data'"
    if not re.fullmatch(r"\d+(\.\d+)?s", android.get("ttl", "0s")):
        return "Invalid value at 'message.android.ttl'"
    return ""


@contextlib.contextmanager
def fake_google() -> Iterator[FakeGoogle]:
    """The server, listening."""
    google = FakeGoogle(rsa.generate_private_key(public_exponent=65537, key_size=2048))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            if self.path == "/token":
                status, said = google.grant(urllib.parse.parse_qs(body.decode()))
            elif self.path == f"/v1/projects/{PROJECT}/messages:send":
                bearer = self.headers.get("authorization", "").removeprefix("Bearer ")
                status, said = google.send(bearer, json.loads(body))
            else:
                status, said = _error(404, "NOT_FOUND", "no such method", [])
            raw = json.dumps(said).encode()
            self.send_response(status)
            if status in (429, 503) and google.retry_after is not None:
                self.send_header("Retry-After", google.retry_after)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    google.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield google
    finally:
        server.shutdown()
        server.server_close()
