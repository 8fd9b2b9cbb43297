"""What gas gives to sync."""

from backend.gas.kinds.accounts import ACCOUNT_KIND
from backend.gas.kinds.campaigns import CAMPAIGN_KINDS
from backend.gas.kinds.cases import CASE_KIND, SCAN_ERROR_KIND
from backend.gas.kinds.cylinders import CYLINDER_KIND, SCAN_KIND
from backend.gas.kinds.deliveries import DELIVERY_KINDS
from backend.gas.kinds.homes import HOME_KINDS

KINDS = (
    CYLINDER_KIND,
    SCAN_KIND,
    ACCOUNT_KIND,
    SCAN_ERROR_KIND,
    CASE_KIND,
    *HOME_KINDS,
    *DELIVERY_KINDS,
    *CAMPAIGN_KINDS,
)
