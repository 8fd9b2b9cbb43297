"""Refusals of inspections of customers' homes."""

TEXTS: dict[str, tuple[str, str]] = {
    "gas.checklist_unknown": ("没有检查表版本 {version}。", "There is no checklist of version {version}."),
    "gas.checklist_taken": (
        "检查表版本 {version} 已发布；已发布的版本不能更改。",
        "The checklist version {version} is published; a published version never changes.",
    ),
    "gas.checklist_needed": (
        "完成的入户安检必须注明检查表版本。",
        "A completed check names the version of the checklist it answers.",
    ),
    "gas.answers_faulty": (
        "安检不能提交，请逐项补全：{items}。",
        "The check cannot be closed yet; please complete: {items}.",
    ),
    "gas.visit_unknown": (
        "没有这次入户记录，或不在您的可见范围内。",
        "There is no such visit, or it is outside your sight.",
    ),
    "gas.no_notice": (
        "这次入户没有需要送达的告知单或整改通知书。",
        "This visit leaves no notice: somebody was met and no hazard is to be mended.",
    ),
    "gas.hazard_unknown": (
        "没有这条隐患，或不在您的可见范围内。",
        "There is no such hazard, or it is outside your sight.",
    ),
    "gas.hazard_act_exists": (
        "相同编号的隐患处理记录已存在，内容不同。",
        "A deed with this id exists already, with other content.",
    ),
    "gas.deed_not_for_phones": (
        "手机只能登记告知和整改申报，复查请提交新的入户安检。",
        "A phone tells of a notice or a claim that it is mended; to verify it, send a new check.",
    ),
    "gas.proof_needed": ("请附上整改照片。", "A photo that shows it mended is needed."),
    "gas.report_too_long": (
        "报表超过 {limit} 行，请按区域或日期缩小范围，或用命令行导出。",
        "The report has more than {limit} lines; please narrow it to an area, or use the command line.",
    ),
    "gas.campaign_unknown": (
        "没有这个专项，或不在您的可见范围内。",
        "There is no such campaign, or it is outside your sight.",
    ),
    "gas.campaign_exists": (
        "相同编号的专项已存在，内容不同。",
        "A campaign with this id exists already, with other content.",
    ),
    "gas.campaign_closed": ("该专项已结束。", "The campaign is closed."),
    "gas.campaign_impossible": ("专项的结束日期早于开始日期。", "The campaign ends before it begins."),
    "gas.campaign_too_large": (
        "一个专项最多 {limit} 个点位，请缩小范围或另建专项。",
        "A campaign has at most {limit} sites; narrow it or make another one.",
    ),
}
