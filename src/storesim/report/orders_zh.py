"""What each setting of orders, clicks, days off and the roles of items means, in Chinese; a part of `settings_zh`."""

from __future__ import annotations

from collections.abc import Mapping

OF_ORDERS: Mapping[str, str] = {
    "Conversion.breaks": "两次翻页之间离开、当天再来的概率，再来算另一次访问；0 表示都不离开。",
    "Conversion.later": "决定购买后稍后才下单的比例；0 表示都当场下单。京东实测 0.6803。",
    "Conversion.later_median": "稍后下单的，从决定到下单的中位小时数（对数正态，由京东实测三点解出）。",
    "Conversion.later_sd": "上述时间对数的标准差（同上）。",
    "Conversion.paid": "下单后付款的比例；1 表示都付款。京东实测 0.86。",
    "Operations.carts": "加购：访客放进购物车、日后或活动开始时再看的商品。",
    "Carts.reach": "若成交优势为这么多倍就会购买的访客把商品放进购物车；1 表示无人加购。",
    "Carts.waits": "加购未买者中，在保留期内有活动开始就等到活动的比例（假设）。",
    "Carts.holds_out": "本来今天会买、却等保留期内活动开始的比例（假设）。",
    "Carts.keeps": "为等活动而保留购物车的天数（假设）。",
    "Carts.delay": "不等活动者再看购物车的平均天数，服从指数分布（假设）。",
    "Carts.odds": "再看时的购买优势，相对同一价格的第一次（假设）。",
    "Operations.cancellations": "发货前取消的已付款订单：当日取消的不计入成交金额，日后取消的退款。",
    "Cancellations.rate": "来得及的话会取消的已付款订单比例；0 表示无人取消。",
    "Cancellations.delay": "从付款到取消的平均小时数，服从指数分布（假设）。",
    "Cancellations.while_waiting": "隔日仍未发货的订单当天被买家取消的比例（发货前取消，退款）；0 表示无人取消。",
    "Dispatch.holidays": "快递停运的日子（如春节），既不揽收也不派送；由京东配送的模式不受影响。",
    "Dispatch.excused": "停运日是否不计入承诺时效和延迟时限（春节发货规则）（假设）。",
    "DaysOff.first": "第一天。",
    "DaysOff.last": "最后一天（含）。",
    "Catalogue.roles": "各款式角色的落地和成交倍数；不写则各角色一样。",
    "Roles.hero": "主推款：店铺的代表商品。",
    "Roles.promo": "促销款：参加活动的商品。",
    "Roles.traffic": "引流款：带来访客的商品。",
    "Roles.profit": "利润款：赚取利润的商品。",
    "Roles.image": "形象款：撑门面的商品。",
    "RoleEffect.landing": "访客落到该角色商品的倍数，与热度相乘。",
    "RoleEffect.odds": "看到该角色商品的访客的购买优势倍数。",
    "Attribution.window": "点击后多少天内的订单算作广告订单：0、1、3、7、15；不写则全部计入下单当天。",
    "Attribution.by": "订单计入点击当天（click，点击口径）还是下单当天（order，下单口径）。",
    "Operations.attribution": "京准通的归因口径；广告成交单量、金额和投产比随之而变。",
}
