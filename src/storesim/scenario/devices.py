"""On which device visitors come, and what difference it makes (MODEL section 3)."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from storesim.errors import near_or_all
from storesim.scenario.spec import Check, Named, Spec, disagreement
from storesim.units import Rate, Share

if TYPE_CHECKING:
    from storesim.scenario.channels import AnyChannel
    from storesim.scenario.promotions import AnyPromotion

WHOLE = 0.0005
"""Shares written with a few digits may miss 1 by this much."""


class DeviceUse(Spec):
    """Visitors on one device, such as app, WeChat or PC."""

    share: Share = Field(gt=0)
    """Share of visitors who use it, in channels that say nothing else; devices add up to 1 (DOMAIN 3.4, A)."""

    conversion: Rate = Field(default=1.0, ge=0, le=20)
    """Factor on the odds of buying."""

    bounce: Rate = Field(default=1.0, ge=0, le=20)
    """Factor on the share of visitors who see one page and leave, up to all."""

    depth: Rate = Field(default=1.0, ge=0, le=20)
    """Factor on the pages after the second of a visitor who stays."""


def add_up(total: float, names: list[str]) -> None:
    """Refuse shares of the devices `names` whose `total` is not 1."""
    if names and abs(total - 1.0) > WHOLE:
        raise disagreement(
            f"shares of the devices {', '.join(names)} add up to {total:.4g}; they must add up to 1", "share"
        )


def _uses_add_up(uses: Named[DeviceUse]) -> Named[DeviceUse]:
    add_up(sum(use.share for use in uses.values()), list(uses))
    return uses


def _shares_add_up(shares: Named[float]) -> Named[float]:
    add_up(sum(shares.values()), list(shares))
    return shares


DeviceUses = Annotated[Named[DeviceUse], Check(_uses_add_up)]
DeviceShares = Annotated[Named[Share], Check(_shares_add_up)]


def shares_of(channel: "AnyChannel", uses: Named[DeviceUse]) -> dict[str, float]:
    """Share of a channel's visitors on each device of the market; of a channel that bids by device, of its searchers."""
    from storesim.scenario.channels import PayPerClick

    own = channel.device_shares
    if isinstance(channel, PayPerClick) and channel.devices:
        own = Named({name: device.share for name, device in channel.devices.items()})
    return {name: own.get(name, 0.0) if own else use.share for name, use in uses.items()}


def over_devices(channel: "AnyChannel", uses: Named[DeviceUse], of: Callable[[float, float], float]) -> float:
    """Mean over a channel's devices of what a visitor does, `of` its bounce and a factor on its odds of buying."""
    if not uses:
        return of(channel.bounce, 1.0)
    return sum(
        share * of(min(1.0, channel.bounce * uses[name].bounce), uses[name].conversion)
        for name, share in shares_of(channel, uses).items()
    )


def faults_of_devices(
    channels: "Named[AnyChannel]", promotions: "Named[AnyPromotion]", devices: list[str]
) -> list[tuple[tuple[str | int, ...], str]]:
    """(place, message) of all that speaks of devices the market has not, or of shares twice."""
    from storesim.scenario.channels import PayPerClick

    faults: list[tuple[tuple[str | int, ...], str]] = []
    for name, channel in channels.items():
        bids = list(channel.devices) if isinstance(channel, PayPerClick) else []
        if channel.device_shares and bids:
            message = (
                f"channels.{name}.device_shares: the channel bids by device, and the shares stand in devices; write one"
            )
            faults.append((("channels", name, "device_shares"), message))
        for setting, named in (("device_shares", list(channel.device_shares)), ("devices", bids if devices else [])):
            if unknown := [device for device in named if device not in devices]:
                faults.append(_unknown(("channels", name, setting), unknown[0], devices))
    for name, promotion in promotions.items():
        for place, device in enumerate(getattr(promotion, "devices", ())):
            if device not in devices:
                faults.append(_unknown(("promotions", name, "devices", place), device, devices))
    return faults


def _unknown(place: tuple[str | int, ...], device: str, devices: list[str]) -> tuple[tuple[str | int, ...], str]:
    has = near_or_all(device, devices) if devices else "; write it there first"
    return place, f"{'.'.join(map(str, place))}: market.devices has no '{device}'{has}"
