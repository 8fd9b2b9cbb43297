"""Refusals of components, in both languages."""

TEXTS: dict[str, tuple[str, str]] = {
    "components.component_unknown": (
        "没有这个部件，或不在您的可见范围内。",
        "There is no such component, or it is outside your sight.",
    ),
    "components.code_taken": ("部件编码 {code} 已登记。", "A component is registered as {code} already."),
    "components.code_elsewhere": (
        "部件编码 {code} 的前六位不是区域 {area} 所在的区划。",
        "The first six digits of {code} name another district than the area {area} lies in.",
    ),
    "components.class_unknown": (
        "现行代码表中没有部件类别 {big}-{small}（编码 {code}）。",
        "The code table in force has no class {big}-{small} of components (code {code}).",
    ),
    "components.area_unknown": ("没有这个区域：{area}。", "There is no such area: {area}."),
    "components.area_differs": (
        "部件 {code} 登记在区域 {area}；导入不改变所属区域。",
        "Component {code} is registered in the area {area}; a file does not move it.",
    ),
    "components.geometry_invalid": ("图形有误（{fault}）：{where}。", "The outline is not right ({fault}) at {where}."),
    "components.version_moved": (
        "该部件已被他人修改（现为第 {version} 版）；请刷新后再决定。",
        "Somebody changed this component meanwhile (it is at version {version}): look again, then decide.",
    ),
    "components.version_unknown": (
        "部件没有这个版本；现为第 {version} 版。",
        "The component has no such version; it is at version {version}.",
    ),
    "components.nothing_changes": ("部件已经是这样，无需修改。", "The component is so already: nothing changes."),
    "components.proposal_unknown": (
        "没有这条修改建议，或不在您的可见范围内。",
        "There is no such proposal, or it is outside your sight.",
    ),
    "components.proposal_decided": (
        "该修改建议已处理（{state}）。",
        "This proposal has been decided already ({state}).",
    ),
    "components.proposal_not_own": (
        "只有提出人可以撤回修改建议。",
        "Only whoever made a proposal takes it back.",
    ),
    "components.field_not_proposed": (
        "该建议没有提出修改：{fields}。",
        "The proposal does not propose: {fields}.",
    ),
    "components.all_overtaken": (
        "该建议的内容（{fields}）在其所依据的版本之后都已改变；如仍要采用，请逐项指明。",
        "All that it proposes ({fields}) was changed after the version it is based on; to take it, name the fields.",
    ),
    "components.column_missing": ("表头缺少列 {column}。", "The heading lacks the column {column}."),
    "components.cell_invalid": ("列 {column} 的内容无效：{why}。", "The column {column} is not right: {why}."),
    "components.line_twice": ("编码 {code} 与第 {line} 行重复。", "Line {line} has the code {code} already."),
    "components.file_too_long": (
        "文件超过 {limit} 行，请拆分后导入。",
        "The file has more than {limit} lines: split it.",
    ),
    "components.not_features": (
        "文件不是 GeoJSON 要素集合（FeatureCollection）。",
        "The file is no GeoJSON feature collection.",
    ),
    "components.export_too_long": (
        "列表超过 {limit} 行，请缩小范围。",
        "The list has more than {limit} rows: narrow it.",
    ),
    "components.bbox_invalid": (
        "范围应写作 西,南,东,北（度）。",
        "A box is written west,south,east,north, in degrees.",
    ),
}
