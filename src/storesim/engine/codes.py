"""What a moment is, in one whole number.

`what | chat outcome << 2 | channel << 4 | device << DEVICE_AT | place in its stream << INDEX_AT | day of a decision put
off << DAY_AT`.
"""

from __future__ import annotations

LOOKS, ASKS, DECIDES, PAYS = 0, 1, 2, 3
"""A look at what was left in the cart, a wish to chat, a decision, or the balance of a presale."""

SILENT, ANSWERED, UNANSWERED, COMES_BACK = 0, 1, 2, 3
"""What came of a chat; the last is nothing of a chat, but marks one who decided before and comes back to order."""

DEVICE_AT, INDEX_AT, DAY_AT = 16, 20, 47

CHANNEL, DEVICE_BITS, INDEX = 2**12 - 1, 2**4 - 1, 2**27 - 1
"""Bits of each, once shifted to the right."""

WHO = 2**DAY_AT - 16
"""The bits that tell channel, device and place in its stream."""

HELD_AT, ITEM = 20, 2**20 - 1
"""Before the luck of who looks again stands the item, and above its bits the promotion whose coupon is held, from 1."""

LEVEL_AT = 4
"""Of who buys, promotions are told the device and above its bits the JD level."""

SEEN = 2**DAY_AT - 4
"""These, and what came of the chat."""
