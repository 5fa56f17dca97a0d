"""What JD allows of a coupon, whoever gets it: the store's visitors or its members (DOMAIN 5.6, seed 001 §3.6.2)."""

COUPON_DAYS, CLAIM_DAYS, COUPON_STEP = 30, 15, 10
COUPON_PIECES, MEMBER_PIECES = 1_000, 100_000
"""Most coupons of a batch that visitors claim, and most that members are sent at once."""


def tens(amount: float) -> float:
    """A face or threshold, if it is a multiple of 10."""
    if amount % COUPON_STEP:
        raise ValueError(
            f"{amount:g} is not a multiple of {COUPON_STEP}; face and threshold of a coupon are (DOMAIN 5.6)"
        )
    return amount


def batch(pieces: int) -> int:
    """Coupons of a batch, if JD issues so many."""
    return _at_most(COUPON_PIECES, pieces)


def sending(pieces: int) -> int:
    """Coupons sent to members, if JD sends so many at once."""
    return _at_most(MEMBER_PIECES, pieces)


def window(days: float) -> float:
    """Days in which a coupon may be claimed, if JD allows as many."""
    if days > CLAIM_DAYS:
        raise ValueError(f"{days:g} days are too many; a coupon is claimed within {CLAIM_DAYS} (DOMAIN 5.6)")
    return days


def validity(days: float) -> float:
    """Days in which a coupon may be used, if JD allows as many."""
    if days > COUPON_DAYS:
        raise ValueError(f"{days:g} days are too many; a coupon is valid {COUPON_DAYS} days at most (DOMAIN 5.6)")
    return days


def takes_all(face: float, threshold: float) -> str:
    """What is wrong with a face that is all an order needs to be worth; empty if nothing is."""
    if not threshold or face < threshold:
        return ""
    return f"{face:g} off {threshold:g} is all that is spent; the threshold must be above the face, or 0"


def _at_most(most: int, pieces: int) -> int:
    if pieces > most:
        raise ValueError(f"{pieces:,} pieces are too many; a batch of coupons has 1 to {most:,} (DOMAIN 5.6)")
    return pieces
