"""What each setting of members, their levels and their coupons means, in Chinese; a part of `settings_zh`."""

from __future__ import annotations

from collections.abc import Mapping

OF_MEMBERS: Mapping[str, str] = {
    "Members.join": "首次购买者成为会员的占比（假设）。",
    "Members.model": "pool：会员不分彼此，只计人数；bg_nbd：每人有自己的购买频率和流失概率。",
    "Members.visits": "全体会员到访的倍数，即各阶段会员机制的力度。",
    "Members.churn": "会员每天流失的占比（假设），仅用于 pool。",
    "Members.opening": "开业日已有的会员数，用于此前已经营的店铺。",
    "Members.opening_days": "这些会员在开业前多少天内陆续加入，仅用于 bg_nbd（假设）。",
    "Members.r": "会员购买频率伽马分布的形状（CDNOW）。",
    "Members.alpha": "该分布的 α：平均每天购买 r/α 次（CDNOW）。",
    "Members.a": "每次购买后流失概率的贝塔分布，均值 a/(a + b)（CDNOW）。",
    "Members.b": "该分布的另一个参数（CDNOW）。",
    "Members.levels": "会员等级的升级标准。",
    "Members.coupons": "发给会员的优惠券，仅用于 bg_nbd。",
    "Levels.by": "按累计订单数（count）或累计金额（amount）升级。",
    "Levels.middle": "升为中级会员所需的订单数或金额（假设）。",
    "Levels.senior": "升为高级会员所需的订单数或金额（假设）。",
    "Levels.vip": "升为 VIP 会员所需的订单数或金额（假设）。",
    "MemberCoupon.name": "计划中的名称，如“老客回馈”。",
    "MemberCoupon.first": "发放日。",
    "MemberCoupon.last": "可用的最后一天，有效期最长 30 天。",
    "MemberCoupon.levels": "发给哪些等级，空为全部。",
    "MemberCoupon.customers": "发给全部、新客户或老客户（首次购买超过 90 天）。",
    "MemberCoupon.lapsed": "只发给多少天未购买的会员，0 为不限。",
    "MemberCoupon.pieces": "最多发多少张（一次最多 10 万张），按入会先后发（假设）。",
    "MemberCoupon.face": "面额，10 的倍数，不超过订单金额，由店铺承担，元。",
    "MemberCoupon.least": "可用的最低订单金额，10 的倍数，须大于面额，0 为不限，元。",
    "MemberCoupon.lift": "持券会员到访的倍数（假设）。",
}
