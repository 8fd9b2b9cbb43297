"""Whoever answers on the way in the server's place is nobody: the phone is off line, and nothing it knew is lost."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from backend.drive.network import Network, Problem, Unreachable
from backend.drive.phone import Phone

SIGN_IN_TO_WIFI = "<html><body>请先登录 Wi-Fi</body></html>".encode()
TOKENS = {"name": "阿强", "access_token": "a", "refresh_token": "r"}


class Portal(BaseHTTPRequestHandler):
    """Answers whatever is asked with its own page, as the Wi-Fi of a station hall does."""

    status = 200

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.do_GET()

    def do_GET(self) -> None:
        self.send_response(self.status)
        self.send_header("content-type", "text/html")
        self.send_header("content-length", str(len(SIGN_IN_TO_WIFI)))
        self.end_headers()
        self.wfile.write(SIGN_IN_TO_WIFI)

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


@pytest.fixture(params=[200, 302])
def portal(request: pytest.FixtureRequest) -> Iterator[str]:
    handler = type("Here", (Portal,), {"status": request.param})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_page_of_somebody_else_is_no_answer(portal: str) -> None:
    network = Network(portal)
    network.tries_max = 1
    for method, path in (("GET", "/handsets/v1/me"), ("POST", "/handsets/v1/devices/x/epoch")):
        with pytest.raises(Unreachable):
            network.ask(method, path, {} if method == "POST" else None)
    network.close()


def test_tokens_are_not_lost_to_it(portal: str, tmp_path: Path) -> None:
    phone = Phone(tmp_path / "phone")
    phone.store.put("server", portal)
    phone.store.put("people", {"p": TOKENS})
    phone.network.tries_max = 1
    with pytest.raises((Unreachable, Problem)):
        phone.refresh("p")
    assert phone.people() == {"p": TOKENS}
