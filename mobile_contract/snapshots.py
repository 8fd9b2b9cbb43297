"""The first fill of a handset: packs of whole scopes, fetched and resumed like files."""

from typing import Annotated

from pydantic import Field

from mobile_contract.base import Wire
from mobile_contract.frames import ScopeName, Seq


class Pack(Wire):
    """A pack to fetch. Its layout, and how to check it before a row of it is believed, stand in sync/README.md."""

    scope: ScopeName
    contract: Annotated[int, Field(examples=[1])]
    generation: Annotated[str, Field(examples=["0199b3a0-0000-7000-8000-00000000000a"])]
    seq: Seq
    """The rows of the scope as they stood at this number."""
    rows: Annotated[int, Field(examples=[9_812])]
    digest: Annotated[str, Field(examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"])]
    sha256: Annotated[str, Field(examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"])]
    """Of the file's bytes; its strong ETag too."""
    bytes: Annotated[int, Field(examples=[812_004])]
    url: Annotated[str, Field(examples=["/sync/v1/packs/9f86d0…?epoch=1&ticket=c2ln"])]
    """GET with Range. Good for this person on this handset until `expires_s`, and while the scope is held."""
    expires_s: Annotated[int, Field(examples=[1_788_224_400])]
    """Seconds since 1970."""


class SnapshotOffer(Wire):
    """Fetch the packs, check them, stage their rows, then pull with `cookie`: what came since follows."""

    packs: list[Pack]
    cookie: Annotated[str | None, Field(examples=["1ZyP0c3n0yYB6dFJ5c2ln"])] = None
    """Of use only to who applies every pack of this offer; null when there is none: pull without one."""
    building: list[ScopeName]
    """Scopes whose pack is being built; their rows come with the pull all the same."""
