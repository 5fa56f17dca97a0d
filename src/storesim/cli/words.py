"""What the commands say, in Chinese and English; both halves are complete (a test checks it)."""

from __future__ import annotations

from typing import Final

PHRASES: Final[dict[str, tuple[str, str]]] = {
    # key: (zh, en)
    "interrupted": (
        "已中断。完成的部分已保留；加上 --resume 再运行同一命令即可继续。",
        "Interrupted. What was finished is kept; the same command with --resume goes on.",
    ),
    "defect": (
        "storesim 内部错误（{kind}：{text}）。请加 -vv 重新运行以查看完整信息。",
        "storesim failed by a defect of its own ({kind}: {text}); run again with -vv to see the traceback.",
    ),
    "refused": ("无法写或读{where}：{text}", "Cannot write or read {where}: {text}"),
    "stdout": ("标准输出", "standard output"),
    "validate.good": ("{file}：正确", "{file}: good"),
    "advice.loop": (
        "{name}：开业时“广告→订单→排名→免费访客”的循环增益为 {gain:.2f}，一单会带来不止一单；请核对自然流量设置。",
        (
            "{name}: the loop ads → orders → rank → free visitors has a gain of {gain:.2f} at the start, 1 or more, so "
            "an order brings more than one other; look at weight, popularity, searches_per_day and conversion.base."
        ),
    ),
    "first_use": (
        "第一次运行：先编译引擎，约半分钟，之后不再需要。",
        "First run here: compiling the engine, about half a minute; later runs start at once.",
    ),
    "simulating": ("模拟", "Simulating"),
    "run.finished": (
        "这次运行早已完成：没有重新模拟，只重新写出文件。",
        "This run was finished before: nothing was simulated, its files were written again.",
    ),
    "progress.left": ("，约剩 {seconds} 秒", ", about {seconds} s left"),
    "shard.played": (
        "分片 {shard} 已完成；所有分片都完成后，用 storesim merge 合并它们的文件夹：",
        "Shard {shard} is finished; when all are, merge their folders by storesim merge:",
    ),
    "run.title": (
        "{name}：{first} 至 {last}，{runs} 次模拟，种子 {seed}",
        "{name}: {first} to {last}, {runs} runs, seed {seed}",
    ),
    "year.title": ("这段时间会怎样", "What the time looks like"),
    "incremental.title": (
        "付费渠道的真实增量（关掉它再模拟，{runs} 次配对模拟）",
        "What paid channels truly add (switched off and played again, {runs} paired runs)",
    ),
    "incremental.spend": ("花费", "Spend"),
    "incremental.gmv": ("多成交", "GMV added"),
    "incremental.give_or_take": ("误差95%", "± 95 %"),
    "incremental.profit": ("多赚", "Profit added"),
    "incremental.reported": ("报表投产比", "ROI reported"),
    "incremental.roi": ("真实投产比", "True ROI"),
    "incremental.marginal": ("边际投产比", "Marginal ROI"),
    "incremental.marginal_error": ("误差95%", "± 95 %"),
    "goals.channels": ("各渠道要带来多少、花多少", "What each channel must bring and cost"),
    "goals.title": ("{year} 年目标分解", "Goals for {year}"),
    "forecast.title": (
        "{name}：{first} 起 {days} 天的预测（方法 {method}）",
        "{name}: {days} days from {first} (method {method})",
    ),
    "forecast.currency": (
        "金额的币种是 {currency}，不是人民币；没有换算。",
        "Amounts are in {currency}, as in the file, and not in CNY; nothing was converted.",
    ),
    "many.title": (
        "{series} 个序列，各 {days} 天（方法：{methods}）",
        "{series} series, {days} days each (methods: {methods})",
    ),
    "many.refused": ("没有预测 {name}：{why}", "{name} is not foretold: {why}"),
    "backtest.title": (
        "{name}：从过去 {origins} 个时点各预测 {days} 天，与实际相比",
        "{name}: {days} days from each of {origins} past origins, against what came",
    ),
    "score.title": (
        "{name}：{first} 至 {last} 的预测与实际相比",
        "{name}: what was foretold for {first} to {last}, against what came",
    ),
    "score.all": ("全部", "all"),
    "score.missed": (
        "有指标只有 {held} 的天落在 80 % 区间内，低于 {least}",
        "of some KPI only {held} of the days fell in their 80 % band, under {least}",
    ),
    "diagnose.title": (
        "{name}：{first} 至 {last}，{days} 天",
        "{name}: {first} to {last}, {days} days",
    ),
    "diagnose.figures": ("指标：{names}", "Figures: {names}"),
    "diagnose.channels": ("渠道：{names}", "Channels: {names}"),
    "assumed.title": ("读取时的假定：", "Assumed in reading:"),
    "diagnosis.title": (
        "{name}：{first2} 至 {last2} 与 {first1} 至 {last1} 相比，成交金额 {before} → {after}（{gap}）",
        "{name}: {first2} to {last2} against {first1} to {last1}, GMV {before} → {after} ({gap})",
    ),
    "diagnosis.plan": (
        "{name}：{first2} 至 {last2} 与计划相比，成交金额计划 {before}，实际 {after}（{gap}）",
        "{name}: {first2} to {last2} against the plan, GMV planned {before}, made {after} ({gap})",
    ),
    "diagnosis.none": ("没有诊断：{reason}", "No diagnosis: {reason}"),
    "diagnosis.why.since": ("从所给的日期分段。", "Parted at the day that was given."),
    "diagnosis.why.shift": ("在 {figure} 水平突变之日分段。", "Parted where the level of {figure} shifts."),
    "diagnosis.why.latest": (
        "没有水平突变：最近几周与之前几周相比。",
        "No level shifts: the latest weeks are held against those before.",
    ),
    "diagnosis.why.plan": ("已过去的日子与计划相比。", "The days that are over are held against the plan."),
    "diagnosis.owners": (
        "其中大盘 {market}，店铺自身 {own}。",
        "Of this the market's doing {market}, the store's own {own}.",
    ),
    "diagnosis.views": ("浏览量的变化", "What moved page views"),
    "column.owner": ("归属", "Doing of"),
    "owner.own": ("店铺", "store"),
    "owner.market": ("大盘", "market"),
    "column.levers": ("对应设置", "Settings that move it"),
    "findings.title": ("数据质量", "What is odd about the figures"),
    "findings.none": ("没有发现问题。", "Nothing odd was found."),
    "findings.more": (
        "数据质量：{counts}。逐条列出：storesim diagnose --data {files}",
        "The figures: {counts}. For each, run: storesim diagnose --data {files}",
    ),
    "column.level": ("级别", "Level"),
    "column.kind": ("种类", "Kind"),
    "column.where": ("位置", "Where"),
    "column.date": ("日期", "Date"),
    "column.value": ("值", "Value"),
    "column.done": ("处理", "Done"),
    "column.message": ("说明", "What was found"),
    "import.title": ("改动过的单元格", "Cells that were changed"),
    "import.nothing": ("没有改动任何单元格；场景与原来相同。", "No cell was changed; the scenario is the one it was."),
    "import.written": ("已写出 {file}", "Wrote {file}"),
    "column.cell": ("单元格", "Cell"),
    "column.before": ("原值", "Before"),
    "column.after": ("改为", "After"),
    "levers.trying": ("试各项措施", "Trying levers"),
    "levers.title": (
        "各项措施能多带来多少（同样的运气下与现状相比）",
        "What each lever brings, on the same luck as the store as it is",
    ),
    "levers.unclear": ("看不出效果", "no clear effect"),
    "levers.less": ("反而减少", "brings less"),
    "levers.line": ("{name} → {value}    [{path}]", "{name} → {value}    [{path}]"),
    "levers.mix": ("补上 {need} 缺口最省的组合", "The cheapest mix that brings the {need} missing"),
    "levers.short": (
        "补不上 {need} 的缺口；最接近的组合",
        "No mix brings the {need} missing; the one that comes nearest",
    ),
    "levers.found": (
        "模拟 {runs} 次：成交金额 +{gmv}（±{error}），花费 {cost}，利润变化 {profit}。",
        "Simulated {runs} times: GMV +{gmv} (±{error}) at a cost of {cost}; profit changes by {profit}.",
    ),
    "levers.enough": ("按预测中位数，目标不缺什么。", "The middle of the forecast lacks nothing of the target."),
    "levers.nothing": ("没有一项措施明显有效，或预算不允许。", "No lever has a clear effect within the limits."),
    "levers.since": (
        "措施从 {since} 起执行，此前各日保持原样。",
        "Levers begin on {since}; the days before stay as they are.",
    ),
    "levers.chance": (
        "全年目标的达成概率：现状 {before}，采用组合 {after}",
        "Chance of the year: {before} as it is, {after} with the mix",
    ),
    "levers.launch": ("开展期", "launch"),
    "levers.share": ("费比（{stage}）：{share}", "Ad spend / GMV, {stage}: {share}"),
    "binds.budget": (
        "{channel} 的预算每天有 {size} 的时间已用完",
        "The budget of {channel} is spent {size} of the day",
    ),
    "binds.stock": ("缺货损失占潜在成交的 {size}", "Stock runs out: {size} of possible GMV is lost"),
    "binds.gate": ("活动报名有 {size} 被拒（评分或条件不够）", "Gates refuse {size} of the event slots asked for"),
    "binds.audience": (
        "直投在 30 天内已触达受众的 {size}，再加预算多是重复触达",
        "Placement reaches {size} of its audience within 30 days: more budget mostly shows the same people more ads",
    ),
    "binds.chat": ("{size} 的咨询没有等到应答就离开", "{size} of chats leave unanswered"),
    "column.lever": ("措施", "Lever"),
    "column.step": ("幅度", "Step"),
    "column.added": ("成交金额增加", "GMV added"),
    "column.error": ("标准误", "Error"),
    "column.cost": ("花费", "Cost"),
    "column.roi": ("投产比", "ROI"),
    "column.profit": ("利润变化", "Profit"),
    "gap.title": ("已过去的日子：计划、实绩和差距的原因", "What is over: plan, actuals, and what the gap is due to"),
    "gap.channels": ("已过去的日子，分渠道", "What is over, by channel"),
    "gap.chance": (
        "全年目标的达成概率：原先 {before}，现在 {after}",
        "Chance of the year: {before} before, {after} now",
    ),
    "column.plan": ("计划", "Plan"),
    "column.actual": ("实绩", "Actual"),
    "column.gap": ("差距", "Gap"),
    "column.due_to": ("其中：{driver}", "due to {driver}"),
    "files.title": ("写出的文件", "Files written"),
    "column.kpi": ("指标", "KPI"),
    "column.method": ("方法", "Method"),
    "column.forecasts": ("次数", "Forecasts"),
    "column.mase": ("MASE", "MASE"),
    "column.scrps": ("sCRPS", "sCRPS"),
    "column.days": ("天数", "Days"),
    "column.bias": ("偏差", "Bias"),
    "column.missed_by": ("误差", "Error"),
    "column.days80": ("日 80 % 命中", "Days in 80 %"),
    "column.days95": ("日 95 % 命中", "Days in 95 %"),
    "column.total_error": ("合计误差", "Error of total"),
    "column.totals80": ("合计 80 % 命中", "Totals in 80 %"),
    "column.channel": ("渠道", "Channel"),
    "column.period": ("时段", "Period"),
    "column.p10": ("保守 P10", "Low P10"),
    "column.p50": ("中位 P50", "Median P50"),
    "column.p90": ("乐观 P90", "High P90"),
    "column.chance": ("达成概率", "Chance"),
    "column.item": ("项目", "Item"),
    "column.found": ("现状", "Found"),
    "reason": ("· {text}", "· {text}"),
    "stage.growth": ("成长期", "growth"),
    "stage.stable": ("稳定期", "stable"),
    "stage.reached": (
        "进入{stage}：概率 {chance}，进入者的中位日期 {date}",
        "Stage {stage}: reached with chance {chance}; median date where reached {date}",
    ),
    "stage.launch_only": ("始终停留在开展期：{chance}", "Never left launch: {chance}"),
    "ruin": ("现金曾降到零以下：{chance}", "Cash fell below zero: {chance}"),
    "stage.by": ("到何时达到各阶段的机会", "Chance of each stage by date"),
    "column.by": ("截至", "By"),
    "column.growth": ("成长期", "Growth"),
    "column.stable": ("稳定期", "Stable"),
    "column.ruin": ("现金见底", "Out of cash"),
    "stage.never": ("进入{stage}：所有模拟都没有达到", "Stage {stage}: reached in no run"),
    "goals.none": ("没有目标分解：{reason}", "No goals: {reason}"),
    "goal.missed": (
        "{year} 年目标的达成概率 {chance} 低于要求的 {least}。",
        "The chance of the target for {year}, {chance}, is under the {least} asked for.",
    ),
    "goal.none": (
        "没有可供检查的目标分解：目标要写在场景的 targets 里，并且能够分解。",
        "There are no goals to check: the scenario must have a target, under `targets`, that can be broken down.",
    ),
    "check.obsolete": (
        "{path}：场景已不存在，这份确认可以删除。",
        "{path}: its scenario is gone; this file can be removed.",
    ),
    "check.written": ("已写出 {path}", "Wrote {path}"),
    "doctor.good": ("一切就绪。", "All is well."),
    "doctor.bad": ("有缺失，见标记 ✗ 的行。", "Something is missing; see the lines marked ✗."),
}


def phrase(lang: str, key: str, **values: object) -> str:
    """The phrase of that key in `lang`, with `values` filled in."""
    zh, en = PHRASES[key]
    return (zh if lang == "zh" else en).format(**values)
