"""Words of scenarios, runs and ensembles that show themselves; a part of `words`."""

from __future__ import annotations

SHOWN_WORDS: dict[str, tuple[str, str]] = {
    "shown.scenario": (
        "{first} 至 {last}，{days} 天；指纹 {fingerprint}",
        "{first} to {last}, {days} days; {fingerprint}",
    ),
    "shown.run": ("第 {run} 次模拟，{first} 至 {last}，种子 {seed}", "Run {run}, {first} to {last}, seed {seed}"),
    "shown.run.title": ("一次模拟", "One run"),
    "shown.ensemble": ("{runs} 次模拟，{first} 至 {last}，种子 {seed}", "{runs} runs, {first} to {last}, seed {seed}"),
    "shown.ensemble.title": ("多次模拟", "Many runs"),
    "shown.picture": ("每天的指标", "Day by day"),
    "shown.run.words": ("每个小图是一个指标每天的值。", "A panel for each KPI, its value on each day."),
    "shown.ensemble.words": (
        "每个小图是一个指标：线为中位数，色带为 P10 至 P90。",
        "A panel for each KPI: the line is the median, the band P10 to P90.",
    ),
    "shown.totals": ("合计", "Totals"),
    "shown.value": ("合计", "Total"),
    "shown.channels": ("渠道", "Channels"),
    "shown.how": ("方式", "How it brings visitors"),
    "shown.budget": ("日预算", "Daily budget"),
    "shown.organic": ("自然流量", "organic"),
    "shown.pay_per_click": ("按点击付费", "paid by the click"),
    "shown.placement": ("按投放付费", "paid placement"),
    "shown.returning": ("老客回访", "members who return"),
    "shown.display": ("展位预订", "booked display"),
    "shown.pay_per_sale": ("按成交付费", "paid by the sale"),
    "shown.slots": ("活动报名", "slots of events"),
    "shown.burst": ("突发流量", "bursts"),
    "shown.offsite": ("站外", "other marketplaces"),
    "shown.has": ("概况", "What it has"),
    "shown.skus": ("商品数", "SKUs"),
    "shown.events": ("活动与节日", "Events and holidays"),
    "shown.promotions": ("店铺促销", "Promotions"),
    "shown.target": ("{year} 年成交目标", "GMV target of {year}"),
    "shown.days": ("日期", "Days"),
}
