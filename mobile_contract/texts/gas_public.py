"""What a customer's own phone is told, and refusals of the public doors."""

TEXTS: dict[str, tuple[str, str]] = {
    "gas.orders_open": (
        "该用户已有 {limit} 张未送达的订单，请等待送达或致电客服。",
        "There are {limit} orders for this account that were not brought yet; wait for these, or telephone.",
    ),
    "gas.link_invalid": (
        "气瓶码有误（{fault}，第 {position} 个字符）：{code}。请重新扫码。",
        "The cylinder's code is not right ({fault} at character {position}): {code}. Please scan it again.",
    ),
    "gas.where_needed": (
        "请说明地点：扫用户码或气瓶码、填写地址或允许定位。",
        "Say where it is: read a label, write an address, or share your position.",
    ),
}
PAGE_WORDS: dict[str, tuple[str, str]] = {
    "filler": ("充装单位", "filled by"),
    "spec": ("规格", "size"),
    "filled_on": ("充装日期", "filled on"),
    "net_g": ("充装重量", "weight"),
    "inspected_until_on": ("检验有效期至", "inspected until"),
    "life_end_on": ("使用年限至", "in use until"),
}
GENUINE: dict[str, tuple[str, str]] = {
    "in_date": ("本气瓶已登记且在检验有效期内。", "This cylinder is registered and within its dates."),
    "out_of_date": (
        "本气瓶已超检验期或使用年限，请勿使用，联系配送员更换。",
        "This cylinder is out of date: do not use it, and ask your delivery worker for another.",
    ),
    "do_not_use": (
        "本气瓶已停用，请勿使用，联系配送员取回。",
        "This cylinder is out of use: do not use it, and give it back to your delivery worker.",
    ),
    "not_ours": (
        "登记册中没有该气瓶，请勿使用并联系燃气企业核实。",
        "This cylinder is in no register here: do not use it, and ask your gas company.",
    ),
    "dates_unknown": (
        "本气瓶已登记，检验日期不详，请向配送员核实。",
        "This cylinder is registered, its dates are not known: ask your delivery worker.",
    ),
}
ADVICE = (
    "已收到。请立即关闭瓶阀，开窗通风，不要开关任何电器、不要动火，到室外等候；如有着火或有人不适，请拨打 119 或 120。",
    "Taken. Close the cylinder's valve, open the windows, touch no switch and light nothing, and wait outside; if it "
    "burns or somebody is unwell call 119 or 120.",
)
CALLER = ("用户报漏", "a customer")
