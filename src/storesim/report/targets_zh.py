"""What each setting of the year's targets means, in Chinese; a part of `settings_zh`."""

from __future__ import annotations

from collections.abc import Mapping

OF_TARGETS: Mapping[str, str] = {
    "Target.gmv": "全年成交金额目标，元。",
    "Target.cvr_max": "每月最高可以要求的转化率。",
    "Target.aov_max": "每月最高可以要求的客单价。",
    "Target.uv_max": "每月最多可以要求的访客数。",
    "Target.cvr_min": "每月计划的最低转化率。",
    "Target.aov_min": "每月计划的最低客单价。",
    "Target.fixed": "已经定下的月份或季度的成交金额，元；其余月份承担其余。",
    "Target.uv_limit": "全年最多的访客数。",
    "Target.ad_budget": "全年最多的广告花费，元。",
    "Target.mix": "商品结构中各部分占全年成交金额的比例；未写明的部分按实际销售分其余。",
    "Mix.category": "按类目，例如 {连衣裙: 40%}。",
    "Mix.material": "按材质，例如 {真丝: 30%}。",
    "Mix.role": "按款式角色：主推款、促销款、引流款、利润款、形象款。",
    "Target.weights": "各月权重：去年销售额，或占全年的比重；未写的月份没有销售。",
    "Target.cvr": "计划转化率，各月相同或逐月给出，代替最可能的值。",
    "Target.aov": "计划客单价，各月相同或逐月给出，代替最可能的值。",
    "Target.ad_share": "广告预算占成交金额的比例（费比），各月相同或逐月给出。",
    "Target.ad_split": "广告预算在各工具间的分配，合计 100%。",
    "Target.sale_days": "单独成行的大促，在所在月份之内或之外；需要 weights。",
    "Target.lines": "销售来源及其费用；需要 weights、cvr 和 aov。其费用即广告预算。",
    "Target.platform_share": "平台占每月销售额的比例，用于表格的总费用。",
    "Target.parcel": "一个包裹的成本，用于表格的总费用，元/单。",
    "SaleDay.month": "所在月份。",
    "SaleDay.weight": "权重，与各月权重同一单位。",
    "SaleDay.inside": "该月权重是否已包含它；否则与所在月份并列，另计入全年。",
    "SalesLine.share": "占每月销售额的比例。",
    "SalesLine.cvr": "该来源访问的转化率，由此得出所需访问量。",
    "SalesLine.ctr": "点击率，由此得出所需展现量。",
    "SalesLine.cost": "费用占自身销售额的比例：佣金，或 1 ÷ 投产比。",
    "SalesLine.roi": "每花 1 元带来的销售额，cost 的另一种写法。",
    "SalesLine.advertising": "费用是否计入广告预算；聚划算等收费为否。",
}
