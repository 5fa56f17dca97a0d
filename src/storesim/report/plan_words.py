"""Words of the pages about plans, in Chinese and English; part of the catalogue in `words.py`."""

from __future__ import annotations

PLAN_WORDS: dict[str, tuple[str, str]] = {
    # Days to come, and days that are over
    "days.title": (
        "周一要做到什么：接下来两周每天的目标",
        "What Monday needs: the goals of the next two weeks, day by day",
    ),
    "days.day": ("日期", "Day"),
    "days.weekday.1": ("周一", "Mon"),
    "days.weekday.2": ("周二", "Tue"),
    "days.weekday.3": ("周三", "Wed"),
    "days.weekday.4": ("周四", "Thu"),
    "days.weekday.5": ("周五", "Fri"),
    "days.weekday.6": ("周六", "Sat"),
    "days.weekday.7": ("周日", "Sun"),
    "answer.elapsed": (
        "截至 {last} 按实绩计，其后按实绩显示的水平预测；广告花费、利润、现金以及走势与渠道的图表仍是未计实绩的模拟。",
        (
            "Days to {last} count as they were, those after them at the level they have shown; ad spend, profit, cash "
            "and the charts of courses and channels are those of the simulation without the actuals."
        ),
    ),
    "gap.title": ("已过去的日子：计划、实绩和差距的原因", "What is over: plan, actuals, and what the gap is due to"),
    "gap_channels.title": ("已过去的日子，分渠道", "What is over, by channel"),
    "gap.period": ("时段", "Period"),
    "gap.plan": ("计划成交金额", "GMV planned"),
    "gap.actual": ("实际成交金额", "GMV sold"),
    "gap.gap": ("差距", "Gap"),
    "gap.due_to": ("差距的原因", "Due to"),
    # Sheets of the workbook
    "week": ("周", "Week"),
    "sheet.weeks": ("周目标", "Goals by week"),
    "sheet.days": ("日目标", "Goals by day"),
    "sheet.days_note": (
        "每天按占当月的比例随月度目标变化，各天相加与当月一致，精确到分和访客；右侧是截至当天占当月的累计比例。",
        (
            "Each day follows the goal of its month by its share of it, and the days add up to the month, to the fen "
            "and the visitor. On the right: the share of the month up to that day."
        ),
    ),
    "sheet.to_date": ("截至当天占当月", "Share of the month to date"),
    "sheet.to_date_quarter": ("截至本行占当季", "Share of quarter so far"),
    "sheet.mix": ("商品明细", "Assortment"),
    "sheet.mix_sums": ("商品结构", "Assortment sums"),
    "assortment.title": (
        "商品结构：品类、材质与角色各要带来多少",
        "The assortment: what each category, material and role must bring",
    ),
    "mix.category": ("品类", "Category"),
    "mix.material": ("材质", "Material"),
    "mix.role": ("角色", "Role"),
    "role.hero": ("主推款", "hero"),
    "role.promo": ("促销款", "promo"),
    "role.traffic": ("引流款", "traffic"),
    "role.profit": ("利润款", "profit"),
    "role.image": ("形象款", "image"),
    "mix.price": ("件单价", "Price per piece"),
    "mix.skus": ("SKU 数", "SKUs"),
    "mix.by_category": ("按品类：各季度成交金额", "By category: GMV of each quarter"),
    "mix.by_material": ("按材质：各季度成交金额", "By material: GMV of each quarter"),
    "mix.by_role": ("按角色：各季度成交金额", "By role: GMV of each quarter"),
    # Levers
    "levers": ("补上缺口的措施", "Levers: what brings what is missing"),
    "levers.lead": (
        "每项措施都在与现状相同的运气下模拟，差别只来自措施本身；组合在列出之前已经模拟过。",
        (
            "Each lever was simulated on the same luck as the store as it is, so that the difference is the lever's; "
            "the mix was simulated before it is shown."
        ),
    ),
    "levers.title": ("各项措施能多带来多少", "What each lever brings"),
    "levers.lever": ("措施", "Lever"),
    "lever.daily_budget": ("{channel}：日预算", "{channel}: daily budget"),
    "lever.bid": ("{channel}：出价", "{channel}: bid"),
    "lever.rate": ("{channel}：佣金率", "{channel}: commission"),
    "lever.most": ("{channel}：每 30 天最多场次", "{channel}: most slots in 30 days"),
    "lever.dates": ("{channel}：增加场次", "{channel}: further slots"),
    "lever.discount": ("日常降价", "Daily price cut"),
    "lever.agents": ("在线客服人数", "Chat agents"),
    "lever.safety": ("安全库存天数", "Safety stock, days of sales"),
    "lever.sale": ("{sale}：活动降价", "{sale}: price cut"),
    "lever.join": ("参加 {sale}", "Join {sale}"),
    "levers.when": ("{lever}（{when}）", "{lever} ({when})"),
    "levers.from": ("{first} 起", "from {first}"),
    "levers.until": ("{first} 至 {last}", "{first} to {last}"),
    "levers.cut": ("降价 {share}", "price cut {share}"),
    "levers.setting": ("设置", "Setting"),
    "levers.value": ("改为", "Becomes"),
    "levers.step": ("幅度", "Step"),
    "levers.gmv": ("成交金额增加", "GMV added"),
    "levers.error": ("标准误", "Standard error"),
    "levers.cost": ("花费", "Cost"),
    "levers.profit": ("利润变化", "Profit added"),
    "levers.roi": ("投产比", "ROI"),
    "levers.clear": ("效果明显", "Clear effect"),
    "levers.yes": ("是", "yes"),
    "levers.no": ("否", "no"),
    "levers.less": ("反而减少", "brings less"),
    "levers.mix": ("补上 {need} 缺口最省的组合", "The cheapest mix that brings the {need} missing"),
    "levers.short": (
        "补不上 {need} 的缺口；最接近的组合",
        "No mix brings the {need} missing; the one that comes nearest",
    ),
    "levers.found": (
        "组合模拟 {runs} 次：成交金额 +{gmv}（±{error}），花费 {cost}，利润变化 {profit}。",
        "The mix, simulated {runs} times: GMV +{gmv} (±{error}) at a cost of {cost}; profit changes by {profit}.",
    ),
    "levers.enough": ("按预测中位数，目标不缺什么。", "The middle of the forecast lacks nothing of the target."),
    "levers.nothing": ("没有一项措施明显有效，或预算不允许。", "No lever has a clear effect within the limits."),
    "levers.since": (
        "措施从 {since} 起执行，此前各日保持原样。",
        "Levers begin on {since}; the days before stay as they are.",
    ),
    "levers.chance": (
        "全年目标的达成概率：现状 {before}，采用组合 {after}。",
        "Chance of the year: {before} as it is, {after} with the mix.",
    ),
    "levers.shares": ("各阶段费比（现状）", "Ad spend / GMV by stage, as it is"),
    "levers.no_slots": (
        (
            "没有试秒杀、团购：店铺还没有场次渠道，而第一场能带来多少访客没有公开数据。"
            "请先在 channels 里加一个 slots 渠道，写明自己预计的 visitors。"
        ),
        (
            "Flash sales and group buys (slots) were not tried: the store has no channel of slots, and what visitors a "
            "first slot brings is not published. Add a channel of slots with the visitors you expect, and try again."
        ),
    ),
    "levers.binds.budget": (
        "{channel}：预算每天有 {size} 的时间已用完。",
        "{channel}: the budget is spent {size} of the day.",
    ),
    "levers.binds.stock": ("缺货损失占潜在成交的 {size}。", "Stock runs out: {size} of possible GMV is lost."),
    "levers.binds.gate": ("活动报名有 {size} 被拒。", "Gates refuse {size} of the event slots asked for."),
    "levers.binds.audience": (
        "直投在 30 天内已触达受众的 {size}：再加预算多是重复触达。",
        "Placement reaches {size} of its audience within 30 days: more budget mostly shows the same people more ads.",
    ),
    "levers.binds.chat": ("{size} 的咨询没有等到应答就离开。", "{size} of chats leave unanswered."),
    # Sheets beside the goals
    "sheet.settable": ("可改设置", "Settings to try"),
    "sheet.store": ("全店", "Store"),
    "sheet.import": (
        "改动黄色单元格后运行 storesim import，即可得到按改动模拟的场景；阶段一栏只列该阶段另设的值。",
        "Change a yellow cell and run storesim import for a scenario that simulates it; stages show what they set.",
    ),
    "sheet.changes": ("从某天起的改动", "Changes on a date"),
    "sheet.every_stage": ("各阶段", "every stage"),
    "sheet.calendar_note": (
        "黄色的开始、结束日期和折扣力度可以修改，由 storesim import 读回；目标随全年目标与预测而定。",
        "Yellow days and price cuts may be changed; storesim import reads them back. Goals follow the year's target.",
    ),
    "sheet.budgets": ("预算", "Budgets"),
    "sheet.calendar": ("活动日历", "Calendar"),
    "sheet.first": ("开始", "From"),
    "sheet.last": ("结束", "To"),
    "sheet.discount": ("折扣力度", "Price cut"),
}
