"""The families of refusal and the HTTP status each travels under."""

from typing import ClassVar

from sync.refusal import Refusal


class Invalid(Refusal):
    """What was sent cannot be right."""

    status: ClassVar[int] = 422


class Unknown(Refusal):
    """There is no such thing, or none within sight."""

    status: ClassVar[int] = 404


class Forbidden(Refusal):
    """Known who asks; it is not theirs to do."""

    status: ClassVar[int] = 403


class Unauthenticated(Refusal):
    """Not known who asks."""

    status: ClassVar[int] = 401


class Clash(Refusal):
    """Right in itself, but not as things stand."""

    status: ClassVar[int] = 409


class Gone(Refusal):
    """It was, and will not come back."""

    status: ClassVar[int] = 410


class TooMany(Refusal):
    """Too often; come again later."""

    status: ClassVar[int] = 429


class TooOften(TooMany):
    code = "request.too_many"


class TooLarge(Refusal):
    """More bytes than the published limit."""

    status: ClassVar[int] = 413


class Unsupported(Refusal):
    """A content type or encoding that is not spoken here."""

    status: ClassVar[int] = 415


class NotReady(Refusal):
    """The server cannot answer now; nothing was changed."""

    status: ClassVar[int] = 503


class NotSignedIn(Unauthenticated):
    code = "auth.not_signed_in"


class NotAllowed(Forbidden):
    code = "auth.not_allowed"


class NotFound(Unknown):
    code = "request.not_found"


class BodyInvalid(Invalid):
    code = "request.invalid"


class BodyTooLarge(TooLarge):
    code = "request.too_large"


class BodyNotJson(Refusal):
    code = "request.not_json"
    status: ClassVar[int] = 400


class BodyDamaged(Refusal):
    """The body is not what its Content-Digest says: it was changed on its way, and nothing of it was read."""

    code = "request.damaged"
    status: ClassVar[int] = 400


class MediaUnsupported(Unsupported):
    code = "request.media_unsupported"


class MethodNotAllowed(Refusal):
    code = "request.method_not_allowed"
    status: ClassVar[int] = 405


class Busy(NotReady):
    code = "server.busy"


class Broken(Refusal):
    """A fault of ours; logged loudly, told plainly."""

    code = "server.fault"
    status: ClassVar[int] = 500
