"""Cooperation modes: who stores, delivers and invoices, and on which terms (DOMAIN 5.1, 5.2)."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, WithJsonSchema

from storesim.scenario.spec import Spec
from storesim.units import CNY, Days, Rate, Reader, Share, Whole

ModeName = Literal["SOP", "LBP", "FBP", "FCS", "self_operated"]
MODES: tuple[ModeName, ...] = ("SOP", "LBP", "FBP", "FCS", "self_operated")
MODES_IN_CHINESE: Mapping[str, ModeName] = {"自营": "self_operated"}


def _mode(word: object) -> object:
    return MODES_IN_CHINESE.get(word.strip(), word) if isinstance(word, str) else word


Mode = Annotated[ModeName, Reader(_mode), WithJsonSchema({"enum": [*MODES, *MODES_IN_CHINESE]})]


class Terms(Spec):
    """What JD asks and gives in the store's mode; what is left out is the mode's own (docs/model/modes.md)."""

    commission: Share | None = None
    """Commission on GMV that is not refunded; none: a point less than operations.money.commission in LBP, FBP and FCS (B, an older table), the same in SOP."""

    supply: Share | None = None
    """Share of the price paid that JD gives for a piece in self_operated; none: 0.75, *assumed*."""

    parcel: CNY | None = Field(default=None, ge=0)
    """JD's fee for one parcel; none: 9 in LBP, 8 in FBP and FCS, 0 in self_operated, *assumed*."""

    storage: CNY | None = Field(default=None, ge=0)
    """JD's fee for one piece in its warehouse, CNY a day; none: 0.03 in FBP and FCS, *assumed*."""

    deposit: CNY | None = Field(default=None, ge=0)
    """Paid to JD on the opening day; none: operations.money.deposit, 0 in self_operated."""

    settlement: Whole | None = Field(default=None, ge=0, le=90)
    """Days from delivery to settlement; none: 7 in LBP, FBP and FCS, 30 in self_operated, *assumed*."""

    delivery: Days | None = Field(default=None, gt=0)
    """Median days from dispatch to the buyer; none: 1.5 in LBP and 1 from JD's warehouse, *assumed*."""

    trust: Rate | None = Field(default=None, gt=0, le=20)
    """Factor on the odds of buying; none: 1.03 LBP, 1.08 FBP, 1.12 FCS, 1.15 self_operated, *assumed*."""
