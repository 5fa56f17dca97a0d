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
    "gap.title": ("已过去的日子：计划、实绩和差距的原因", "What is over: plan, actuals, and what the gap is due to"),
    "gap.period": ("时段", "Period"),
    "gap.plan": ("计划成交金额", "GMV planned"),
    "gap.actual": ("实际成交金额", "GMV sold"),
    "gap.gap": ("差距", "Gap"),
    "gap.due_to": ("差距的原因", "Due to"),
}
