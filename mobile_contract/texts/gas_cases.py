"""What is asked in a case, in Chinese and English. `{cylinder}`, `{account}` are filled; nobody is named."""

QUESTIONS: dict[str, tuple[str, str]] = {
    "skipped_check": (
        "气瓶 {cylinder} 充装前半小时内没有充前检查记录，请站点说明。",
        "Cylinder {cylinder} was filled without a check in the half hour before; the station is asked.",
    ),
    "filled_unfit": (
        "气瓶 {cylinder} 已封存、超期或未登记，却被充装，请站点立即停用并说明。",
        "Cylinder {cylinder} was filled although it is blocked, out of date or in no register; take it out of use.",
    ),
    "no_fill": (
        "气瓶 {cylinder} 没有充装记录却作为满瓶出站或送达，请核实。",
        "Cylinder {cylinder} left as a full one without a fill on record.",
    ),
    "no_load": (
        "气瓶 {cylinder} 没有装车扫码却已出站，请配送员与站点门岗核实是否漏扫。",
        "Cylinder {cylinder} left the station without a scan at loading; was it forgotten?",
    ),
    "no_handover": (
        "气瓶 {cylinder} 在一名配送员车上，却由另一名配送员送出；请双方确认是否交接过。",
        "Cylinder {cylinder} was on one worker's vehicle and moved on by another's; both confirm the hand-over.",
    ),
    "no_deliver": (
        "气瓶 {cylinder} 没有送达扫码却从用户处收回，请确认是否漏扫送达。",
        "Cylinder {cylinder} was taken back from a customer without a scan at its delivery; was it forgotten?",
    ),
    "no_collect": (
        "气瓶 {cylinder} 在用户处却已回站，请确认是否漏扫收瓶。",
        "Cylinder {cylinder} was at a customer's and came back without a scan at its collection; was it forgotten?",
    ),
    "no_unload": (
        "气瓶 {cylinder} 在车上却已在站内操作，请确认是否漏扫卸车。",
        "Cylinder {cylinder} was on a vehicle and is at the station without a scan at unloading; was it forgotten?",
    ),
    "cross_customer": (
        "气瓶 {cylinder} 记在一户名下，却从另一户收回；请上门核实原用户的气瓶。",
        "Cylinder {cylinder} stood with one customer and was taken back from another; visit the first one.",
    ),
    "double_delivery": (
        "气瓶 {cylinder} 有两次送达、中间没有收回；今天内致电两户核实。",
        "Cylinder {cylinder} was delivered twice with nothing between; call both customers today.",
    ),
    "double_collection": (
        "两名配送员都称收回了空瓶 {cylinder}；请双方核对车上气瓶，卸车扫码者为准。",
        "Two workers say that they took back the empty {cylinder}; look on both vehicles, who unloads it has it.",
    ),
    "blocked_delivered": (
        "已封存或超期的气瓶 {cylinder} 已送到用户处；请在四小时内取回。",
        "The blocked or outdated cylinder {cylinder} is with a customer; fetch it back within four hours.",
    ),
    "after_scrap": (
        "已报废的气瓶 {cylinder} 又被扫到；请扣下并核实。",
        "The scrapped cylinder {cylinder} was seen again; keep it and look into it.",
    ),
    "label_clone": (
        "气瓶码 {cylinder} 在短时间内出现于两地，疑为复制标签；已封存，请实物核对后换标。",
        "The code {cylinder} was at two places that nobody reaches in time: a copied label. It is blocked until seen.",
    ),
    "foreign_cylinder": (
        "气瓶 {cylinder} 不在登记册中；请单独存放，产权查明前不得充装。",
        "Cylinder {cylinder} is in no register; keep it apart and do not fill it until its owner is known.",
    ),
    "manual_id": (
        "瓶码未能读出，手工录入为“{cylinder}”；请站点对照钢印号和照片二次核对。",
        "No label could be read and “{cylinder}” was typed in; the station compares the stamp and the photo.",
    ),
    "not_met_delivered": (
        "用户 {account}：同一次上门既记“到访不遇”又交付了满瓶；请配送员说明。",
        "Account {account}: one visit says both that nobody was met and that a full cylinder was handed over.",
    ),
    "checked_twice": (
        "用户 {account} 同一天有两次完整安检；以较晚的一次为准，请核实。",
        "Account {account} was checked twice on one day; the later check counts, look into it.",
    ),
    "shift_open": (
        "当班气瓶对不上账（缺少、多出或仍在车上）；请逐瓶核对。",
        "The shift does not add up: cylinders are missing, too many or still on the vehicle; go through them.",
    ),
}
"""Kind of case -> (zh, en)."""
