"""The chain of a cylinder as a picture: one line an act, what is missing in red. Pure."""

from collections.abc import Iterator
from html import escape

from backend.kernel.clock import DISTRICT_ZONE
from mobile_contract.custody import Chain, ChainLink
from mobile_contract.gas import Gap, GapKind, HolderKind, ScanStep

LINE_PX, HEAD_PX, WIDTH_PX = 34, 56, 820
_STEPS = {
    ScanStep.prefill: "充前检查 prefill",
    ScanStep.fill: "充装 fill",
    ScanStep.load: "装车 load",
    ScanStep.hand_over: "交接 hand over",
    ScanStep.deliver: "送达 deliver",
    ScanStep.refuse: "拒交 not handed over",
    ScanStep.collect: "回收 collect",
    ScanStep.unload: "卸车 unload",
    ScanStep.send_for_inspection: "送检 to inspection",
    ScanStep.inspect: "检验合格 inspected",
    ScanStep.scrap: "报废 scrap",
    ScanStep.lose: "遗失 lost",
    ScanStep.recover: "找回 found",
    ScanStep.block: "封存 block",
    ScanStep.unblock: "解封 unblock",
    ScanStep.change_owner: "过户 change of owner",
    ScanStep.redate: "重算到期日 dated anew",
    ScanStep.enter_papers: "补录证件 papers entered",
}
_GAPS = {
    GapKind.skipped_check: "未检即充 filled unchecked",
    GapKind.filled_unfit: "违规充装 filled though unfit",
    GapKind.no_fill: "缺充装 no fill",
    GapKind.no_load: "缺装车 no load",
    GapKind.no_handover: "缺交接 no hand-over",
    GapKind.no_deliver: "缺送达 no delivery",
    GapKind.no_collect: "缺回收 no collection",
    GapKind.no_unload: "缺卸车 no unload",
    GapKind.cross_customer: "串户 from another customer",
    GapKind.double_delivery: "重复送达 delivered twice",
    GapKind.double_collection: "重复回收 collected twice",
    GapKind.blocked_delivered: "送达封存瓶 delivered though blocked",
    GapKind.after_scrap: "报废后出现 seen after scrap",
}
_PARTIES = {
    HolderKind.station: "站 station",
    HolderKind.worker: "车 vehicle",
    HolderKind.customer: "户 customer",
    HolderKind.inspection: "检验 inspection",
    HolderKind.nobody: "-",
}
_STYLE = (
    "text{font:13px sans-serif;fill:#222}.t{fill:#667}.g{fill:#b00020}.n{fill:#999;text-decoration:line-through}"
    "line{stroke:#bbb;stroke-width:2}circle{fill:#1769aa}.b{fill:#b00020}"
)


def chain_svg(chain: Chain) -> str:
    """An SVG of everything that happened, oldest first. Nobody is named: vehicles and accounts stand by their ids."""
    drawn = list(_lines(chain))
    height = HEAD_PX + LINE_PX * len(drawn) + 10
    head = f"{escape(chain.cylinder.key)}  {escape(chain.cylinder.spec)}  {chain.cylinder.place.value}"
    body = "".join(_drawn(at, line) for at, line in enumerate(drawn))
    spine = f'<line x1="180" y1="{HEAD_PX - 12}" x2="180" y2="{height - 16}"/>' if drawn else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH_PX}" height="{height}" '
        f'viewBox="0 0 {WIDTH_PX} {height}"><style>{_STYLE}</style>'
        f'<rect width="100%" height="100%" fill="#fff"/><text x="16" y="28">{head}</text>{spine}{body}</svg>\n'
    )


def _lines(chain: Chain) -> Iterator[ChainLink | Gap]:
    for link in chain.links:
        yield from link.gaps
        yield link


def _drawn(at: int, line: ChainLink | Gap) -> str:
    y = HEAD_PX + LINE_PX * at
    if isinstance(line, Gap):
        doubt = "?" if line.unsure else ""
        said = f"{_GAPS[line.kind]} ({line.kind.value}){doubt}"
        had = (
            f"{_PARTIES[line.holder_kind]} {_short(line.holder_id)} | {_PARTIES[line.from_kind]} {_short(line.from_id)}"
        )
        return (
            f'<circle class="b" cx="180" cy="{y - 4}" r="4"/><text class="g" x="200" y="{y}">{said}</text>'
            f'<text class="g" x="520" y="{y}">{escape(had)}</text>'
        )
    scan = line.scan
    when = scan.trusted_at.astimezone(DISTRICT_ZONE).strftime("%Y-%m-%d %H:%M:%S")
    way = f"{_PARTIES[scan.from_kind]} {_short(scan.from_id)} → {_PARTIES[scan.to_kind]} {_short(scan.to_id)}"
    faded = ' class="n"' if line.merged or line.declared_error else ""
    return (
        f'<text class="t" x="16" y="{y}">{when}</text><circle cx="180" cy="{y - 4}" r="5"/>'
        f'<text{faded} x="200" y="{y}">{_STEPS[scan.step]}</text><text{faded} x="400" y="{y}">{escape(way)}</text>'
    )


def _short(party: str) -> str:
    return party if len(party) <= 24 else f"…{party[-6:]}"
