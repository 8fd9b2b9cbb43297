"""What attachments announce."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AttachmentArrived:
    """A person has sent a content whole: all its bytes are kept."""

    sha256: str
    size_bytes: int
    person_id: str
