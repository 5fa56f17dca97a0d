"""Words of the tables beside the funnel: devices, groups of keywords and windows of attribution; a part of `words`."""

from __future__ import annotations

OF_CHANNELS: dict[str, tuple[str, str]] = {
    "channels.note": (
        (
            "访客按天去重，多天相加；转化率=成交客户数÷访客数，客单价=成交金额÷成交客户数，均为合计后相除。"
            "全店的点击成本与千次展现成本以全部广告花费计，含佣金与活动费用；与京准通对照请看各渠道的行。"
        ),
        (
            "Visitors are counted once a day and summed over days; CVR is buyers ÷ visitors, AOV GMV ÷ buyers, from "
            "sums. The whole store's cost per click and per thousand divide all ad spend, commission and fees "
            "included; compare JD's ad reports with the channels' own rows."
        ),
    ),
    "channels.visits": ("各渠道的访客、访问次数与浏览量", "Visitors, visits and pages of each channel"),
    "channels.devices": ("分终端（全部模拟日，均值）", "By device (all simulated days, mean)"),
    "channels.devices.of": ("终端", "Device"),
    "channels.devices.share": ("访客占比", "Share of visitors"),
    "channels.groups": ("关键词组（全部模拟日，均值）", "Groups of keywords (all simulated days, mean)"),
    "channels.groups.of": ("关键词组 / 人群 / 设备", "Keywords / crowd / device"),
    "channels.added": (
        "付费渠道的真实增量（全部模拟日，{runs} 次配对模拟）",
        "What paid channels truly add (all simulated days, {runs} paired runs)",
    ),
    "channels.added.spend": ("花费", "Spend"),
    "channels.added.gmv": ("多成交", "GMV added"),
    "channels.added.give_or_take": ("误差（95%）", "± (95 %)"),
    "channels.added.profit": ("多赚", "Profit added"),
    "channels.added.reported": ("报表投产比", "ROI as reported"),
    "channels.added.roi": ("真实投产比", "True ROI"),
    "channels.added.marginal": ("边际投产比", "Marginal ROI"),
    "channels.added.marginal_error": ("误差（95%）", "± (95 %)"),
    "channels.added.note": (
        (
            "同样的运气下，把该渠道关掉再模拟一遍，整个店铺相差多少；边际是预算、佣金率或场次规模再加一成时的差。"
            "报表投产比把本来就会来的访客也算作广告带来的，又不计广告带动的自然排名，所以两者不同。"
        ),
        (
            "The whole store against itself on the same luck with the channel switched off; marginal: with a tenth "
            "more budget, commission or size. The ROI as reported counts visitors who would have come free, and leaves "
            "out what orders through ads do for the organic rank."
        ),
    ),
    "device.app": ("京东App", "app"),
    "device.wechat": ("微信", "WeChat"),
    "device.pc": ("电脑", "PC"),
    "device.mobile_web": ("手机网页", "mobile web"),
    "device.other": ("其他", "other"),
    "group.brand": ("品牌词", "brand"),
    "group.core": ("核心词", "core"),
    "group.category": ("类目词", "category"),
    "group.long_tail": ("长尾词", "long tail"),
    "crowd.other": ("其他人群", "everybody else"),
    "channels.credited": ("按归因口径（{first} 至 {last}）", "By attribution window ({first} to {last})"),
    "channels.credited.by": ("口径", "Counted on the day of"),
    "channels.credited.click": ("点击", "the click"),
    "channels.credited.order": ("下单", "the order"),
    "channels.credited.orders": ("{days}天订单", "Orders, {days} d"),
    "channels.credited.roas": ("{days}天投产比", "ROI, {days} d"),
    "channels.credited.listed": ("订单行及订单行成本，按归因口径", "Order lines and their cost, by attribution window"),
    "channels.credited.lines": ("{days}天订单行", "Lines, {days} d"),
    "channels.credited.cpa": ("{days}天订单行成本", "CPA, {days} d"),
}
