"""The virtual network: what is under way may be lost, doubled, late, overtaken, or cut in mid-body."""

from dataclasses import dataclass

UNDER_WAY_MAX = 12
"""More than this is not under way in a town this small; the oldest is lost."""


@dataclass(frozen=True, slots=True)
class Message:
    """A request on its way to the server (`status` None), or an answer on its way to a phone."""

    id: int
    phone: int
    user: str
    path: str
    body: bytes
    status: int | None = None


class Network:
    """Messages under way, in no promised order."""

    def __init__(self) -> None:
        self.under_way: list[Message] = []
        self._last = 0

    def ask(self, phone: int, user: str, path: str, body: bytes) -> int:
        """A phone sends a request; gives its number, which the answer will bear."""
        self._last += 1
        self._carry(Message(self._last, phone, user, path, body))
        return self._last

    def answer(self, request: Message, status: int, body: bytes) -> None:
        """The server's answer sets out."""
        self._carry(Message(request.id, request.phone, request.user, request.path, body, status))

    def _carry(self, message: Message) -> None:
        self.under_way.append(message)
        del self.under_way[:-UNDER_WAY_MAX]

    def pick(self, which: int) -> Message | None:
        """One of the messages under way; None when there is none."""
        return self.under_way[which % len(self.under_way)] if self.under_way else None

    def take(self, which: int) -> Message | None:
        """The same, and it is under way no longer."""
        return self.under_way.pop(which % len(self.under_way)) if self.under_way else None

    def replace(self, which: int, status: int, body: bytes) -> Message | None:
        """Some box on the way answers in the server's place."""
        message = self.take(which)
        if message is None:
            return None
        return Message(message.id, message.phone, message.user, message.path, body, status)

    def cut(self, which: int, part: float) -> Message | None:
        """The connection breaks in mid-body."""
        message = self.take(which)
        if message is None:
            return None
        body = message.body[: int(len(message.body) * part)]
        return Message(message.id, message.phone, message.user, message.path, body, message.status)


def short(body: bytes) -> str:
    """The beginning of a body, for whoever reads a story."""
    return body.decode(errors="replace")[:600]
