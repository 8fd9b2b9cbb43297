"""Who looks at cases: audits of what was put right at once, who may be sent to check, who was told of a limit."""

from enum import StrEnum
from typing import Annotated

from pydantic import StringConstraints

from mobile_contract.base import Ask, At, Id, Text, Wire
from mobile_contract.params import Flag

LOOKERS_MAX = 100


class CaseAudit(StrEnum):
    """Whether somebody looks at a case that its finder put right at once (自行处置), and what they found."""

    none = "none"
    due = "due"
    """Drawn by lot when it came in."""
    passed = "passed"
    failed = "failed"


class CaseLevel(Wire):
    """A share of a clock's limit: when it is reached, and when that was told."""

    percent: int
    at: At
    told_at: At | None


class AuditCase(Ask):
    """What an audit of a self-disposed case found; one that failed is registered again."""

    passed: Flag
    reason: Annotated[Text, StringConstraints(min_length=1)]


class Looker(Wire):
    """Somebody who may be sent to check a case."""

    person_id: Id
    name: str
    of_unit: bool
    """They belong to a unit that found or handled it: send another, if there is one."""
