"""Why a handset shows a light at a scan, as a delivery worker says it, in Chinese and English."""

WHYS: dict[str, tuple[str, str]] = {
    "in_order": ("已登记，在有效期内", "registered, within its dates"),
    "not_on_manifest": ("不在您的车上，请核对是谁装的车", "not on your vehicle: ask who loaded it"),
    "pack_expired": ("停用名单已过期，请尽快联网更新", "the blocked list is old: fetch a new one soon"),
    "unknown_full": ("登记册中没有的重瓶", "a full cylinder that is in no register"),
    "unknown_empty": ("登记册中没有的空瓶，收回后单独存放", "an empty one that is in no register: keep it apart"),
    "manual_id": (
        "不是可识别的气瓶码，请再扫一次；扫不出就录入钢印号并拍照",
        "no label that can be read: scan it again, or type the stamped number and take a photo",
    ),
    "no_data": ("手机上没有数据，请先同步", "no data on this handset: sync first"),
    "dates_unknown": ("检验日期不详", "its dates are not known"),
    "blocked": ("已停用", "blocked"),
    "inspection_due": ("超期未检", "its inspection is overdue"),
    "life_end": ("超使用年限", "past its life"),
    "probably_blocked": ("可能已停用，联网后再查一次", "perhaps blocked: look again with a network"),
    "seal_refused": ("封口码不可信", "the seal is not to be believed"),
    "pack_refused": ("停用名单不可信，请重新同步", "the blocked list is not to be believed: sync again"),
    "foreign_owner": ("非本单位气瓶", "another company's cylinder"),
    "unregistered": ("未登记", "not registered"),
    "label_clone": ("标签被复制", "its label was copied"),
    "damage": ("损坏", "damaged"),
    "recall": ("召回", "recalled"),
    "dual_phase": ("双相气瓶", "a dual-phase cylinder"),
    "overfilled": ("超量充装", "overfilled"),
    "postfill_failed": ("充后检查不合格", "failed its check after filling"),
    "residual_missing": ("充前未称残液", "not weighed before filling"),
}
"""`Why` or `Block` -> (zh, en)."""
