"""What the papers of a cylinder and its stamp say, and how the desk enters them later or puts them right."""

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from mobile_contract.base import NAME_CHARS_MAX, Ask, Id, Sha256, Text, Wire, no_control

PAPER_CHARS_MAX = 64
PAPERS_PER_ASK_MAX = 500
PAPER_PHOTOS_MAX = 10

Paper = Annotated[str, StringConstraints(max_length=PAPER_CHARS_MAX, strip_whitespace=True), AfterValidator(no_control)]
"""What a certificate, a register or a stamp calls something, as it is written there; empty: not known."""
Tare = Annotated[int, Field(gt=0, le=655_350, strict=True)]


class SaidPapers(Wire):
    """What an act said of a cylinder's papers; null: nothing, it stays as it was."""

    certificate_no: str | None = None
    registration_code: str | None = None
    maker_code: str | None = None
    stamped_tare_g: int | None = None


class CylinderPapers(Ask):
    """The papers of one cylinder. What is null stays as it is; an empty text takes away what was wrong."""

    id: Id
    """Minted by the caller: the same id twice is one act."""
    cylinder_id: Id
    certificate_no: Annotated[Paper, Field(examples=["QP02001"])] | None = None
    registration_code: Annotated[Paper, Field(examples=["132020000001"])] | None = None
    maker_code: Annotated[Paper, Field(examples=["AG"])] | None = None
    stamped_tare_g: Tare | None = None

    @model_validator(mode="after")
    def _says_something(self) -> "CylinderPapers":
        if all(getattr(self, name) is None for name in SaidPapers.model_fields):
            raise ValueError("it says nothing")
        return self


class EnterPapers(Ask):
    """`POST /gas/v1/cylinders/papers`: papers of registered cylinders, all of them or none."""

    paper: Annotated[Text, StringConstraints(max_length=NAME_CHARS_MAX)] = ""
    """The number of the document they were read from."""
    photos: Annotated[list[Sha256], Field(max_length=PAPER_PHOTOS_MAX)] = Field(default_factory=list)
    """The document itself, or the stamp."""
    note: Text = ""
    cylinders: Annotated[list[CylinderPapers], Field(min_length=1, max_length=PAPERS_PER_ASK_MAX)]
