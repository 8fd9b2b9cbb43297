"""What the doors of gas share."""

from typing import Annotated, Any

from fastapi import Query

from backend.kernel.http import needs
from backend.kernel.paging import CURSOR_CHARS_MAX
from mobile_contract.base import PAGE_ITEMS_MAX

READ, SCAN, MANAGE = needs("gas.read"), needs("gas.scan"), needs("gas.manage")
Cursor = Annotated[str | None, Query(max_length=CURSOR_CHARS_MAX)]
Limit = Annotated[int, Query(ge=1, le=PAGE_ITEMS_MAX)]
JSON_LD = "application/ld+json"
_EXAMPLE = {"type": "EPCISDocument", "schemaVersion": "2.0", "epcisBody": {"eventList": []}}
EPCIS_ANSWER: dict[int | str, dict[str, Any]] = {
    200: {"content": {JSON_LD: {"example": _EXAMPLE}}, "description": "An EPCISDocument."}
}
