"""Words of the pages of experiments, in Chinese and English; a part of the catalogue in `report.words`."""

from __future__ import annotations

from collections.abc import Mapping

OF_EXPERIMENTS: Mapping[str, tuple[str, str]] = {
    "compare.title": ("方案对比：{first} 对 {others}", "Plans compared: {first} against {others}"),
    "compare.subtitle": (
        "{runs} 次模拟，种子 {seed}，各方案同天气、同对手、同访客",
        "{runs} runs, seed {seed}; all plans have the same weather, rivals and visitors",
    ),
    "compare.answer": ("结论", "The answer"),
    "compare.best": (
        "按{kpi}，应选 {best}。即使它不是最好的方案，与最好者的差距也不超过 {behind}（把握 {confidence}）。",
        (
            "By {kpi}, take {best}. If another plan is truly the best, it is better by {behind} at most, with "
            "{confidence} confidence."
        ),
    ),
    "compare.sure": (
        "按{kpi}，应选 {best}：它确实最好（把握 {confidence}）。",
        "By {kpi}, take {best}: it is truly the best, with {confidence} confidence.",
    ),
    "compare.possible": (
        "还不能排除是最好的方案：{names}。增加模拟次数可以分得更清。",
        "Not yet ruled out as the best: {names}. More runs would tell them apart.",
    ),
    "compare.alike": (
        "按{kpi}，{names} 在每一次模拟中都相同，增加模拟次数也分不出高下。",
        "By {kpi}, {names} are the same in every run; more runs will not tell them apart.",
    ),
    "compare.sparse": (
        "{plan} 的{kpi}只在 {runs} 次模拟中的 {n} 次有差别：区间偏窄，请增加模拟次数。",
        "{plan} differs in {kpi} in {n} of {runs} runs only: its interval is too narrow; play more runs.",
    ),
    "compare.unknown": (
        "{names} 的{kpi}没有数（分母为零），无法参与排名。",
        "{names} cannot be ranked: {kpi} is a ratio of nothing there.",
    ),
    "compare.dearer": (
        "但 {plan} 的利润比 {first} 少 {difference}（{low} … {high}）；若看重利润，请用 --by profit。",
        (
            "But {plan} earns {difference} less profit than {first} ({low} … {high}); if profit is what counts, ask "
            "--by profit."
        ),
    ),
    "compare.earns_more": (
        "但 {plan} 的利润比 {first} 多 {difference}（{low} … {high}）；若看重利润，请用 --by profit。",
        (
            "But {plan} earns {difference} more profit than {first} ({low} … {high}); if profit is what counts, ask "
            "--by profit."
        ),
    ),
    "compare.moved": (
        "{plan} 自 {date} 起有所不同，最先变动的是{count}{channel}，经由{mechanism}。",
        "{plan} is another store from {date} on; what moves first is {count}{channel}, through {mechanism}.",
    ),
    "compare.of_channel": ("（渠道 {channel}）", " of channel {channel}"),
    "compare.never_moved": ("{plan} 与第一个方案处处相同。", "{plan} does nothing otherwise than the first plan."),
    "compare.forest": ("各指标的变化（相对第一个方案）", "Change of each KPI against the first plan"),
    "compare.forest_alternative": (
        "每个指标一行：变化的百分比及其 {confidence} 区间；跨过零线的可能只是运气。",
        "A row a KPI: its change in percent with the {confidence} interval; those across the zero line may be luck.",
    ),
    "compare.path": (
        "累计{kpi}之差（第一个方案为零线）",
        "Difference of {kpi} so far, the first plan being the zero line",
    ),
    "compare.path_alternative": (
        "逐日累计的差额：线为中位，带内有八成模拟。",
        "The running difference by day: the line is the middle, the band holds 8 runs in 10.",
    ),
    "compare.differences": ("{plan} 与 {first} 的差异", "{plan} against {first}"),
    "compare.base": ("对照", "Base"),
    "compare.value": ("本方案", "Plan"),
    "compare.difference": ("差异", "Difference"),
    "compare.interval": ("区间", "Interval"),
    "compare.low": ("区间下限", "Low"),
    "compare.high": ("区间上限", "High"),
    "compare.relative": ("变化", "Change"),
    "compare.p": ("p 值（已校正）", "p, corrected"),
    "compare.higher": ("更高的模拟占比", "Higher in"),
    "compare.reduction": ("方差缩减倍数", "Variance, 1 of"),
    "compare.note": (
        "p 值已按 Holm 法对全部比较次数校正；「方差缩减倍数」是各自独立模拟时差异的方差与此处之比；占比之差为百分点。",
        (
            'p is corrected by Holm for all comparisons made; "variance, 1 of" says how many times larger the variance '
            "of the difference would be with independent runs. Shares differ by percentage points."
        ),
    ),
    "check.title.same": ("已确认的预测没有变动", "No approved forecast moved"),
    "check.title.moved": (
        "已确认的预测有变动，都在容差或运气之内",
        "Approved forecasts moved within tolerance or luck",
    ),
    "check.title.warn": ("已确认的预测有需要留意的变动", "Approved forecasts moved: look at the warnings"),
    "check.title.fail": ("已确认的预测变动过大", "Approved forecasts moved beyond tolerance and noise"),
    "check.subtitle": (
        "不通过 {fail}，留意 {warn}，容差或运气之内 {moved}，未变 {same}",
        "{fail} failed, {warn} warned, {moved} moved within tolerance or luck, {same} unchanged",
    ),
    "check.same": ("未变", "unchanged"),
    "check.moved": ("容差或运气之内", "within tolerance or luck"),
    "check.warn": ("留意", "warning"),
    "check.fail": ("不通过", "failed"),
    "check.of": ("{forecast}：{level}", "{forecast}: {level}"),
    "check.edited": (
        "场景本身已被修改：设置与确认时不同。",
        "The scenario itself was edited: its settings are others than those approved.",
    ),
    "check.before": ("确认时", "Approved"),
    "check.after": ("现在", "Now"),
    "check.now": ("现在与确认时之差", "Now against approved"),
    "check.limit": ("容差", "Tolerance"),
    "check.level": ("结论", "Verdict"),
    "check.figures": ("确认时与现在", "Before and after"),
    "check.figure": ("变动（相对确认时）", "Change against what was approved"),
    "check.alternative": (
        "每个指标一行：变动的百分比及其 95% 区间。",
        "A row a KPI: its change in percent with the 95 % interval.",
    ),
    "check.runs": (
        "{runs} 次模拟，种子 {seed}，由 storesim {version} 确认",
        "{runs} runs, seed {seed}, approved with storesim {version}",
    ),
    "check.obsolete": ("多余的确认文件", "Obsolete approvals"),
    "check.obsolete_note": ("它们的场景已不存在，可以删除。", "Their scenarios are gone; the files can be removed."),
    "sweep.title": ("{kpi}随 {axes} 的变化", "How {kpi} moves with {axes}"),
    "sweep.subtitle": (
        "{store}：{points} 个点，每点 {runs} 次模拟，种子 {seed}，同一份运气",
        "{store}: {points} points, {runs} runs each, seed {seed}, on common luck",
    ),
    "sweep.best": (
        "{kpi}在 {point} 最好，平均 {mean}；与试过的最好一点相差不超过 {behind}（把握 95%）。",
        "{kpi} is best at {point}, {mean} on average; of all points tried none is better by more than {behind} (95 %).",
    ),
    "sweep.alike": (
        "共有 {n} 个点与它在每一次模拟中都相同（包括它自己）。",
        "The figure is the same in every run at {n} of the points, this one among them.",
    ),
    "sweep.fails": (
        "“{fails}” 多发生在：{ranges}。这里有全部失败点的 {coverage}，其中 {density} 的点失败。",
        '"{fails}" is where {ranges}: {coverage} of all failing points lie there, and {density} of its points fail.',
    ),
    "sweep.everywhere": ("试过的所有地方", "anything was tried"),
    "sweep.never": ("没有一点在半数以上的模拟中 “{fails}”。", 'At no point is "{fails}" so in half of the runs.'),
    "sweep.curve_alternative": (
        "横轴是设置，线为均值，带为均值的 95% 区间。",
        "The setting runs to the right; the line is the mean, the band its 95 % interval.",
    ),
    "sweep.heat_alternative": (
        "两个设置各为一轴，颜色越深均值越大。",
        "One setting to the right, the other upwards; the darker, the larger the mean.",
    ),
    "sweep.heat_fails": (
        "打叉的格失败，虚线框内失败最多。",
        " Crosses fail, most in the dashed box.",
    ),
    "sweep.heat_box": ("虚线框内失败最多。", " Most fail in the dashed box."),
    "sweep.scatter_alternative": (
        "每点是试过的一组设置，颜色越深均值越大；打叉的点失败，虚线框内失败最多。",
        "A point is a set that was tried, the darker, the larger the mean; crosses fail, most in the dashed box.",
    ),
    "sweep.points": ("试过的点", "Points tried"),
    "sweep.bold": ("粗体为最好的一点。", "The best point is printed bold."),
    "rank.title": ("{store}：哪些设置左右{kpi}", "{store}: which settings matter for {kpi}"),
    "rank.tornado": (
        "每次改变一个设置，各 {runs} 次模拟，种子 {seed}，同一份运气",
        "One setting at a time, {runs} runs each, seed {seed}, on common luck",
    ),
    "rank.sobol": (
        "所有设置一起变动，每点 {runs} 次模拟，种子 {seed}，同一份运气",
        "All settings at once, {runs} runs a point, seed {seed}, on common luck",
    ),
    "rank.tornado_alternative": (
        "每个设置两条：取低值与取高值时的变化，细线是 95% 区间；影响大的在上。",
        (
            "Two bars a setting: the change at its low and at its high end, a thin line the 95 % interval; the largest "
            "on top."
        ),
    ),
    "rank.sobol_alternative": (
        "每个设置两条：它单独解释的方差占比，以及连同交互作用的占比，细线是 95% 区间。",
        (
            "Two bars a setting: the share of variance it explains alone, and with its interactions; a thin line the "
            "95 % interval."
        ),
    ),
    "rank.figure": ("{kpi}的变化", "Change of {kpi}"),
    "rank.shares": ("{kpi}的方差由什么解释", "What explains the variance of {kpi}"),
    "rank.most": (
        "对{kpi}影响最大的是 {path}：取 {start} 时 {low}，取 {end} 时 {high}。",
        "{kpi} moves most with {path}: {low} at {start}, {high} at {end}.",
    ),
    "rank.explains": (
        "对{kpi}影响最大的是 {path}：单独解释方差的 {first}，连同交互作用 {total}。",
        "{kpi} varies most with {path}: alone it explains {first} of the variance, with its interactions {total}.",
    ),
    "rank.luck": (
        "可能只是运气（区间含零）：{paths}。",
        "May be no more than luck, zero being in the interval: {paths}.",
    ),
    "rank.still": ("在所试范围内毫无影响：{paths}。", "Without any effect within their ranges: {paths}."),
    "rank.inputs": ("设置，影响大的在前", "Settings, the largest first"),
    "rank.setting": ("设置", "Setting"),
    "rank.from": ("低值", "From"),
    "rank.to": ("高值", "To"),
    "rank.at_low": ("取低值", "at the low end"),
    "rank.at_high": ("取高值", "at the high end"),
    "rank.share": ("占比", "Share"),
    "rank.first": ("单独", "alone"),
    "rank.total": ("含交互", "with interactions"),
    "optimise.title": ("{store}：{kpi}最好的预算", "{store}: the best budgets for {kpi}"),
    "optimise.subtitle": (
        "合计每天不超过 {total}，试过 {points} 组，每组 {runs} 次模拟，种子 {seed}",
        "At most {total} a day in all; {points} sets tried, {runs} runs each, seed {seed}",
    ),
    "optimise.gain": (
        "在搜索没有见过的运气上重新模拟：{kpi}较原来的 {now} 变化 {gain}（95% 区间 {low} … {high}，p {p}）。",
        (
            "Simulated again on luck the search has not seen: {kpi} moves by {gain} from {now} "
            "(95 % {low} … {high}, p {p})."
        ),
    ),
    "optimise.regret": (
        "其他入围方案比它好不过 {regret}（把握 95%）。",
        "None of the other finalists is better by more than {regret}, with 95 % confidence.",
    ),
    "optimise.undecided": (
        "入围方案之间还分不出高下；增加 --runs 可以分清。",
        "The finalists cannot be told apart yet; more --runs would do it.",
    ),
    "optimise.figure": (
        "{kpi}随各渠道日预算的变化，其余按推荐",
        "{kpi} along each channel's budget, the others as recommended",
    ),
    "optimise.alternative": (
        "每个渠道一格：横轴是它的日预算，虚线是推荐值，带为与推荐值之差的 95% 区间；超过合计上限处表明再多投会怎样。",
        (
            "A panel a channel: its daily budget to the right, the recommended one dashed, the band the 95 % interval "
            "of the difference from it. Budgets beyond the total are shown too, for what more would bring."
        ),
    ),
    "optimise.along": ("日预算", "Daily budget"),
    "optimise.budgets": ("每日预算", "Daily budgets"),
    "optimise.budget": ("推荐", "Recommended"),
    "past.known": ("实际", "what came"),
    "past.band": ("预测：中位与 80% 区间", "forecasts: middle and 80 % band"),
    "past.made": ("预测的第一天", "first day of a forecast"),
    "mechanism.demand": ("市场需求", "demand"),
    "mechanism.traffic": ("流量", "traffic"),
    "mechanism.ads": ("广告", "ads"),
    "mechanism.visits": ("访问", "visits"),
    "mechanism.service": ("客服", "chat"),
    "mechanism.promotions": ("促销", "promotions"),
    "mechanism.conversion": ("转化", "conversion"),
    "mechanism.inventory": ("库存", "stock"),
    "mechanism.fulfilment": ("发货", "dispatch"),
    "mechanism.reviews": ("评价", "reviews"),
    "mechanism.returns": ("退货", "returns"),
    "mechanism.members": ("会员", "members"),
    "mechanism.finance": ("财务", "money"),
}
