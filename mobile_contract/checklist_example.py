"""The checklist to start from: an example of a district's setting, not a text of law.

Each line says how sure it is that it stands in a rule; grades and deadlines are assumed where no source was read.
"""

from datetime import date

from mobile_contract.checklists import Certainty, Grade, GradeRule, Item, NewChecklist, Topic

VERSION = "example-2026.1"
G0, G1, G2, G3 = Grade.g0, Grade.g1, Grade.g2, Grade.g3
S, K, A = Certainty.source, Certainty.known, Certainty.assumed
HOSE_DAYS = 7

_GROUPS = {
    "B": "瓶 cylinder",
    "V": "阀 regulator",
    "P": "管 hose",
    "S": "灶 stove",
    "W": "热水器 water heater",
    "A": "报警器 alarm",
    "E": "环境 surroundings",
    "U": "用户 customer",
}
_LINES: tuple[tuple[str, str, str, Grade, Certainty], ...] = (
    ("B-01", "气瓶超期未检、超使用年限或非本公司瓶", "Cylinder overdue, past its life or of another owner", G0, S),
    ("B-02", "气瓶离火源或灶具太近（小于 0.5 米）", "Cylinder nearer than 0.5 m to fire or stove", G2, S),
    ("B-03", "气瓶放置处有插座或电源开关", "Socket or switch where the cylinder stands", G2, S),
    ("B-04", "存放位置太密闭、通风不良", "Cylinder kept where air does not move", G1, S),
    ("B-05", "气瓶放在卫生间使用", "Cylinder used in a bathroom", G1, S),
    ("B-06", "气瓶在地下室、半地下室或卧室", "Cylinder in a basement or a bedroom", G0, K),
    ("B-07", "气瓶倒置、横放或加热", "Cylinder upside down, lying or heated", G0, S),
    ("B-08", "超量存放，商业用户未设瓶组间", "Too many cylinders, or a shop without a cylinder room", G1, S),
    ("V-01", "减压阀漏气", "Regulator leaks", G0, S),
    ("V-02", "减压阀老化、超期", "Regulator aged or overdue", G2, S),
    ("V-03", "未安装减压阀使用", "Used without a regulator", G0, S),
    ("V-04", "双头阀、双咀阀单用", "Double outlet used for one appliance", G2, S),
    ("V-05", "可调节（中压）减压阀", "Adjustable regulator", G1, S),
    ("V-06", "未按要求装自闭、过流或紧急切断阀", "No self-closing, excess-flow or emergency valve", G2, S),
    ("P-01", "软管超过 2 米", "Hose longer than 2 m", G2, S),
    ("P-02", "软管老化、龟裂、鼠咬", "Hose aged, cracked or gnawed", G1, S),
    ("P-03", "软管穿墙、穿门窗", "Hose through a wall, door or window", G1, S),
    ("P-04", "软管接三通", "Hose with a branch", G1, S),
    ("P-05", "软管两端未加管卡固定", "Hose ends without clamps", G2, S),
    ("P-06", "橡胶软管，非专用金属包覆或波纹管", "Rubber hose instead of a metal one", G2, S),
    ("S-01", "灶具无熄火保护装置", "Stove without flame-failure device", G1, S),
    ("S-02", "灶具老化破损、超判废年限", "Stove worn out or past its life", G2, S),
    ("S-03", "灶具连接处漏气", "Leak where the stove is connected", G0, K),
    ("W-01", "直排式或国家明令淘汰的热水器", "Flueless or banned water heater", G0, S),
    ("W-02", "热水器未装烟管、烟管未通室外或破损", "No flue, a flue that ends indoors, or a broken one", G0, S),
    ("W-03", "热水器装在浴室内（平衡式除外）", "Water heater in the bathroom", G0, S),
    ("W-04", "热水器安装处通风不良、无强排", "Water heater where air does not move", G1, S),
    ("W-05", "热水器老化、超期", "Water heater aged or overdue", G2, S),
    ("A-01", "应装未装可燃气体报警器", "No gas alarm where one is wanted", G2, S),
    ("A-02", "报警器安装过高、未通电或超 3 年", "Gas alarm too high, without power or older than 3 years", G2, S),
    ("A-03", "有热水器或取暖，未装一氧化碳报警器", "Water heater or heating without a CO alarm", G3, S),
    ("E-01", "厨房通风排风不畅，餐饮排烟不全", "Kitchen without moving air", G1, S),
    ("E-02", "瓶装气与管道气、煤炉同室", "Bottled gas beside piped gas or a coal stove", G1, S),
    ("U-01", "地址或用户性质不符", "Address or nature of the customer differs from the books", G3, S),
    ("U-02", "户内存瓶数与账面不符", "Cylinders found differ from the books", G3, A),
)
_OFTEN = frozenset({"P-01", "P-02", "P-04", "V-05", "V-06", "S-01", "A-02"})
"""More than four of five hazards, where 3,521 restaurants were looked at (brief, gas 3.7)."""
_SHOP = {"A-01": G1}
_TOPICS = {"W": Topic.water_heater, "A-03": Topic.co_alarm, "E-01": Topic.ventilation}


def example() -> NewChecklist:
    """The example: 35 items and what each grade entails."""
    return NewChecklist(
        version=VERSION,
        since_on=date(2026, 1, 1),
        items=[_item(*line) for line in _LINES],
        grades=[
            GradeRule(grade=G0, deadline_days=0, stops_supply=True, notice=True, call_min=30, certainty=A),
            GradeRule(grade=G1, deadline_days=7, stops_supply=False, notice=True, certainty=A),
            GradeRule(grade=G2, deadline_days=30, stops_supply=False, notice=True, certainty=S),
            GradeRule(grade=G3, deadline_days=None, stops_supply=False, notice=False, certainty=S),
        ],
        note="Replace by the district's own.",
    )


def _item(code: str, zh: str, en: str, grade: Grade, certainty: Certainty) -> Item:
    return Item(
        code=code,
        group=_GROUPS[code[0]],
        zh=zh,
        en=en,
        grade=grade,
        grade_shop=_SHOP.get(code),
        deadline_days=HOSE_DAYS if code in ("P-01", "P-05", "P-06") else None,
        topic=_TOPICS.get(code) or _TOPICS.get(code[0]),
        often=code in _OFTEN,
        data_task=code[0] == "U",
        certainty=certainty,
    )
