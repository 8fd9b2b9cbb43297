"""What routine work gives to sync."""

from backend.workorders.kinds.forms import ANSWER_KIND, TEMPLATE_KIND
from backend.workorders.kinds.halts import HALT_ASK_KIND
from backend.workorders.kinds.orders import WORK_ORDERS

KINDS = (WORK_ORDERS, TEMPLATE_KIND, ANSWER_KIND, HALT_ASK_KIND)
