"""What is in a basket and what it costs: the day's promotions applied to its lines, to the fen, in order.

The price of a piece holds already what 预售 and 单品 cut, but for a 单品 that is for some JD levels only. Then come
套装, 赠品, 满减 (with 满赠 and 满减送), 多买 and coupons, each on what the ones before left to pay, and freight by what
is left then. Of the promotions with a threshold (总价促销) a line takes part in the first that is met. A saving is
spread over the lines it came from by their amounts, so that lines always add up to the order less its freight.
"""

from __future__ import annotations

import numpy as np

from storesim.engine.compiled import by_address, inlined, typed
from storesim.engine.customers import is_for
from storesim.engine.day import (
    ACTIVE,
    AS_A_WHOLE,
    ASKED,
    BUNDLE,
    BUNDLES_SOLD,
    CHANCE,
    COUPON,
    COUPONS_CLAIMED,
    COUPONS_LEFT,
    COUPONS_USED,
    CUT,
    DRAW_CROSS,
    DRAW_DEAL,
    DRAW_KEPT,
    DRAW_LINE,
    DRAW_LINES,
    FOR_LEVELS,
    FREIGHT,
    FREIGHT_PAID,
    GIFT,
    GIFT_PIECES,
    GIFT_SKU,
    GIFT_UNITS,
    IN_CROSS_SALE,
    IN_DEAL,
    IN_SCOPE,
    KIND,
    LEAST,
    LESS,
    LINE_FREE,
    LINE_PAID,
    LINE_PIECES,
    LINE_SKU,
    MEMBERS,
    MOST_GIFTS,
    MOST_LINES,
    MULTI_BUY,
    N_TERMS,
    NEAR,
    NUMBER,
    REPEATED,
    SAVE,
    SET_PRICE,
    SHARE,
    SKU_GIFTS,
    THRESHOLD,
    TOP_UP,
    VALID_HOURS,
    F,
    I,
)
from storesim.engine.draws import draw, log

FILL, PRICE, KEEP = typed(0), typed(1), typed(2)
SIGNATURE = (
    "int64(int64, float64[:,::1], float64[:,::1], float64[::1], float64[::1], int64[::1], int64[::1], float64[:,::1], "
    "float64[::1], int64[:,::1], int64, uint64, int64, int64, int64, int64, float64[:,::1], "
    "float64[:,::1], float64, float64)"
)
FIRST, AGAIN = 1, 2
"""What stands in `IN_SCOPE` of a line that counts: the first of its item, or a further one; 0 elsewhere."""


@inlined
def popular(alias_p: F, alias_k: I, u: float) -> int:
    """A SKU by popularity, by Walker's alias method from one uniform."""
    x = u * alias_p.shape[0]
    k = int(x)
    return k if x - k < alias_p[k] else alias_k[k]


@inlined
def fill_basket(
    alias_p: F, alias_k: I, another: float, again: float, basket: I, first: int, seed: np.uint64
) -> int:  # fmt: skip
    """Put in what a buyer of `first` wants, whatever is on the shelf; the number of lines.

    Each further line comes with chance `another`, each further piece of a line with chance `again`.
    """
    lines = min(_geometric(draw(seed, DRAW_LINES), another), MOST_LINES)
    for line in range(lines):
        u = draw(seed, DRAW_LINE + 2 * line)
        basket[LINE_SKU, line] = first if line == 0 else popular(alias_p, alias_k, u)
        basket[LINE_PIECES, line] = _geometric(draw(seed, DRAW_LINE + 2 * line + 1), again)
        basket[IN_CROSS_SALE, line] = 0
    return lines


@inlined
def _geometric(u: float, again: float) -> int:
    """1 plus a geometric number: each further one with chance `again`, all from one uniform."""
    n = 1
    while u < again and n < 1_000:
        u /= again
        n += 1
    return n


@by_address(SIGNATURE)
def trade(
    step: int, deals: F, cross: F, price: F, alias_p: F, alias_k: I, stock: I, by_sku: F, baskets: F, basket: I,
    lines: int, seed: np.uint64, who: int, held: int, since: int, today: int, kept: F, used: F, luck: float,
    odds: float,
) -> int:  # fmt: skip
    """What promotions and cross-selling make of a basket; the number of lines after that.

    At `FILL` they change what is wanted; at `PRICE`, when pieces and prices are known, what is paid and given to who
    holds the coupon of promotion `held - 1` (0: none) since a day; `used` is `Due.coupons`, `who` the buyer as from
    `who_is`. At `KEEP` somebody leaves item `lines` without buying it, of whom see `_keep`.
    """
    if step == PRICE:
        return _price(deals, price, stock, by_sku, baskets, basket, lines, seed, who, held, since, today, used)
    if step == KEEP:
        return _keep(deals, kept, baskets, lines, seed, who, luck, odds)
    _cross_sell(cross, basket, lines, seed)
    return _tempt(deals, price, alias_p, alias_k, stock, basket, lines, seed, who)


@by_address(SIGNATURE)
def no_trade(
    step: int, deals: F, cross: F, price: F, alias_p: F, alias_k: I, stock: I, by_sku: F, baskets: F,  # noqa: ARG001
    basket: I, lines: int, seed: np.uint64, who: int, held: int, since: int, today: int, kept: F,  # noqa: ARG001
    used: F, luck: float, odds: float,  # noqa: ARG001
) -> int:  # fmt: skip
    """What a store without promotions and cross-selling makes of a basket: nothing."""
    return lines


@inlined
def _cross_sell(rules: F, basket: I, lines: int, seed: np.uint64) -> None:
    """Turn further lines to the items that are sold beside the first, by the rules of `DayPlan.cross`."""
    n_skus = rules.shape[1] // 2
    first = basket[LINE_SKU, 0]
    for line in range(1, lines):
        v = draw(seed, DRAW_CROSS + line)
        for r in range(rules.shape[0]):
            rule = rules[r]
            if rule[1 + first] == 0.0:
                continue
            if 0.0 <= v < rule[0]:
                u = draw(seed, DRAW_LINE + 2 * line)
                k = 0
                while rule[1 + n_skus + k] <= u:
                    k += 1
                basket[LINE_SKU, line] = k
                basket[IN_CROSS_SALE, line] = 1
            v -= rule[0]


@inlined
def _tempt(
    deals: F, price: F, alias_p: F, alias_k: I, stock: I, basket: I, lines: int, seed: np.uint64, who: int
) -> int:  # fmt: skip
    """Add what promotions lead to: the rest of a set, one more item to reach a threshold; the number of lines.

    The threshold above which no freight is paid is one of them.
    """
    first = basket[LINE_SKU, 0]
    for p in range(deals.shape[0]):
        t, items = deals[p], deals[p, N_TERMS:]
        at = DRAW_DEAL + 4 * int(t[NUMBER])
        bundle = t[KIND] == BUNDLE and items[first] > 0.0
        if t[ACTIVE] == 0.0 or draw(seed, at + 1) >= (t[CHANCE] if bundle else t[TOP_UP]):
            continue
        amount = 0.0
        for i in range(lines):
            k = basket[LINE_SKU, i]
            amount += items[k] * basket[LINE_PIECES, i] * _own_price(deals, price, k, who)
        near = (1.0 - t[NEAR]) * t[THRESHOLD] <= amount < t[THRESHOLD]
        another = popular(alias_p, alias_k, draw(seed, at + 2))
        dear = _own_price(deals, price, another, who)
        for k in range(items.shape[0]):
            held = 0
            for i in range(lines):
                held += basket[LINE_PIECES, i] if basket[LINE_SKU, i] == k else 0
            wanted = held == 0 if bundle else near and k == another and amount + dear >= t[THRESHOLD]
            if items[k] > 0.0 and wanted and stock[k] > held and lines < MOST_LINES:
                basket[LINE_SKU, lines] = k
                basket[LINE_PIECES, lines] = 1
                basket[IN_CROSS_SALE, lines] = 0
                lines += 1
    return lines


@inlined
def _price(
    deals: F, price: F, stock: I, by_sku: F, baskets: F, basket: I, lines: int, seed: np.uint64, who: int,
    held: int, since: int, today: int, used: F,
) -> int:  # fmt: skip
    """Take what promotions save off the lines, put gifts behind them and ask for freight; how many lines there are."""
    bought = lines
    voucher = False
    basket[LINE_PAID, AS_A_WHOLE] = 0
    for i in range(bought):
        basket[LINE_FREE, i] = basket[LINE_PIECES, i]
        basket[IN_DEAL, i] = 0
    for p in range(deals.shape[0]):
        t = deals[p]
        in_hand = t[NUMBER] == held - 1
        if t[ACTIVE] == 0.0 and not in_hand:
            continue
        if t[FOR_LEVELS] > 0.0 and t[KIND] == CUT:
            baskets[CUT] += _cut(t, basket, bought) if is_for(t, who) else 0
            continue
        amount, pieces, sets, set_value = _in_scope(deals, p, price, basket, bought, who)
        if pieces == 0:
            continue
        kind = int(t[KIND])
        if kind == FREIGHT:
            basket[LINE_PAID, AS_A_WHOLE] = int(t[LESS]) if amount < t[THRESHOLD] else 0
            baskets[FREIGHT_PAID] += basket[LINE_PAID, AS_A_WHOLE]
            continue
        if kind == COUPON and not in_hand and not _claims(t, baskets, who, seed):
            continue
        times, saving = _saving(t, amount, pieces, sets, set_value)
        if times == 0 or (kind == COUPON and voucher and t[THRESHOLD] > 0.0):
            continue
        if kind == BUNDLE:
            baskets[BUNDLES_SOLD] += sets
        elif kind == COUPON:
            voucher = voucher or t[THRESHOLD] > 0.0
            baskets[COUPONS_USED] += 1
            used[int(t[NUMBER]), since if in_hand else today] += 1
        _spread(basket, bought, t, sets, amount, saving)
        baskets[kind] += saving
        k = int(t[GIFT_SKU])
        if k >= 0 and lines < MOST_LINES + MOST_GIFTS:
            given = min(times * int(t[GIFT_PIECES]), stock[k])
            # What is given is ordered anew at the next sale or at midnight.
            stock[k] -= given
            by_sku[k, SKU_GIFTS] += given
            baskets[GIFT_UNITS] += given
            basket[LINE_SKU, lines] = k
            basket[LINE_PIECES, lines] = given
            basket[LINE_PAID, lines] = 0
            lines += 1
    return lines


@inlined
def _keep(
    deals: F, kept: F, baskets: F, item: int, seed: np.uint64, who: int, luck: float, odds: float
) -> int:  # fmt: skip
    """Let one who would buy at `odds` with a coupon in hand claim it to keep; its promotion and 1, or 0.

    Of several coupons the first that is claimed is kept. Who would not buy even so claims with the crowd at midnight.
    """
    for p in range(deals.shape[0]):
        t = deals[p]
        if t[ACTIVE] == 0.0 or t[VALID_HOURS] == 0.0 or not is_for(t, who):
            continue
        number = int(t[NUMBER])
        o = odds * kept[number, 1 + item]
        if luck * (1.0 + o) < o:
            t[ASKED] += 1.0
            if _claims(t, baskets, who, seed):
                hours = -kept[number, 0] * log(draw(seed, DRAW_KEPT))
                return number + 1 if hours <= t[VALID_HOURS] else 0
    return 0


@inlined
def _claims(t: F, baskets: F, who: int, seed: np.uint64) -> bool:
    """Whether a visitor claims a coupon of terms `t`; then one is left less."""
    refuses = draw(seed, DRAW_DEAL + 4 * int(t[NUMBER])) >= t[CHANCE]
    if refuses or t[COUPONS_LEFT] < 1.0 or not is_for(t, who):
        return False
    t[COUPONS_LEFT] -= 1.0
    baskets[COUPONS_CLAIMED] += 1
    return True


@inlined
def _cut(t: F, basket: I, lines: int) -> int:
    """Let no piece cost this buyer more than the prices of terms `t`; the fen they take off."""
    saving = 0
    for i in range(lines):
        lowered = int(t[N_TERMS + basket[LINE_SKU, i]])
        off = basket[LINE_PAID, i] - lowered * basket[LINE_PIECES, i]
        if lowered > 0 and off > 0:
            basket[LINE_PAID, i] -= off
            saving += off
    return saving


@inlined
def _own_price(deals: F, price: F, k: int, who: int) -> float:
    """What a piece of item `k` costs a buyer after cuts, those for some levels among them, which stand first."""
    own = price[k]
    for p in range(deals.shape[0]):
        t = deals[p]
        if t[KIND] != CUT:
            break
        if t[ACTIVE] > 0.0 and t[FOR_LEVELS] > 0.0 and 0.0 < t[N_TERMS + k] < own and is_for(t, who):
            own = t[N_TERMS + k]
    return own


@inlined
def _in_scope(deals: F, p: int, price: F, basket: I, lines: int, who: int) -> tuple[float, int, int, float]:
    """Mark the lines that count for promotion `p`; their amount to pay and pieces.

    Of a bundle also the whole sets that are in no bundle yet, counted in the first line of each item, and what a set
    costs without it.
    """
    t = deals[p]
    whole = t[KIND] == SAVE or t[KIND] == MULTI_BUY
    amount, set_value = 0.0, 0.0
    pieces, members, sets = 0, 0, 1_000_000
    for i in range(lines):
        k = basket[LINE_SKU, i]
        counts = t[N_TERMS + k] > 0.0 and basket[LINE_PIECES, i] > 0 and not (whole and basket[IN_DEAL, i] > 0)
        again = False
        for j in range(i):
            again = again or basket[LINE_SKU, j] == k
        basket[IN_SCOPE, i] = 0 if not counts else AGAIN if again else FIRST
        if counts:
            amount += basket[LINE_PAID, i]
            pieces += basket[LINE_PIECES, i]
            if not again:
                members += 1
                sets = min(sets, basket[LINE_FREE, i])
                set_value += _own_price(deals, price, k, who) if t[KIND] == BUNDLE else 0.0
    return amount, pieces, sets if members == int(t[MEMBERS]) else 0, set_value


@inlined
def _saving(t: F, amount: float, pieces: int, sets: int, set_value: float) -> tuple[int, float]:
    """How many times a promotion of terms `t` holds, 0 if not at all, and the fen it takes off."""
    if t[KIND] == BUNDLE:
        gain = set_value - t[SET_PRICE]
        return (sets, min(amount, sets * gain)) if gain > 0.0 else (0, 0.0)
    if amount < t[THRESHOLD] or pieces < t[LEAST]:
        return 0, 0.0
    times = 1
    if t[KIND] == GIFT:
        times = pieces
    elif t[REPEATED] > 0.0:
        times = int(amount // t[THRESHOLD])
    return times, min(amount, times * t[LESS] + np.floor(t[SHARE] * amount + 0.5))


@inlined
def _spread(basket: I, lines: int, t: F, sets: int, amount: float, saving: float) -> None:
    """Take a saving off the marked lines in proportion to their amounts, to the fen."""
    so_far, off = 0.0, 0.0
    for i in range(lines):
        if basket[IN_SCOPE, i] > 0:
            so_far += basket[LINE_PAID, i]
            # Rounded from the top, so that the parts add up; none is above its line, as amounts are whole fen.
            upto = np.floor(saving * so_far / max(amount, 1.0) + 0.5)
            basket[LINE_PAID, i] -= int(upto - off)
            off = upto
            # Only those with a threshold look at it.
            basket[IN_DEAL, i] += t[KIND] == SAVE or t[KIND] == MULTI_BUY
            basket[LINE_FREE, i] -= sets if t[KIND] == BUNDLE and basket[IN_SCOPE, i] == FIRST else 0
