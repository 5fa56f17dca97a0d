"""Every word of a report, in Chinese and English; both halves are complete, and a test says so.

Labels of counts and ratios are in `storesim.kpi`; they are asked for here as ``kpi.<name>``.
"""

from __future__ import annotations

from storesim import kpi
from storesim.errors import UsageError
from storesim.report.channel_words import OF_CHANNELS
from storesim.report.experiments.calibration_words import OF_CALIBRATION
from storesim.report.experiments.words import OF_EXPERIMENTS
from storesim.report.plan_words import PLAN_WORDS
from storesim.report.shown_words import SHOWN_WORDS
from storesim.scenario.channel_names import CHANNEL_NAMES

LANGUAGES = ("zh", "en")

CATALOGUE: dict[str, tuple[str, str]] = {
    **PLAN_WORDS,
    # The page as a whole
    "title": ("{store}：{year}年经营模拟与目标分解", "{store}: the year {year}, simulated and planned"),
    "subtitle": (
        "{first} 至 {last}，共 {days} 天，模拟 {runs} 次",
        "{first} to {last}, {days} days, simulated {runs} times",
    ),
    "contents": ("目录", "Contents"),
    "p10": ("低（p10）", "low (p10)"),
    "p50": ("中位（p50）", "middle (p50)"),
    "p90": ("高（p90）", "high (p90)"),
    "goal": ("目标", "Goal"),
    "forecast": ("预测", "Forecast"),
    "mean": ("均值", "Mean"),
    "chance": ("达成机会", "Chance"),
    "quarter": ("季度", "Quarter"),
    "month": ("月份", "Month"),
    "channel": ("渠道", "Channel"),
    "kpi": ("指标", "KPI"),
    "total": ("全店", "Whole store"),
    "share_of_gmv": ("成交占比", "Share of GMV"),
    "year_name": ("{year}年", "{year}"),
    "quarter_name": ("{year}年第{quarter}季度", "Q{quarter} {year}"),
    "month_name": ("{year}年{month}月", "{name} {year}"),
    "per_day": ("日均 {value}", "{value} a day"),
    "band_note": ("十次模拟有八次在 {low} – {high}", "8 runs in 10: {low} – {high}"),
    "folded": ("点击展开（{n} 行）", "Show {n} rows"),
    # Chances in words
    "chance.certain": ("几乎必成", "almost certain"),
    "chance.very_likely": ("很有把握", "very likely"),
    "chance.likely": ("较有把握", "likely"),
    "chance.even": ("五五开", "about even"),
    "chance.unlikely": ("偏难", "unlikely"),
    "chance.very_unlikely": ("很难", "very unlikely"),
    "chance.hardly": ("几乎不可能", "hardly possible"),
    # Stages and channels
    "stage": ("阶段", "Stage"),
    "stage.launch": ("开展期", "launch"),
    "stage.growth": ("成长期", "growth"),
    "stage.stable": ("稳定期", "stable"),
    **{f"channel.{name}": called for name, called in CHANNEL_NAMES.items()},
    # 1 The answer
    "answer": ("结论", "The answer"),
    "answer.lead": (
        "{year}年成交金额的中位数是 {p50}；十次模拟有八次落在 {p10} 到 {p90} 之间。",
        "In the middle run the store sells {p50} in {year}; eight runs in ten end between {p10} and {p90}.",
    ),
    "answer.partial": (
        "只算到 {last}：这一年之后的日子没有模拟。",
        "Counted up to {last}: the rest of the year was not simulated.",
    ),
    "answer.target": (
        "年度目标 {target} 的达成机会是 {chance}（{words}）。",
        "The chance of reaching the target of {target} is {chance}: {words}.",
    ),
    "answer.asked": (
        "与预测中位数相比，目标要求全年访客数{uv}，转化率{cvr}，客单价{aov}。",
        (
            "Against the middle of the forecast the goals put the year's visitors {uv}, conversion {cvr} and value per "
            "buyer {aov}."
        ),
    ),
    "answer.more": ("高 {by}", "{by} higher"),
    "answer.less": ("低 {by}", "{by} lower"),
    "answer.same": ("持平", "level"),
    "answer.reachable": (
        "有{chances}的把握，全年成交金额分别能达到 {amounts}。",
        "With a chance of {chances} the year reaches {amounts}.",
    ),
    "and": ("、", ", "),
    "goals.events": ("活动期目标", "Goals of events"),
    "answer.no_target": (
        "场景文件没有给出年度目标（targets），下表是预测的中位数，不是目标。",
        "The scenario sets no target for the year, so the table gives the middle of the forecast, not goals.",
    ),
    "answer.gmv": ("{year}年成交金额（中位）", "GMV of {year} (median)"),
    "answer.chance": ("达到 {target} 的机会", "Chance of {target}"),
    "answer.uv": ("访客数（中位）", "Visitors (median)"),
    "answer.cvr": ("成交转化率", "Conversion (CVR)"),
    "answer.ads": ("广告花费（中位）", "Ad spend (median)"),
    "answer.ads_note": ("投产比 {roas}，费比 {share}", "ROI {roas}; {share} of GMV"),
    "answer.profit": ("利润（中位）", "Profit (median)"),
    "answer.profit_note": ("盈利的机会 {chance}", "Chance of a profit: {chance}"),
    "lowest_cash": ("现金最低点", "Lowest cash"),
    "answer.cash": ("现金最低点（中位）", "Lowest cash (median)"),
    "answer.cash_note": ("现金断流的机会 {chance}", "Chance of running out: {chance}"),
    "answer.aov": ("客单价", "Value per buyer (AOV)"),
    "answer.buyers_note": ("成交客户 {buyers}", "{buyers} buyers"),
    "answer.value_note": ("每位访客带来 {value}", "{value} per visitor"),
    "answer.quarters": ("每个季度要做到什么", "What each quarter must bring"),
    "answer.quarters_forecast": ("每个季度预计做到什么", "What each quarter is likely to bring"),
    # 2 The course of the year
    "path": ("全年走势", "The course of the year"),
    "path.figure": ("每天的成交金额与访客数", "GMV and visitors, day by day"),
    "path.caption": (
        (
            "线为中位数，色带为 p10–p90：每一天，十次模拟有八次落在色带里。竖向浅色为活动期：橙色是大盘走高的平台大促，"
            "绿色是本店自己的活动，灰色是大盘走低的日子。虚线为进入各阶段的典型日期。"
        ),
        (
            "The line is the median, the band p10–p90: on any day eight runs in ten are inside it. Tinted days are "
            "events: orange where the whole market rises, green for the store's own, grey where the market falls. "
            "Dashed lines mark the typical date of each stage."
        ),
    ),
    "path.alternative": (
        "折线图：{first} 至 {last} 每天成交金额中位数从 {begin} 到 {end}，最高的一天是 {peak_day}，{peak}。",
        (
            "Line chart: median GMV a day goes from {begin} to {end} between {first} and {last}; the highest day is "
            "{peak_day} with {peak}."
        ),
    ),
    "path.gmv": ("成交金额，元/天", "GMV a day"),
    "path.uv": ("访客数，人/天", "Visitors (UV) a day"),
    "path.running": ("累计成交金额", "GMV since the start of the year"),
    "path.running_caption": (
        "累计成交金额的中位数与 p10–p90；橙色虚线是年度目标。",
        "Running total, median and p10–p90; the dashed line is the year's target.",
    ),
    "path.running_alternative": (
        "折线图：累计成交金额到 {last} 的中位数是 {p50}，p10–p90 为 {p10} 到 {p90}。",
        "Line chart: by {last} the running GMV has a median of {p50}, p10–p90 {p10} to {p90}.",
    ),
    "path.target_line": ("年度目标 {target}", "Target {target}"),
    "events": ("日历上的活动", "Events on the calendar"),
    "events.name": ("活动", "Event"),
    "events.first": ("开始", "From"),
    "events.last": ("结束", "To"),
    "events.market": ("大盘系数", "Demand factor"),
    "events.discount": ("降价", "Price cut"),
    "events.gmv": ("期间日均成交", "GMV a day"),
    "events.lift": ("与之前28天相比", "Against the 28 days before"),
    # 3 Stages
    "stages": ("阶段", "Stages"),
    "stages.figure": ("处于各阶段的模拟占比", "Share of the runs in each stage"),
    "stages.caption": (
        "阶段由店铺自己的业绩决定（每周评审），不是预先写好的，所以每次模拟进入的日期不同。",
        "A store moves on when its own record passes the gate, reviewed weekly, so the date differs from run to run.",
    ),
    "stages.alternative": (
        "面积图：到 {last}，{launch} 的模拟在开展期，{growth} 在成长期，{stable} 在稳定期。",
        "Area chart: on {last} {launch} of the runs are in launch, {growth} in growth, {stable} in the stable stage.",
    ),
    "stages.table": ("何时进入，进入后怎样", "When it is reached, and what it is like"),
    "stages.reached": ("进入的机会", "Reached by"),
    "stages.day": ("典型日期", "Typical date"),
    "stages.early": ("早（p10）", "Early (p10)"),
    "stages.late": ("晚（p90）", "Late (p90)"),
    "stages.uv": ("日均访客", "UV a day"),
    "stages.gmv": ("日均成交", "GMV a day"),
    "stages.by": ("到各月末的机会", "Chance by the end of each month"),
    "stages.month": ("截至", "By"),
    "stages.ruin": ("现金见底", "Out of cash"),
    "stages.never": (
        "始终停留在开展期的模拟占 {launch}；现金曾降到零以下的占 {ruin}。",
        "{launch} of the runs never leave launch; cash falls below zero in {ruin}.",
    ),
    "stages.note": (
        "典型日期是进入该阶段的那些模拟的中位日期；各列业绩是该阶段所有模拟日的合计相除。",
        "Dates are over the runs that reach the stage; the figures are sums over all simulated days in it, divided.",
    ),
    # 4 Channels
    "channels": ("漏斗与渠道", "Funnel and channels"),
    "channels.figure": ("各渠道每月访客数", "Visitors by channel and month"),
    "channels.alternative": (
        "柱状图：各渠道每月访客数。全部日子合计最多的渠道是{top}，占 {share}。",
        "Column chart of visitors by channel and month. Over all days {top} brings most of them, {share}.",
    ),
    "channels.table": (
        "每个渠道的漏斗（{first} 至 {last} 均值）",
        "Funnel of each channel (mean of the runs, {first} to {last})",
    ),
    "channels.slots": (
        "平台活动档期：平均报上 {taken} 档、被拒 {refused} 档，按活动价卖出 {pieces} 件。",
        "Event slots: {taken} given and {refused} refused in the mean run; {pieces} pieces sold at their prices.",
    ),
    # 5 Ads
    "ads": ("广告投放", "Advertising"),
    "ads.figure": ("每月广告花费、点击成本与投产比", "Ad spend, cost per click and ROI by month"),
    "ads.alternative": (
        "柱状与折线图：每月广告花费在 {low} 与 {high} 之间，全程投产比 {roas}。",
        "Columns and lines: monthly ad spend lies between {low} and {high}; ROI over all days is {roas}.",
    ),
    "ads.none": ("没有花钱的渠道。", "No channel costs money."),
    "ads.table": ("每月广告（模拟均值）", "Advertising by month (mean of the runs)"),
    "ads.silent": ("每天下线小时", "Hours off air a day"),
    "ads.note": (
        "下线小时：预算花完后到午夜、广告不展现的时间，各按点击付费的渠道平均；佣金按结算日计入花费。",
        (
            "Hours off air: from the moment the budget is spent until midnight, averaged over channels with clicks. "
            "Commission counts as spend on the day it is settled."
        ),
    ),
    # 6 Operations
    "operations": ("库存、客服与评分", "Stock, service and score"),
    "operations.figure": ("六个要盯的指标（七天滚动）", "Six figures to watch (seven days rolling)"),
    "operations.caption": (
        "线为中位数，色带为 p10–p90。",
        "Lines are medians, bands p10–p90.",
    ),
    "operations.alternative": (
        "六幅小图：有货率、缺货损失、30秒应答率、延迟发货率、风向标、好评率。",
        "Six small charts: in stock, lost for stock, answered in 30 s, dispatched late, store score, good reviews.",
    ),
    "operations.lost": ("缺货损失占可成交金额", "Lost for stock, of what could be sold"),
    "operations.table": ("全程合计", "Over all days"),
    "operations.members": (
        "会员：期末人数、新老客户与复购",
        "Members: numbers at the end, old customers, repeat rates",
    ),
    "operations.skus": ("缺货损失最多的商品", "Items that lose most for want of stock"),
    "operations.sku": ("商品", "Item"),
    "operations.closing": ("期末库存", "Stock at the end"),
    # 7 Money
    "money": ("钱", "Money"),
    "money.figure": ("从成交金额到利润（模拟均值）", "From GMV to profit (mean of the runs)"),
    "money.alternative": (
        "瀑布图：成交金额 {gmv} 扣除各项后利润 {profit}。",
        "Waterfall: GMV of {gmv}, less what is paid, leaves a profit of {profit}.",
    ),
    "money.table": ("从成交金额到利润", "From GMV to profit"),
    "money.of_gmv": ("占成交金额", "Of GMV"),
    "money.item": ("项目", "Item"),
    "money.other": ("其他", "Other"),
    "money.note": (
        "均值可以相加；低、中、高是每一行各自的分位数，不能相加。",
        "Means add up; low, middle and high are quantiles of each line by itself and do not.",
    ),
    "money.cash": ("每天日终现金", "Cash at day's end"),
    "money.cash_alternative": (
        "折线图：现金中位数的最低点在 {day}，{low}；期末 {end}。",
        "Line chart: median cash is lowest on {day}, {low}, and ends at {end}.",
    ),
    "money.low": (
        "现金最低点的中位数是 {p50}（p10–p90 为 {p10} 到 {p90}），典型日期 {day}；现金降到零以下的模拟占 {chance}。",
        (
            "Cash at its lowest has a median of {p50} (p10–p90 {p10} to {p90}), typically on {day}; "
            "it falls below zero in {chance} of the runs."
        ),
    ),
    # 8 Goals
    "goals": ("目标分解", "Goals"),
    "goals.quarters": ("各季度目标与达成机会", "Goals of each quarter and their chances"),
    "goals.against": ("目标比中位数", "Goal against middle"),
    "goals.figure": ("每月成交目标与预测", "Monthly GMV: goal and forecast"),
    "goals.alternative": (
        "图：每月成交金额目标（菱形）与预测 p10–p90（色条）；合计目标 {target}。",
        "Chart of monthly GMV goals (diamonds) and the forecast p10–p90 (bars); the goals add up to {target}.",
    ),
    "goals.bar": ("预测 p10–p90（横线为中位数）", "Forecast p10–p90, bar at the median"),
    "goals.diamond": ("目标（菱形）", "Goal (diamond)"),
    "goals.months": ("各月目标", "Goals of each month"),
    "goals.channels": ("各渠道目标（全年与季度）", "Goals of each channel (year and quarters)"),
    "goals.note": (
        "机会是预测中达到或超过该目标的占比，与目标怎样分解无关。花费不是要达到的目标，所以没有机会。",
        (
            "A chance is the share of the forecast's courses that reach the goal or more, however the target is broken "
            "down. Spending is not something to reach, so it has none."
        ),
    ),
    "goals.exact": (
        "成交金额精确到分、人数为整数，月加总等于季度，季度加总等于全年。",
        "Money is exact to the fen and counts are whole; months add up to quarters and quarters to the year.",
    ),
    # 9 Assumptions
    "assumptions": ("假设", "Assumptions"),
    "assumptions.set": ("写在场景里的设置", "Settings written in the scenario"),
    "assumptions.preset": ("来自预设（presets）的设置", "Settings taken from presets"),
    "assumptions.default": ("用了默认值的设置", "Settings left at their defaults"),
    "assumptions.setting": ("设置", "Setting"),
    "assumptions.value": ("取值", "Value"),
    "assumptions.origin": ("出处", "Written in"),
    "assumptions.meaning": ("含义", "Meaning"),
    "assumptions.note": (
        "标有“假设”的默认值没有可靠的公开出处，只是合理的猜测；用自己店铺的数字替换它们，结论会更可信。",
        (
            "Defaults marked (assumed) have no reliable public source; they are reasoned guesses. Replace them with "
            "your own figures and the answer becomes more trustworthy."
        ),
    ),
    "assumptions.items": ("{n} 项", "{n} items"),
    # 10 Provenance
    "provenance": ("来历", "Provenance"),
    "provenance.table": ("怎样重做同样的数字", "How to make the same numbers again"),
    "provenance.item": ("项目", "Item"),
    "provenance.fingerprint": ("场景指纹（SHA-256）", "Fingerprint of the scenario (SHA-256)"),
    "provenance.seed": ("随机种子", "Seed"),
    "provenance.runs": ("模拟次数", "Runs"),
    "provenance.days": ("模拟日期", "Simulated days"),
    "provenance.version": ("storesim 版本", "Version of storesim"),
    "provenance.kernel": ("内核", "Kernel"),
    "provenance.method": ("预测方法", "Forecast method"),
    "provenance.reasons": ("选用理由", "Why this method"),
    "reasons.ensemble_path": (
        "模拟本身就是预测路径：每一次模拟都是店铺可能的一种走向。",
        "The simulated runs are the paths: each is one way the store may go.",
    ),
    "provenance.made": ("制作时间", "Made on"),
    "provenance.errors": ("主要数字的标准误差", "Standard errors of the headline figures"),
    "provenance.figure": ("数字", "Figure"),
    "provenance.error": ("标准误差", "Standard error"),
    "provenance.errors_note": (
        "标准误差只反映模拟次数有限：次数增到四倍，误差减半。它不包括假设本身的不确定。",
        (
            "These reflect only the number of runs: four times the runs halve them. They do not include doubt about "
            "the assumptions themselves."
        ),
    ),
    # The workbook
    "sheet.summary": ("概要", "Summary"),
    "sheet.quarters": ("季度目标", "Goals by quarter"),
    "sheet.months": ("月度目标", "Goals by month"),
    "sheet.channels": ("渠道", "Channels"),
    "sheet.inputs": ("假设", "Assumptions"),
    "sheet.forecast": ("预测", "Forecast"),
    "sheet.settings": ("设置", "Settings"),
    "sheet.provenance": ("来历", "Provenance"),
    "sheet.yellow": (
        "黄色单元格可以修改，其他数字会随之重算；机会与预测来自模拟，改动后请重新运行 storesim。",
        (
            "Yellow cells may be changed and the rest follows; chances and forecasts come from the simulation, so run "
            "storesim again after a change."
        ),
    ),
    "sheet.target": ("年度成交目标", "GMV target of the year"),
    "sheet.share": ("占全年", "Share of the year"),
    "sheet.ad_share": ("费比", "Ad spend / GMV"),
    "sheet.uv_share": ("访客占比", "Share of visitors"),
    "sheet.check": ("核对：月度合计 − 年度目标", "Check: months − target"),
    "sheet.setting": ("项目", "Item"),
    "sheet.value": ("数值", "Value"),
    "sheet.page": ("第 &P 页，共 &N 页", "Page &P of &N"),
    "sheet.chart_gmv": ("成交金额：目标与预测中位数", "GMV: goal and middle of the forecast"),
    "sheet.chart_uv": ("每月访客数目标", "Visitors asked of each month"),
    "sheet.answer_quarters": ("季度一览", "The quarters at a glance"),
    **OF_CHANNELS,
    **OF_EXPERIMENTS,
    **SHOWN_WORDS,
    **OF_CALIBRATION,
}


class Words:
    """The words of one language: `say("answer")`.

    Raises
    ------
    UsageError
        If there is no such language.
    """

    def __init__(self, lang: str) -> None:
        if lang not in LANGUAGES:
            raise UsageError(f"there is no language {lang!r}; write {' or '.join(LANGUAGES)}")
        self.lang = lang

    def __call__(self, key: str, **parts: object) -> str:
        """The words of that key, with `parts` put in as they are; KeyError for an unknown key."""
        if key.startswith("kpi."):
            return kpi.label(key[4:], self.lang)
        return CATALOGUE[key][LANGUAGES.index(self.lang)].format(**parts)

    def known(self, key: str, otherwise: str) -> str:
        """The words of that key, or `otherwise` where there are none."""
        return self(key) if key in CATALOGUE else otherwise
