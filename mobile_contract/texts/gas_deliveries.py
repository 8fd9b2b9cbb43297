"""Refusals of orders, deliveries and station keys."""

TEXTS: dict[str, tuple[str, str]] = {
    "gas.order_unknown": (
        "没有这张订单，或不在您的可见范围内。",
        "There is no such order, or it is outside your sight.",
    ),
    "gas.order_exists": (
        "相同编号的订单已存在，内容不同。",
        "An order with this id exists already, with other content.",
    ),
    "gas.order_ended": ("该订单已送达或已取消。", "The order was delivered or cancelled."),
    "gas.check_to_be_booked": (
        "该用户连续三次到访不遇：须同时预约安检才能接单。",
        "Nobody was met three times: the order is taken only together with a booked check.",
    ),
    "gas.customer_code_wrong": (
        "用户码校验不符，请重新扫描或核对用户编号。",
        "The customer's code is not right; please read it again or look up the account.",
    ),
    "gas.certificate_needed": (
        "该人员在 {on} 没有有效的从业证书或培训记录，不能派单。",
        "This worker holds no certificate or training that is valid on {on}; the order cannot be given to them.",
    ),
    "gas.certificate_taken": ("该证书编号已登记。", "A certificate of this number is entered already."),
    "gas.worker_unknown": ("没有这名人员，或不在您的管辖范围内。", "There is no such worker in your charge."),
    "gas.delivery_incomplete": (
        "配送不能提交，请补全：{missing}。",
        "The delivery cannot be closed yet; please complete: {missing}.",
    ),
    "gas.delivery_unknown": (
        "没有这次配送记录，或不在您的可见范围内。",
        "There is no such delivery, or it is outside your sight.",
    ),
    "gas.key_taken": (
        "密钥编号 {key_id} 已使用过；编号永不重复使用。",
        "The key id {key_id} was used before; ids are never used again.",
    ),
    "gas.key_unknown": ("没有这个密钥。", "There is no such key."),
    "gas.key_impossible": (
        "密钥或时间范围有误（{why}）。",
        "The key or its range of time is not right ({why}).",
    ),
    "gas.column_missing": ("表头缺少“{column}”列。", "The heading has no column {column}."),
    "gas.cell_invalid": ("“{column}”列填写有误：{why}。", "The column {column} is not right: {why}."),
    "gas.line_twice": ("与第 {line} 行重复。", "The same as in line {line}."),
    "gas.hazard_taken": (
        "隐患编号 {hazard} 已属于另一用户；请为新隐患生成新编号。",
        "The hazard id {hazard} belongs to another account; a new hazard needs an id of its own.",
    ),
}
