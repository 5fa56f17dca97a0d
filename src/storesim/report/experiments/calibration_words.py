"""Words of the page of a calibration, in Chinese and English; a part of the catalogue in `report.words`."""

from __future__ import annotations

from collections.abc import Mapping

OF_CALIBRATION: Mapping[str, tuple[str, str]] = {
    "calibrate.title": ("{store}：由 {history} 校准的设置", "{store}: settings that reproduce {history}"),
    "calibrate.subtitle": (
        "自 {first} 起拟合 {fitted} 天，留出 {later} 天；种子 {seed}",
        "{fitted} days from {first} on fitted, {later} held back; seed {seed}",
    ),
    "calibrate.fits": (
        "校准后的店铺再现了历史：差距不大于运气（p {chance}）。",
        "The calibrated store reproduces the history: what is left is no more than luck (p {chance}).",
    ),
    "calibrate.unfit": (
        "校准后的店铺不能再现历史（p {chance}）。差得最远的是：{moments}。区间因此放宽到 {wider} 倍，仍应慎用。",
        (
            "The calibrated store does not reproduce the history (p {chance}). Furthest off: {moments}. The ranges "
            "are made {wider} times wider for it; use them with care."
        ),
    ),
    "calibrate.beyond": (
        "在所给范围内，没有设置能使店铺接近历史中的：{moments}。它们未参与拟合；场景在这里与真实店铺不同。",
        (
            "No settings within the ranges bring the store near the history in: {moments}. These were not fitted; here "
            "the scenario is another store than the real one."
        ),
    ),
    "calibrate.holds": (
        "以附近设置模拟的店铺来检验，各区间平均有 {holds} 含有真值（应为 90%；不足者已放宽）。",
        (
            "Tried out on simulated stores with settings near by, {holds} of the ranges held the true value (90 % were "
            "asked for; where it was less, they were made wider)."
        ),
    ),
    "calibrate.from": ("所找下限", "Looked from"),
    "calibrate.to": ("所找上限", "to"),
    "calibrate.untold": (
        "历史几乎不能说明：{paths}。它们的区间不比原先给定的范围窄多少；需要别的数据，或自行确定。",
        (
            "The history tells hardly anything of {paths}: the range is little narrower than what was looked through. "
            "Other figures are needed, or a decision."
        ),
    ),
    "calibrate.twins": (
        "历史分不清 {paths}：一个高些、另一个相应变动，结果看来一样。只有合在一起才是确定的，请整行使用抽样。",
        (
            "The history cannot tell {paths} apart: more of one and a fitting change of the other look the same. Only "
            "together are they known; use the draws as whole rows."
        ),
    ),
    "calibrate.still": (
        "在给定范围内对历史中的数字没有影响，保持原样：{paths}。",
        "Left as they are, for they move nothing the history shows: {paths}.",
    ),
    "calibrate.closed": (
        "有 {closed} 天没有成交，未计入；模拟的店铺每天营业。",
        "{closed} days without any trade were left out; a simulated store trades every day.",
    ),
    "calibrate.held": (
        "留出的日子：80% 区间含有 {share} 的日值，{totals} 项合计中的 {inside} 项。",
        "On the days held back the 80 % band held {share} of the daily figures, and {inside} of {totals} totals.",
    ),
    "calibrate.ranges": ("各设置在所找范围内的位置", "Where each setting lies within what was looked through"),
    "calibrate.ranges_alternative": (
        "每个设置一行：浅色是所找的范围，深色是 90% 区间，点是中位，竖线是原来的设置。",
        (
            "A row a setting: pale what was looked through, dark the 90 % range, the dot its middle, the upright line "
            "what the scenario said."
        ),
    ),
    "calibrate.settings": ("校准的设置", "Settings"),
    "calibrate.before": ("原设置", "Before"),
    "calibrate.value": ("校准值", "Calibrated"),
    "calibrate.low": ("90% 区间下限", "Low (90 %)"),
    "calibrate.high": ("90% 区间上限", "High (90 %)"),
    "calibrate.told": ("历史说明了", "Told by the history"),
    "calibrate.moments": ("历史与校准后的店铺", "The history and the calibrated store"),
    "calibrate.what": ("比较的量", "What is compared"),
    "calibrate.seen": ("历史", "History"),
    "calibrate.played": ("模拟", "Store"),
    "calibrate.luck": ("运气（标准差）", "Luck, ±"),
    "calibrate.off": ("相差几个标准差", "Off by"),
    "calibrate.luck_note": (
        (
            "水平约为拟合期内的合计或比率；“第 1 段对全期”等为占全期的份额或与全期之比，“周末对工作日”为两者之比，"
            "“每日波动”为日值的标准差。运气以其百分比计；“逐日相关”除外，它是相关系数。"
        ),
        (
            "A level is about the total or ratio of all days; a third stands as a share of all or in proportion to "
            "it, the weekend in proportion to workdays, daily noise as a standard deviation. Luck is in percent of "
            "each, but for the correlation of one day with the next."
        ),
    ),
    "calibrate.kind.level": ("水平", "level"),
    "calibrate.kind.trend": ("第 {third} 段对全期", "third {third} against all"),
    "calibrate.kind.weekend": ("周末对工作日", "weekend against workdays"),
    "calibrate.kind.spread": ("每日波动", "daily noise"),
    "calibrate.kind.memory": ("逐日相关", "one day with the next"),
    "calibrate.later": ("留出的日子", "Days held back"),
    "calibrate.days_held": ("80% 区间含有的日值", "Days in the 80 % band"),
    "calibrate.total": ("合计", "Total"),
    "calibrate.total_low": ("预测下限（p10）", "Foretold, low (p10)"),
    "calibrate.total_high": ("预测上限（p90）", "Foretold, high (p90)"),
}
