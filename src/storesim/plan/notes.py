"""What the reader of a plan must know, in English and Chinese."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from storesim.kpi import COUNT, RATIO, label
from storesim.plan.chance import SURE, Chance, in_words
from storesim.scenario.channel_names import channel_label
from storesim.units import show_count, show_money, show_share


class Note(NamedTuple):
    """One remark in both languages."""

    en: str
    zh: str


def coverage(year: int, first: dt.date, last: dt.date, past_gmv: float) -> list[Note]:
    """What part of the year the forecast covers; nothing if all of it."""
    notes: list[Note] = []
    begin, end = dt.date(year, 1, 1), dt.date(year, 12, 31)
    if first > begin:
        notes.append(
            Note(
                f"The forecast begins on {first}. Days of {year} before it count as zero (not yet open, or past "
                f"without actuals), so the whole target falls on the days from {first}.",
                f"预测从 {first} 开始。{year} 年此前的日子按零计算（尚未开店，或已过去而未提供实绩），"
                f"全年目标由 {first} 起的日子承担。",
            )
        )
    if past_gmv > 0:
        notes.append(
            Note(
                f"{show_money(past_gmv, exact=True)} of {year} was sold before the forecast begins; it is not counted "
                "towards the target here.",
                f"{year} 年在预测开始前已成交 {show_money(past_gmv, 'zh', exact=True)}，此处未计入目标。",
            )
        )
    if last < end:
        notes.append(
            Note(
                f"The forecast ends on {last}. Days of {year} after it count as zero: simulate or forecast further to "
                "spread the target over the whole year.",
                f"预测到 {last} 为止。{year} 年此后的日子按零计算：如需把目标分到全年，请延长模拟或预测。",
            )
        )
    return notes


def elapsed(first: dt.date, last: dt.date, sold: float, left: float) -> Note:
    """What is over, and what is left of the target."""
    return Note(
        f"{first} to {last} are over and count as they were: {show_money(sold, exact=True)}. The days after them must "
        f"bring {show_money(max(left, 0.0), exact=True)}.",
        f"{first} 至 {last} 已经过去，按实绩计：{show_money(sold, 'zh', exact=True)}。"
        f"其后的日子须完成 {show_money(max(left, 0.0), 'zh', exact=True)}。",
    )


def elapsed_channels(told: Sequence[str], channels: Sequence[str]) -> Note:
    """How the elapsed days are split among channels."""
    others = [name for name in channels if name not in told]
    en, en_others = (", ".join(map(_english, names)) for names in (told, others))
    zh, zh_others = ("、".join(channel_label(name, "zh") for name in names) for names in (told, others))
    if not told:
        return Note(
            "The actuals do not tell channels apart by the names of the plan: elapsed days are split among them as "
            "forecast.",
            "实绩没有按计划中的渠道名分渠道：已过去的日子按预测比例分到各渠道。",
        )
    if not others:
        return Note(
            "Elapsed days of each channel are as the actuals have them, scaled to the store where a visitor was "
            "counted in two.",
            "已过去的日子里各渠道按实绩计；同一访客在两个渠道都被计入时，按全店数折算。",
        )
    return Note(
        f"Elapsed days of {en} are as the actuals have them; {en_others} share the rest as forecast.",
        f"已过去的日子里 {zh} 按实绩计；{zh_others} 按预测比例分其余部分。",
    )


def sales_undated(names: Sequence[str]) -> Note:
    """Sale days of the running month whose date nobody knows."""
    return Note(
        f"{', '.join(names)} may be over or not: a sale day has a month and no date. It is planned by the share of the "
        "month's days that are left.",
        f"{'、'.join(names)} 只有月份没有日期，不知是否已过；按当月剩余天数的比例计划。",
    )


def reached_already() -> Note:
    """Nothing is left of the target."""
    return Note(
        "The target is reached already; what is left of the year is shown as forecast.",
        "目标已经达成；余下的日子按预测列出。",
    )


def spend_unknown(name: str) -> Note:
    """Actuals without ad spend."""
    return Note(
        f"{name} does not say what was spent on ads; ad spend counts from the day after it.",
        f"{name} 没有广告花费；广告花费只计其后的日子。",
    )


def chance_of_year(target: float, found: Chance) -> Note:
    """The chance of the year's target, and how it is known."""
    en, zh = in_words(found, "en"), in_words(found, "zh")
    if found.counted:
        return Note(
            f"Chance that {show_money(target)} is reached without further measures: {en} ({found.n_reached:,} of "
            f"{found.n_paths:,} paths).",
            f"不采取更多措施时达成 {show_money(target, 'zh')} 的机会：{zh}"
            f"（{found.n_paths:,} 条路径中的 {found.n_reached:,} 条）。",
        )
    side = ("none", "没有一条") if found.value < 0.5 else ("all", "全部")
    return Note(
        f"Chance that {show_money(target)} is reached without further measures: {en}; {side[0]} of the "
        f"{found.n_paths:,} paths reached it, so the figure is a log-normal tail fitted to them.",
        f"不采取更多措施时达成 {show_money(target, 'zh')} 的机会：{zh}；{found.n_paths:,} 条路径中{side[1]}达成，"
        "该数字由路径拟合的对数正态尾部推算。",
    )


def reachable(amounts: Sequence[float]) -> Note:
    """What the year reaches with 50, 80 and 90%."""
    en = ", ".join(f"{show_money(a)} with {100 * p:.0f}%" for p, a in zip(SURE, amounts, strict=True))
    zh = "，".join(f"{100 * p:.0f}% 的机会达到 {show_money(a, 'zh')}" for p, a in zip(SURE, amounts, strict=True))
    return Note(f"As forecast the year reaches {en}.", f"按预测，全年有 {zh}。")


def lifts(target: float, forecast: float, factors: Mapping[str, float]) -> Note:
    """What the target asks of each driver beside the middle of its forecast."""
    # Medians do not multiply: half a per cent either way is no request.
    parts = [(name, factor) for name, factor in factors.items() if abs(factor - 1.0) >= 0.005]
    en = ", ".join(f"{label(name, 'en')} {100 * (factor - 1.0):+.1f}%" for name, factor in parts) or "as forecast"
    zh = "，".join(f"{label(name, 'zh')} {100 * (factor - 1.0):+.1f}%" for name, factor in parts) or "与预测持平"
    return Note(
        f"The target is {target / forecast:.2f} × the middle of the forecast. Most likely way there: {en}.",
        f"目标是预测中位数的 {target / forecast:.2f} 倍。最可能的实现方式：{zh}。",
    )


def unheard_of(driver: str, asked: float, seen: tuple[float, float]) -> Note:
    """A driver of the year that is asked far beyond all paths of its forecast."""
    shown, low, high = (_shown(driver, value) for value in (asked, *seen))
    return Note(
        f"{label(driver, 'en')} of {shown} in the year is unheard of: the paths of the forecast have {low} to {high}. "
        "Such a plan is arithmetic, not a way: ease the other limits, bring the target down, or change the store.",
        f"全年{label(driver, 'zh')} {shown} 前所未有：预测的各条路径在 {low} 到 {high} 之间。"
        "这样的计划只是算术，不是办法：请放宽其他限制、降低目标，或改变店铺本身。",
    )


def binding(driver: str, side: str, months: Sequence[int], limit: float) -> Note:
    """A cap or floor that holds the plan, in which months (1 to 12, rising)."""
    shown = _shown(driver, limit)
    runs = _spans(months)
    plural = "month" if len(months) == 1 else "months"
    return Note(
        f"{label(driver, 'en')} stands at its {side} of {shown} in {plural} {', '.join(runs)}.",
        f"{'、'.join(runs)} 月的{label(driver, 'zh')}已到{'上限' if side == 'cap' else '下限'} {shown}。",
    )


def channel_costs(steepness: Mapping[str, float], unpaid_extra: float, *, by_response: bool) -> list[Note]:
    """Where the costs of channels come from, and what cannot be bought."""
    notes = []
    if by_response:
        notes.append(
            Note(
                "Ad spend is what the response curves handed in say for the visitors asked of each channel.",
                "广告花费按所提供的响应曲线，由各渠道所需访客数得出。",
            )
        )
    elif steepness:
        rises = [f"{_english(channel)} {steep:.2f}%" for channel, steep in steepness.items()]
        rises_zh = [f"{channel_label(channel, 'zh')} {steep:.2f}%" for channel, steep in steepness.items()]
        notes.append(
            Note(
                "Ad spend is the forecast's spend per visitor, rising with visitors as the forecast's own paths show "
                f"(for one per cent more visitors: {', '.join(rises)}). It is not a simulated response: try the "
                "budgets with --set before relying on them.",
                "广告花费按预测的单个访客花费计算，并随访客数按预测路径所示上升"
                f"（访客每多 1%：{'、'.join(rises_zh)}）。"
                "这不是模拟得到的响应曲线：采用前请先用 --set 模拟这些预算。",
            )
        )
    if unpaid_extra >= 1.0:
        notes.append(
            Note(
                f"{show_count(unpaid_extra)} of the visitors asked for beyond the forecast fall to channels without "
                "spend; they cannot be bought and must come from rank, reviews, events or members.",
                f"超出预测的访客中有 {show_count(unpaid_extra, 'zh')} 来自没有花费的渠道，"
                "不能购买，要靠排名、评价、活动或会员带来。",
            )
        )
    return notes


def shrunk(weight: float) -> Note:
    """The covariance was degenerate."""
    return Note(
        f"The paths move too much in step to tell drivers apart; {show_share(weight)} of their correlation was set "
        "aside.",
        f"各路径变动过于一致，难以区分各驱动因素；其相关性的 {show_share(weight)} 未予采用。",
    )


def assumed_spread() -> Note:
    """One path only."""
    return Note(
        "The forecast is a single path and tells no uncertainty; monthly spreads of UV 20%, CVR 10%, AOV 5% are "
        "assumed, and no chance can be given.",
        "预测只有一条路径，无法看出不确定性；按月波动假定为访客 20%、转化率 10%、客单价 5%，无法给出机会。",
    )


def by_direction() -> Note:
    """The solver's last resort."""
    return Note(
        "No most likely way was found for so far a target; each driver was moved by its covariance with the total.",
        "目标过远，未找到最可能的路径；改按各驱动因素与总额的协方差分配。",
    )


def visitors_limited(most: float) -> Note:
    """`uv_limit` binds."""
    return Note(
        f"uv_limit binds: the year's {show_count(most)} visitors are used up, so conversion and value per buyer are "
        "asked to bring the rest.",
        f"uv_limit 已到上限：全年 {show_count(most, 'zh')} 访客已用满，其余由转化率和客单价承担。",
    )


def ads_limited(most: float) -> Note:
    """`ad_budget` binds."""
    return Note(
        f"ad_budget binds: with {show_money(most, exact=True)} for the year's ads, conversion, value per buyer and "
        "visitors who cost nothing are asked to bring the rest.",
        f"ad_budget 已到上限：全年广告费 {show_money(most, 'zh', exact=True)}，其余由转化率、客单价和免费访客承担。",
    )


def stand_in(count: str) -> Note:
    """Orders taken for buyers."""
    return Note(
        f"Buyers are not known; CVR and AOV are per {label(count, 'en').lower()}.",
        f"没有成交客户数；转化率和客单价按{label(count, 'zh')}计算。",
    )


def other_years(names: Sequence[str], year: int) -> Note:
    """More than one target; one was planned."""
    return Note(
        f"Targets are also set for {', '.join(names)}; this plan is for {year}. Ask for another with year.",
        f"另有 {'、'.join(names)} 年的目标；本计划为 {year} 年。可用 year 指定其他年份。",
    )


def sheet(target: float, total: float) -> Note:
    """A planner's own sheet."""
    return Note(
        f"Months follow the target's own weights: {show_money(target)} × weight / {total:,.10g}. UV = GMV / (CVR × "
        "AOV), each month rounded to the visitor.",
        f"各月按目标自带权重分配：{show_money(target, 'zh')} × 权重 / {total:,.10g}。"
        "访客数 = 成交金额 ÷（转化率 × 客单价），逐月取整。",
    )


def beside(names: Sequence[str]) -> Note:
    """Lines beside their months."""
    return Note(
        f"{', '.join(names)}: lines beside their months. Quarters and the year include them, months do not.",
        f"{'、'.join(names)}：与所在月份并列的单独行。季度和全年包含它们，月份不包含。",
    )


def unpaid_visitors(visitors: float) -> Note:
    """What the lines of a sheet leave to unpaid sources."""
    return Note(
        f"The lines with a CVR bring part of the visitors; {show_count(visitors)} must come from elsewhere, unpaid.",
        f"列明转化率的渠道只带来一部分访客；其余 {show_count(visitors, 'zh')} 须来自其他免费来源。",
    )


def lines_beside_plan(planned: float, lines: float) -> Note:
    """The ad share that was planned, and what the lines come to."""
    return Note(
        f"The lines cost {show_share(lines, 2)} of sales in ads; {show_share(planned, 2)} was planned.",
        f"各推广渠道费用合计占销售额 {show_share(lines, 2)}；原计划 {show_share(planned, 2)}。",
    )


def _english(channel: str) -> str:
    """A channel's English name, without JD's own beside it."""
    return channel_label(channel, "en").partition(" (")[0]


def _spans(months: Sequence[int]) -> list[str]:
    """Neighbouring months drawn together: `1–3`, `6`."""
    spans: list[list[int]] = []
    for month in months:
        if spans and month == spans[-1][1] + 1:
            spans[-1][1] = month
        else:
            spans.append([month, month])
    return [f"{first}–{last}" if last > first else f"{first}" for first, last in spans]


def _shown(name: str, value: float) -> str:
    unit = RATIO[name].unit if name in RATIO else COUNT[name].unit
    if unit == "share":
        return show_share(value, 2)
    return show_money(value) if "CNY" in unit else show_count(value)
