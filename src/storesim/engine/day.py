"""`DayPlan` in, `DayTally` out: the arrays of one day, with shapes and units.

`C` channels, `K` SKUs, `G` keyword groups, each crowd and device apart (the most any channel has), `R` rivals
(likewise), `S` slots, `V` devices, `D` days of the run. Times are hours since the start of the run unless a name says
`hour` (of the day). Money is in whole fen, held in float64: sums of integers below 2⁵³ are exact, so every total
balances to the fen.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from storesim.engine.compiled import typed

F = NDArray[np.float64]
I = NDArray[np.int64]  # noqa: E741  # beside F, the shortest honest name
U = NDArray[np.uint64]

# How visitors of a channel come and what they cost.
FREE, AUCTION, FIXED_PRICE = 0, 1, 2

# Columns of DayTally.by_channel. AD_LINES are order lines as ad reports count them, those of gifts among them.
(
    UV, PV, BOUNCES, IMPRESSIONS, CLICKS, EXPECTED_CLICKS, SPEND, SILENT_HOURS,
    CHATS, CHATS_LEFT, CHATS_IN_30S, CHAT_WAIT,
    BUYERS, ORDERS, UNITS, GMV, DISCOUNTS, LOST_UNITS, LOST_GMV, JOINED, LINES, PROMISED,
    SECOND_LOOKS, UNPAID, CARTS, CANCELLED, CANCELLED_GMV, AD_LINES,
) = range(28)  # fmt: skip
N_TALLY = 28

# Columns of DayTally.by_sku.
SKU_UNITS, SKU_GMV, SKU_LOST, SKU_ORDERED, SKU_RECEIVED, SKU_IN_SLOT, SKU_GIFTS, SKU_ELSEWHERE = range(8)
N_SKU_TALLY = 8

# Kinds of promotion; the first six are columns of DayTally.baskets too, fen saved by each. Freight is none, but stands
# among them, as it is settled by the amount that they leave.
CUT, PRESALE, BUNDLE, SAVE, MULTI_BUY, COUPON, GIFT, FREIGHT = range(8)

# The further columns of DayTally.baskets.
(
    GIFT_UNITS, CROSS_UNITS, BUNDLES_SOLD, COUPONS_CLAIMED, COUPONS_USED, DEPOSITS, DEPOSITS_PAID, DEPOSITS_LAPSED,
    PUT_OFF, CAME_BACK, LEFT_IN_CART, HELD_OUT, CART_LOOKS, CART_ORDERS, LIMITED_UNITS,
    COUPON_LOOKS, COUPON_ORDERS, FREIGHT_PAID,
) = range(6, 24)  # fmt: skip
N_BASKETS = 24

# Columns of DayPlan.deals: fen, pieces, shares and chances. GIFT_SKU is -1 where nothing is given; COUPONS_LEFT is
# counted down by the kernel. ON_DEVICES has a bit for each device a coupon is for, 0 where it is for all, FOR_LEVELS
# the same of JD levels; a CUT for some levels has its prices in place of 1 for each SKU, and these rows come first.
# VALID_HOURS is 0 for a coupon that is used in the visit or not at all; of others, the kernel counts in ASKED who left
# and might have kept one.
(
    KIND, ACTIVE, NUMBER, THRESHOLD, LEAST, LESS, SHARE, REPEATED, SET_PRICE, MEMBERS, CHANCE,
    GIFT_SKU, GIFT_PIECES, NEAR, TOP_UP, COUPONS_LEFT, ON_DEVICES, VALID_HOURS, ASKED,
    FOR_LEVELS,
) = range(20)  # fmt: skip
N_TERMS = 20

# Places in DayState.wave. Waves are numbered through from the start of the run. Of those after the one that is filling,
# TAKEN_FROM up to TAKEN_TO have their orders already, promised under holidays that have been called off since.
FILLING, IN_IT, TAKEN_FROM, TAKEN_TO, IN_LAST = range(5)
N_WAVE = 5

# Rows of DayPlan.presale: hours since the start of the run, and over how many hours; fen; chance.
BALANCE_DUE, BALANCE_HOURS, PRESALE_PRICE, BALANCE_PAID = range(4)

# Rows of a basket. LINE_PAID is in fen, LINE_FREE are pieces outside a bundle, the rest are marks. What is paid at the
# place AS_A_WHOLE, behind all lines, is the freight of the order.
LINE_SKU, LINE_PIECES, LINE_PAID, LINE_FREE, IN_DEAL, IN_SCOPE, IN_CROSS_SALE = range(7)
N_BASKET = 7

# Columns of DayTally.by_group.
GROUP_IMPRESSIONS, GROUP_CLICKS, GROUP_SPEND = range(3)
N_GROUP_TALLY = 3

# Columns of DayTally.by_device; an order is a buyer's.
DEVICE_UV, DEVICE_PV, DEVICE_BOUNCES, DEVICE_BUYERS, DEVICE_UNITS, DEVICE_GMV = range(6)
N_DEVICE_TALLY = 6

# Columns of Due.days: what orders of earlier days bring on a later day.
(
    DUE_DISPATCHED, DUE_LATE, DUE_WAIT, DUE_PENALTY, DUE_DELIVERED, DUE_DELIVERED_GMV,
    DUE_REVIEWS, DUE_GOOD, DUE_BAD, DUE_STARS,
    DUE_RETURNED_ORDERS, DUE_RETURNED_UNITS, DUE_REFUND, DUE_RESTOCK_UNITS, DUE_ON_PROMISE, DUE_POSTAGE,
    DUE_CALLED_OFF, DUE_CALLED_OFF_GMV, DUE_AT_THE_DOOR, DUE_REFUSED, DUE_REFUSED_GMV,
) = range(21)  # fmt: skip
N_DUE = 21

# Last axis of Due.commission: commission on sales that is paid, or was promised for an order that came back.
PAID, FORGIVEN = range(2)
# Last axis of Due.accounts: the value of orders delivered, and refunded.
DELIVERED, REFUNDED = range(2)

# Entries of DayPlan.scalars.
(
    ASK, SERVICE_OPEN, SERVICE_CLOSE, SERVICE_HOURS, SERVICE_SD, PATIENCE_HOURS, ODDS_ANSWERED, ODDS_UNANSWERED,
    PAGE_HOURS, EXTRA_LINE, EXTRA_UNIT, SUBSTITUTION, JOIN,
    WAVE_CAPACITY, PROMISE, LATE_LIMIT, PENALTY_SHARE, PENALTY_CAP, DELIVERY_MU, DELIVERY_SD, PARCEL,
    REVIEW, REVIEW_DELAY, STARS_MEAN, STARS_SD, STARS_PER_DAY, STARS_LATE,
    RETURN, RETURN_DELAY, RESTOCK, LEAD_SD, REORDER, LATER, LATER_MU, LATER_SD, NEVER_PAID,
    STARS_CHAT, STARS_SHORT, CANCELS, CANCEL_HOURS,
    CART_REACH, CART_ODDS, CART_WAITS, CART_HOLDS, CART_DELAY, CART_KEEPS, NEXT_SALE,
    CALLS_OFF, OFF_EXCUSED, KEPT_REACH, AT_THE_DOOR, REFUSES, GIFT_LINES,
) = range(53)  # fmt: skip
N_SCALARS = 53

# Values of scalars[REORDER]: a lot at a time, up to a level, or up to a level but only at midnight.
ORDER_LOT, ORDER_UP_TO, ORDER_AT_MIDNIGHT = 0.0, 1.0, 2.0

# Rows of DayPlan.of_sku: stars it is given beyond the mean, and most pieces of it in an order.
ITEM_STARS, ITEM_LIMIT = range(2)

# Rows of DayPlan.of_group, and what the second holds where the device is the visitor's luck.
GROUP_ODDS, GROUP_DEVICE = range(2)
ANY_DEVICE = -1.0

# Columns of DayPlan.devices. Of a visitor whose luck u is beyond the bounce, stay · (1 − u) is luck again, and its log
# times per_page are the pages beyond the second.
DEVICE_UP_TO, DEVICE_BOUNCE, DEVICE_STAY, DEVICE_PER_PAGE, DEVICE_ODDS = range(5)
N_DEVICE = 5

# Last axis of DayPlan.turns: the hour, inf where nobody leaves a channel then; how many rivals it has left; a bit for
# each that is left out instead, where rivals differ; what `pace` is from then on. The kernel writes them into the plan.
TURN_HOUR, TURN_RIVALS, TURN_OUT, TURN_PACE = range(4)
N_TURN = 4

# Columns of DayPlan.carriers.
CARRIER_UP_TO, CARRIER_MU, CARRIER_SD, CARRIER_PRICE = range(4)
N_CARRIER = 4


class DayPlan(NamedTuple):
    """What a day will be like, as it stands at midnight; filled in place at each opening."""

    kind: I  # [C] FREE, AUCTION or FIXED_PRICE
    returning: I  # [C] 1 where buyers are members already and cannot join
    rate: F  # [C] visitors (FREE), clicks without budget limit (FIXED_PRICE) or searches (AUCTION) in a whole day
    hours: F  # [24] share of a day's arrivals in each hour; adds up to 1
    bounce: F  # [C] share that sees one page
    page_p: F  # [C] those who stay see 2 + J pages, P(J = j) = p(1-p)^j
    odds: F  # [C] odds that a visitor past the first page buys, before the SKU's and the chat's factors
    budget: F  # [C] fen a day; inf where there is none
    click_price: F  # [C] fen, FIXED_PRICE only
    account: I  # [C] place in Due.accounts of a platform beyond JD; -1 on JD
    devices: F  # [C, V, N_DEVICE] share of visitors up to here, bounce, pages and factor on odds; or none
    # Auctions
    group_share: F  # [C, G] share of searches; rows add up to 1 over the groups in use
    own_bid: F  # [C, 24, G] fen, with hour and group factors
    quality: F  # [C, G] own quality score
    appeal: F  # [C, G] own click chance is the slot's times this
    of_group: F  # [2, C, G] factor on the odds of buying of those who come through a group; their device
    pace: F  # [C] smooth pacing: fen a search would cost on the mean of the day; 0: as fast as possible
    slot_ctr: F  # [C, S] chance of a click by slot, 0 beyond the last slot
    n_rivals: I  # [C]
    rival_score: F  # [C, G, R] median (lognormal) or upper end (uniform) of each rival's bid x quality, fen
    rival_sd: F  # [C, G] standard deviation of the log; a negative one means uniform on (0, rival_score)
    turns: F  # [Q, C, N_TURN] by hour: rivals who leave the auctions within the day, by the names below
    reserve: F  # [C] fen
    step: F  # [C] fen above the price that keeps the slot
    # Commission on sales
    commission: F  # [C, K] share of what is paid for an item; 0 where none is promised
    settlement: F  # [C] hours from delivery to the settlement of commission; negative where there is none
    # Landing
    landing: I  # [C] row of the next two for visitors who land on some items only; -1: on any, by popularity
    landing_p: F  # [L, K] Walker's alias table of each
    landing_k: I  # [L, K]
    # SKUs
    price: F  # [K] fen, paid today; the kernel ends a slot price once its pieces are sold
    regular_price: F  # [K] fen, where a slot has sold its pieces
    regular_odds: F  # [K] the same of sku_odds
    list_price: F  # [K] fen, before promotions
    sku_odds: F  # [K] factor on the odds of buying for a visitor who looks at it
    device_odds: F  # [V, K] a further factor of 1 or less on each device; [0, K] where no promotion tells them apart
    levels: F  # [L] share of visitors up to each JD level; [0] where none is told apart, else [V·L, K] above
    of_sku: F  # [2, K] stars, and most pieces in an order; inf where there is no limit
    alias_p: F  # [K] Walker's alias table of popularity
    alias_k: I  # [K]
    reorder_at: I  # [K] order when on hand + on order is at or below this
    lot: I  # [K] pieces an order, or with another scalars[REORDER] than ORDER_LOT the level up to which to order
    lead_mu: F  # [K] mean of log lead time, days
    # The rest
    duty: F  # [H, 2] hours of the day, rising, and chat agents on duty from each of them on
    waves: F  # [W] hour of day of each dispatch wave, rising
    off: I  # [D + 31] days until carriers work again, 0 on a day on which they do; [0] where they always do
    carriers: F  # [Y, N_CARRIER] share of parcels up to here, mean and sd of log days on the way, fen a parcel; or none
    scalars: F  # [N_SCALARS]
    # Baskets
    deals: F  # [P, N_TERMS + K] promotions as they are applied: terms, then 1 for each SKU that takes part
    kept: F  # [P, 1 + K] by NUMBER: mean hours until who holds its coupon looks again, and odds then; or no row
    presale: F  # [4, K]; [4, 0] in a store where nothing is ever in presale
    cross: F  # [R, 1 + 2 K] rules of cross-selling: chance, 1 for each first SKU, cumulative chances of where they lead
    trade: Callable[..., int]  # `basket.trade`, or `basket.no_trade` where these have no rows
    # Rivals
    meet: Callable[..., int]  # `rivals.meet`, or `rivals.meet_nobody` where all rivals of a group follow one law
    # Devices
    tell: Callable[..., int]  # `devices.tell`, or `devices.tell_nothing` where no devices are told apart


# Columns of what suppliers are asked for and bring: hours since the start of the run at which it comes.
SUPPLY_TIME, SUPPLY_SKU, SUPPLY_PIECES = range(3)
N_SUPPLY = 3
Arrivals = F
"""[n, N_SUPPLY] supplier deliveries of one day, in order of time."""

NO_ARRIVALS = np.zeros((0, N_SUPPLY))
"""Those of most days."""


class Sales(NamedTuple):
    """Orders by members and of those who joined, in order of time."""

    rows: F  # [N_SALE, ≥ n] by the names of `DayState.sales`
    n: int


class Due(NamedTuple):
    """What orders bring on later days; row D collects all that falls beyond the horizon."""

    days: F  # [D + 1, N_DUE] counts, hours, stars, fen
    sku_reviews: F  # [D + 1, K] reviews of each SKU
    sku_restock: F  # [D + 1, K] returned pieces that go back on the shelf
    commission: F  # [D + 1, C, 2] fen of commission on sales settled; no row where no channel promises any
    accounts: F  # [D + 1, A, 2] fen of orders delivered and refunded on each of A platforms beyond JD
    attributed: F  # [2, D, C, 7, 3] orders, fen and lines as `attribution` says; no day where nobody asks
    coupons: F  # [P, D + 1] coupons used, by promotion and by the day on which they were claimed; no row without any


class DayTally(NamedTuple):
    """What happened; zeroed by the kernel's caller at each opening."""

    by_channel: F  # [C, N_TALLY]
    by_sku: F  # [K, N_SKU_TALLY]
    by_group: F  # [C, G, N_GROUP_TALLY], of auctions with several groups; their impressions add up to the channel's
    by_device: F  # [C, V, N_DEVICE_TALLY]
    baskets: F  # [N_BASKETS] of the whole store


class DayState(NamedTuple):
    """What the kernel carries from one call to the next; nobody else writes it except where noted."""

    stock: I  # [K] pieces on the shelf; the model may add returned pieces at midnight
    on_order: I  # [K] pieces ordered and not received
    agent_free: F  # [≥ agents on duty] time at which each of them is free, a binary heap
    wave: F  # [N_WAVE] which waves have orders; the model writes it where waves or holidays change
    purchases: F  # [P, N_SUPPLY] made since the last call of `take_purchases`; none comes before the next midnight
    # Cursors of the arrival streams within the day
    number: I  # [C] visitors drawn so far today
    drawn: F  # [C] operational time of the last one; inf: off the air
    base: F  # [C] operational time at the last change of the plan
    since: F  # [C] cumulative hour profile at the last change of the plan
    spent: F  # [C] fen today
    shown: F  # [C] impressions to expect today from searchers who would click on no slot, until the last change
    group_shown: F  # [C, G] the same by group
    took_part: I  # [C, 2] smooth pacing: auctions the channel took part in, and all, since the last change
    clicks_expected: F  # [C] clicks to expect today with an appeal of 1, until the last change
    air: F  # [C, 2] hours of the day: since when these two are not yet counted, and when the budget ran out (24: not)
    orders_made: I  # [K] purchase orders so far, which key their lead times
    slot_left: I  # [K] pieces still to be had at the price of a slot; the model fills and ends it
    held: I  # [K] pieces of orders cancelled today, which are back on the shelf at midnight
    # One array each: every further one costs the compiler half a second
    seats: F  # of members known one by one: weights by seat, and who sits there, as `engine.members` says
    members: F  # [room, ≥ N_MEMBER] of each of them, by the names below; no row where they are a pool
    sales: F  # [N_SALE, S] orders by members and of those who joined, since the last call of `take_sales`
    # Things still to come: those of these hours are a heap from the front, all others wait at the end in no order
    heap_time: F
    heap_code: I
    heap_luck: F
    heap_seed: U
    counters: I  # [8] by the names below
    log: F  # [L, N_LOG] visitor log for tests and studies; L = 0 switches it off


# Columns of DayState.log: one row a chat answered or left, and a decision made. LOG_WAIT are hours before a chat, or
# days from the click to an order.
LOG_TIME, LOG_CHANNEL, LOG_INDEX, LOG_WHAT, LOG_WAIT, LOG_SKU, LOG_AMOUNT, LOG_ENDS = range(8)
N_LOG = 8
LOG_CHAT_SERVED, LOG_CHAT_LEFT, LOG_BOUGHT, LOG_LOST = 1.0, 2.0, 3.0, 4.0

HEAP_SIZE, N_PURCHASES, LOG_LENGTH, MOMENTS_KEPT, N_SALES, WAITING, ON_DUTY, TOMORROW = range(8)
# TOMORROW are those of WAITING, the very last, who are known to wait for another day.

# Columns of DayState.members, which the model writes and may go on with more: his name, the chance that a purchase is
# his last, where he sits, whether a purchase was his last, and his orders (the last two the kernel writes too).
MEMBER_NAME, MEMBER_DROP, MEMBER_SEAT, MEMBER_GONE, MEMBER_ORDERS = range(5)
N_MEMBER = 5

# Rows of DayState.sales: hours since the start of the run; place of the member, NEWCOMER for one who has just joined;
# fen; hours at which it comes back, inf where it is kept; of the visitor, the name by which a newcomer is known then;
# fen of freight in the amount.
SALE_TIME, SALE_MEMBER, SALE_AMOUNT, SALE_BACK, SALE_NAME, SALE_FREIGHT = range(6)
N_SALE = 6

# Draws of one visitor stand at these offsets of its state.
DRAW_VISIT, DRAW_LUCK, DRAW_BROWSE, DRAW_SEARCH = (typed(n) for n in range(1, 5))
DRAW_RIVAL = typed(8)  # 8 to 27: twenty rivals, or where they are alike two a draw, from 8 on
(
    DRAW_PATIENCE, DRAW_SERVICE, DRAW_SKU, DRAW_SUBSTITUTE, DRAW_SUBSTITUTE_SKU, DRAW_LINES, DRAW_JOIN,
    DRAW_DELIVERY, DRAW_RETURN, DRAW_RETURN_DAYS, DRAW_RESTOCK, DRAW_REVIEW, DRAW_REVIEW_DAYS, DRAW_STARS,
) = (typed(n) for n in range(32, 46))  # fmt: skip
DRAW_MEMBER = typed(54)
DRAW_LATER, DRAW_LATER_HOURS = typed(47), typed(49)
DRAW_CARRIER = typed(48)
DRAW_PACE = typed(46)
DRAW_BALANCE, DRAW_BALANCE_TIME = typed(50), typed(51)
DRAW_PAID = typed(52)
DRAW_DEVICE = typed(53)
DRAW_CANCEL, DRAW_CANCEL_HOURS = typed(56), typed(57)
DRAW_HOLD, DRAW_CART, DRAW_CART_TIME = typed(58), typed(59), typed(60)
DRAW_CALL_OFF = typed(61)
DRAW_KEPT = typed(62)
DRAW_DOOR, DRAW_REFUSE = typed(55), typed(63)
DRAW_LEVEL = typed(31)
DRAW_LINE = typed(64)  # from here, two draws a line: SKU, pieces
MOST_LINES, MOST_GIFTS = 64, 16
AS_A_WHOLE = MOST_LINES + MOST_GIFTS
DRAW_CROSS = typed(256)  # from here, one a line: whether a rule of cross-selling leads to it
DRAW_DEAL = typed(1024)  # from here, four a promotion: coupon claimed, tempted to buy more, the item looked at
