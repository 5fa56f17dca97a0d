"""The numbers storesim speaks about: counts that add up, and ratios divided last.

Every count and ratio is written once, here. The ledger refuses a count that is not in
`CHANNEL_COUNTS` or `STORE_COUNTS`; a report takes its label, unit and format from here.
Definitions follow the reports of JD (京东商智): UV once per person and day, CVR = buyers / UV,
客单价 (AOV) = GMV / buyers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Adds = Literal["sum", "last", "mean"]


@dataclass(frozen=True)
class Count:
    """A number that is recorded."""

    name: str
    zh: str
    en: str
    unit: str
    adds: Adds = "sum"
    """How days make a period: summed, the last day's, or the mean of days."""


@dataclass(frozen=True)
class Ratio:
    """A number that is divided, from sums, when it is asked for."""

    name: str
    zh: str
    en: str
    unit: str
    above: str
    below: str
    scale: float = 1.0


CHANNEL_COUNTS: tuple[Count, ...] = (
    Count("impressions", "展现数", "Impressions", "impressions"),
    Count("clicks", "点击数", "Ad clicks", "clicks"),
    Count("uv", "访客数", "Visitors (UV)", "visitor-days"),
    Count("pv", "浏览量", "Page views (PV)", "views"),
    Count("visits", "访问次数", "Visits", "visits"),
    Count("bounces", "跳失访客数", "One-page visitors", "visitor-days"),
    Count("chats", "咨询数", "Chats asked for", "chats"),
    Count("chats_left", "咨询流失数", "Chats left unanswered", "chats"),
    Count("chats_in_30s", "30秒应答数", "Chats answered in 30 s", "chats"),
    Count("chat_wait", "咨询等待", "Waiting for chat", "hours"),
    Count("buyers", "成交客户数", "Buyers", "buyer-days"),
    Count("orders", "成交单量", "Orders", "orders"),
    Count("lines", "订单行", "Order lines", "lines"),
    Count("units", "成交件数", "Pieces sold", "pieces"),
    Count("gmv", "成交金额", "GMV", "CNY"),
    Count("discounts", "优惠金额", "Discounts given", "CNY"),
    Count("lost_units", "缺货损失件数", "Pieces lost for stock", "pieces"),
    Count("lost_gmv", "缺货损失金额", "GMV lost for stock", "CNY"),
    Count("ad_spend", "广告花费", "Ad spend", "CNY"),
    Count("ad_gmv", "广告成交金额", "GMV through ads", "CNY"),
    Count("ad_orders", "广告成交单量", "Orders through ads", "orders"),
    Count("silent_hours", "广告下线时长", "Hours off air, budget spent", "hours"),
    Count("second_looks", "隔日再访访客数", "Visitors who come back on another day", "visitor-days"),
    Count("unpaid_orders", "下单未付款单量", "Orders placed and not paid", "orders"),
    Count("carts", "加购客户数", "Visitors who add to the cart", "visitors"),
    Count("cancelled_orders", "当日取消单量", "Orders cancelled on their day", "orders"),
    Count("cancelled_gmv", "当日取消金额", "Value of orders cancelled on their day", "CNY"),
    Count("ad_lines", "广告订单行", "Order lines through ads", "lines"),
)

STORE_COUNTS: tuple[Count, ...] = (
    Count("dispatched", "发货单量", "Orders dispatched", "orders"),
    Count("on_promise", "按承诺发货单量", "Orders dispatched in time", "orders"),
    Count("late", "延迟发货单量", "Orders dispatched late", "orders"),
    Count("dispatch_wait", "发货等待", "Waiting for dispatch", "hours"),
    Count("delivered", "妥投单量", "Orders delivered", "orders"),
    Count("paid_at_door", "货到付款妥投单量", "Orders paid at the door", "orders"),
    Count("refused", "拒收单量", "Orders refused at the door", "orders"),
    Count("refused_gmv", "拒收金额", "Value of orders refused at the door", "CNY"),
    Count("called_off", "发货前取消单量", "Orders called off before dispatch, on a later day", "orders"),
    Count("called_off_gmv", "发货前取消金额", "Value of orders called off before dispatch", "CNY"),
    Count("reviews", "评价数", "Reviews", "reviews"),
    Count("good_reviews", "好评数", "Good reviews", "reviews"),
    Count("bad_reviews", "差评数", "Bad reviews", "reviews"),
    Count("stars", "评价星级合计", "Stars given", "stars"),
    Count("returned_units", "退货件数", "Pieces returned", "pieces"),
    Count("offsite_gmv", "京东外成交金额", "GMV beyond JD", "CNY"),
    Count("refunds", "退款金额", "Refunds", "CNY"),
    Count("purchased_units", "采购件数", "Pieces ordered from suppliers", "pieces"),
    Count("received_units", "入库件数", "Pieces received", "pieces"),
    Count("cleared_units", "季末清货件数", "Pieces cleared after a season", "pieces"),
    Count("purchases", "采购金额", "Paid to suppliers", "CNY"),
    Count("goods_cost", "商品成本", "Cost of goods sold, net of returns", "CNY"),
    Count("commission", "平台扣点", "Commission", "CNY"),
    Count("transaction_fee", "交易服务费", "Transaction fee", "CNY"),
    Count("parcels", "快递费", "Parcels", "CNY"),
    Count("wages", "工资", "Wages", "CNY"),
    Count("hiring", "招聘费用", "Hiring", "CNY"),
    Count("penalties", "延迟赔付", "Late penalties", "CNY"),
    Count("overheads", "固定费用", "Overheads", "CNY"),
    Count("interest", "贷款利息", "Interest on the loan", "CNY"),
    Count("storage", "仓储占用费", "Holding of stock", "CNY"),
    Count("write_offs", "清货损失", "Lost on stock cleared", "CNY"),
    Count("bean_cost", "京豆费用", "Beans given to buyers", "CNY"),
    Count("profit", "利润", "Profit", "CNY"),
    Count("cash_in", "现金流入", "Cash received", "CNY"),
    Count("cash_out", "现金流出", "Cash paid", "CNY"),
    Count("borrowed", "借入贷款", "Drawn on the loan", "CNY"),
    Count("repaid", "归还贷款", "Loan repaid", "CNY"),
    Count("ruin", "现金首次见底", "Cash ran out for the first time", "stores"),
    Count("commission_promised", "预估佣金", "Commission promised to affiliates", "CNY"),
    Count("slots_taken", "活动报名通过数", "Event slots given", "slots"),
    Count("slots_refused", "活动报名被拒数", "Event slots refused", "slots"),
    Count("slot_units", "活动价成交件数", "Pieces sold at a slot's price", "pieces"),
    Count("members_joined", "新增会员", "New members", "members"),
    Count("members_left", "流失会员", "Members lost", "members"),
    Count("new_buyers", "新客户数", "Buyers whose first order is 90 days old or less", "buyer-days"),
    Count("old_buyers", "老客户数", "Buyers whose first order is over 90 days old", "buyer-days"),
    Count("told_buyers", "可辨新老客户数", "Buyers known to be new or old", "buyer-days"),
    Count("old_gmv", "老客户成交金额", "GMV of old customers", "CNY"),
    Count("gmv_basic", "普通会员成交金额", "GMV of basic members", "CNY"),
    Count("gmv_middle", "中级会员成交金额", "GMV of middle members", "CNY"),
    Count("gmv_senior", "高级会员成交金额", "GMV of senior members", "CNY"),
    Count("gmv_vip", "VIP会员成交金额", "GMV of VIP members", "CNY"),
    Count("member_coupons_sent", "会员券发放数", "Coupons sent to members", "coupons"),
    Count("member_coupons_used", "会员券使用数", "Coupons used by members", "coupons"),
    Count("member_coupons", "会员券金额", "Value of coupons used by members", "CNY"),
    Count("cut_discounts", "单品降价优惠", "Discounts by price cuts", "CNY"),
    Count("presale_discounts", "预售优惠", "Discounts by presales", "CNY"),
    Count("bundle_discounts", "套装优惠", "Discounts by bundles", "CNY"),
    Count("threshold_discounts", "满减优惠", "Discounts from a threshold", "CNY"),
    Count("multi_buy_discounts", "多买优惠", "Discounts for many pieces", "CNY"),
    Count("coupon_discounts", "优惠券抵扣", "Discounts by coupons", "CNY"),
    Count("gift_units", "赠品件数", "Pieces given away", "pieces"),
    Count("cross_sold_units", "关联销售件数", "Pieces sold beside another", "pieces"),
    Count("bundles", "套装销量", "Bundles sold", "bundles"),
    Count("coupons_claimed", "领券数", "Coupons claimed", "coupons"),
    Count("coupons_used", "用券数", "Coupons used", "coupons"),
    Count("coupons_expired", "优惠券作废数", "Coupons that expired unused", "coupons"),
    Count("coupon_looks", "持券再访人数", "Came back with a coupon", "visitors"),
    Count("coupon_orders", "持券再访成交单量", "Orders of those who came back with a coupon", "orders"),
    Count("deposits", "预售定金单量", "Presale deposits", "deposits"),
    Count("deposits_paid", "预售尾款单量", "Presale balances paid", "deposits"),
    Count("deposits_lapsed", "预售未付尾款单量", "Presale balances not paid", "deposits"),
    Count("put_off", "稍后下单人数", "Decisions to buy put off", "visitors"),
    Count("came_back", "稍后返回下单人数", "Came back to order", "visitors"),
    Count("left_in_cart", "加购未买人数", "Left something in the cart", "visitors"),
    Count("held_out", "加购等活动人数", "Would have bought, and wait for a sale", "visitors"),
    Count("cart_looks", "购物车回看人数", "Looked at the cart again", "visitors"),
    Count("cart_orders", "购物车回看成交单量", "Orders from a later look at the cart", "orders"),
    Count("freight", "买家付运费", "Freight paid by buyers, in GMV", "CNY"),
    Count("limited_units", "限购未售件数", "Pieces refused by a purchase limit", "pieces"),
    Count("cash", "现金余额", "Cash at day's end", "CNY", "last"),
    Count("commission_open", "待结佣金", "Commission to affiliates still open", "CNY", "last"),
    Count("loan", "贷款余额", "Loan at day's end", "CNY", "last"),
    Count("owed_by_jd", "平台待结算", "Owed by JD at day's end", "CNY", "last"),
    Count("owed_to_suppliers", "应付供应商", "Owed to suppliers at day's end", "CNY", "last"),
    Count("people", "团队人数", "People in the team", "people", "last"),
    Count("stock_units", "库存件数", "Stock at day's end", "pieces", "last"),
    Count("members", "会员数", "Members at day's end", "members", "last"),
    Count("members_basic", "普通会员数", "Basic members", "members", "last"),
    Count("members_middle", "中级会员数", "Middle members", "members", "last"),
    Count("members_senior", "高级会员数", "Senior members", "members", "last"),
    Count("members_vip", "VIP会员数", "VIP members", "members", "last"),
    Count("active_members", "活跃会员数", "Members who bought within 90 days", "members", "last"),
    Count("customers_30", "30天成交客户数", "Customers of 30 days", "customers", "last"),
    Count("customers_60", "60天成交客户数", "Customers of 60 days", "customers", "last"),
    Count("customers_90", "90天成交客户数", "Customers of 90 days", "customers", "last"),
    Count("customers_180", "180天成交客户数", "Customers of 180 days", "customers", "last"),
    Count("repeaters_30", "30天重复购买客户数", "Customers with two orders in 30 days", "customers", "last"),
    Count("repeaters_60", "60天重复购买客户数", "Customers with two orders in 60 days", "customers", "last"),
    Count("repeaters_90", "90天重复购买客户数", "Customers with two orders in 90 days", "customers", "last"),
    Count("repeaters_180", "180天重复购买客户数", "Customers with two orders in 180 days", "customers", "last"),
    Count("coupons_held", "未用优惠券数", "Coupons held unused at day's end", "coupons", "last"),
    Count("in_stock_share", "有货率", "Popularity in stock, at day's end", "share", "mean"),
    Count("score", "风向标", "Store score (rank rate)", "share", "mean"),
    Count("good_store", "京东好店", "Certified as a good store, of days", "share", "mean"),
    Count("organic_weight", "自然权重", "Organic weight W", "1", "mean"),
    Count("audience_impressions", "直投展现数", "Impressions to audiences", "impressions"),
    Count("audience_spend", "直投花费", "Spend on audiences", "CNY"),
    Count("reached", "触达人数", "People reached, each day", "person-days"),
    Count("first_visits", "直投新访客", "First visits from audiences", "visits"),
    Count("brand_searches", "品牌搜索", "Searches by name, after display", "searches"),
    Count("reached_7d", "7日触达人数", "People reached in 7 days", "people", "last"),
    Count("reached_30d", "30日触达人数", "People reached in 30 days", "people", "last"),
    Count("ad_quality", "快车质量分", "Ad quality", "1", "mean"),
    Count("market", "市场指数", "Market index", "1", "mean"),
    Count("stage", "阶段", "Stage: 0 launch, 1 growth, 2 stable", "stage", "last"),
)

RATIOS: tuple[Ratio, ...] = (
    Ratio("cvr", "成交转化率", "Conversion (CVR)", "share", "buyers", "uv"),
    Ratio("aov", "客单价", "Value per buyer (AOV)", "CNY/buyer", "gmv", "buyers"),
    Ratio("depth", "人均浏览量", "Pages per visitor", "views/visitor", "pv", "uv"),
    Ratio("visits_each", "人均访问次数", "Visits per visitor", "visits/visitor", "visits", "uv"),
    Ratio("visit_depth", "平均访问深度", "Pages per visit", "views/visit", "pv", "visits"),
    Ratio("cart_rate", "加购率", "Visitors who add to the cart / visitors", "share", "carts", "uv"),
    Ratio("bounce", "跳失率", "Bounce rate", "share", "bounces", "uv"),
    Ratio("uv_value", "UV价值", "GMV per visitor", "CNY/visitor", "gmv", "uv"),
    Ratio("units_per_order", "连带率", "Pieces per order", "pieces/order", "units", "orders"),
    Ratio("order_value", "笔单价", "Value per order", "CNY/order", "gmv", "orders"),
    Ratio("ctr", "点击率", "Click-through rate", "share", "clicks", "impressions"),
    Ratio("cpc", "点击成本", "Cost per click", "CNY/click", "ad_spend", "clicks"),
    Ratio("cpm", "千次展现成本", "Cost per 1,000 impressions", "CNY/1000", "ad_spend", "impressions", 1000.0),
    Ratio("ad_cvr", "广告转化率", "Order lines per ad click", "lines/click", "ad_lines", "clicks"),
    Ratio("roas", "投产比", "Return on ad spend (ROI)", "1", "ad_gmv", "ad_spend"),
    Ratio("frequency", "触达频次", "Impressions per person reached, a day", "1", "audience_impressions", "reached"),
    Ratio("cost_per_first_visit", "新访客成本", "Cost per first visit", "CNY/visit", "audience_spend", "first_visits"),
    Ratio("ad_share", "费比", "Ad spend / GMV", "share", "ad_spend", "gmv"),
    Ratio("answer_rate", "30秒应答率", "Answered in 30 s", "share", "chats_in_30s", "chats"),
    Ratio("late_rate", "延迟发货率", "Dispatched late", "share", "late", "dispatched"),
    Ratio("promise_rate", "按承诺发货率", "Dispatched in time", "share", "on_promise", "dispatched"),
    Ratio("mean_dispatch_wait", "平均发货等待", "Mean wait for dispatch", "hours", "dispatch_wait", "dispatched"),
    Ratio("good_rate", "好评率", "Good reviews / reviews", "share", "good_reviews", "reviews"),
    Ratio("refund_rate", "退款率", "Refunds / GMV", "share", "refunds", "gmv"),
    Ratio("old_share", "老客户占比", "Old customers / buyers", "share", "old_buyers", "told_buyers"),
    Ratio("repeat_30", "30天重复购买率", "Repeat rate, 30 days", "share", "repeaters_30", "customers_30"),
    Ratio("repeat_60", "60天重复购买率", "Repeat rate, 60 days", "share", "repeaters_60", "customers_60"),
    Ratio("repeat_90", "90天重复购买率", "Repeat rate, 90 days", "share", "repeaters_90", "customers_90"),
    Ratio("repeat_180", "180天重复购买率", "Repeat rate, 180 days", "share", "repeaters_180", "customers_180"),
    Ratio("offsite_share", "京东外占比", "GMV beyond JD / GMV", "share", "offsite_gmv", "gmv"),
    Ratio("margin", "利润率", "Profit / GMV", "share", "profit", "gmv"),
    Ratio("cpa", "订单行成本", "Ad spend per order line (CPA)", "CNY/line", "ad_spend", "ad_lines"),
)

CHANNEL_INDEX: Mapping[str, int] = {count.name: i for i, count in enumerate(CHANNEL_COUNTS)}
STORE_INDEX: Mapping[str, int] = {count.name: i for i, count in enumerate(STORE_COUNTS)}
COUNT: Mapping[str, Count] = {count.name: count for count in CHANNEL_COUNTS + STORE_COUNTS}
RATIO: Mapping[str, Ratio] = {ratio.name: ratio for ratio in RATIOS}

MONEY: frozenset[str] = frozenset(name for name, count in COUNT.items() if count.unit == "CNY")
STAGES: tuple[str, ...] = ("launch", "growth", "stable")
"""Names of the values of `stage`, from 0."""


def label(name: str, lang: str) -> str:
    """Label of a count or ratio in `lang` ("zh" or "en").

    Raises
    ------
    KeyError
        If no count or ratio has this name.
    """
    found: Count | Ratio = COUNT[name] if name in COUNT else RATIO[name]
    return found.zh if lang == "zh" else found.en


def divide(name: str, total: Callable[[str], Any], out: Array | None = None) -> Array:
    """A ratio from sums: `total("buyers") / total("uv")` for "cvr".

    Parameters
    ----------
    name
        One of `RATIO`.
    total
        Gives the summed count of a name, as a number or an array of any shape.
    out
        Where to put the ratio; a new array if left out.

    Returns
    -------
    The ratio, in that shape. NaN where the denominator is 0: a rate of nothing is unknown, not zero.
    """
    ratio = RATIO[name]
    above = np.asarray(total(ratio.above), dtype=np.float64)
    below = np.asarray(total(ratio.below), dtype=np.float64)
    if ratio.scale != 1.0:
        above = above * ratio.scale
    if below.all():
        return np.asarray(np.divide(above, below, out=out))
    if out is None:
        out = np.empty(np.broadcast(above, below).shape)
    # A ratio of nothing is NaN; the division must not warn about it.
    out.fill(np.nan)
    return np.asarray(np.divide(above, below, out=out, where=below != 0))
