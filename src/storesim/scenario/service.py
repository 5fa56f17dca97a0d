"""Chat agents, reviews, and how the store is judged."""

from typing import Self

from pydantic import Field, model_validator

from storesim.scenario.hours import ClockSpan
from storesim.scenario.spec import Spec, at_places
from storesim.units import Days, Minutes, Number, Rate, Share, Whole


class Shift(Spec):
    """Some hours of the day, and the agents on duty in them."""

    hours: ClockSpan
    """From when to when, such as 9-17."""

    agents: Whole = Field(ge=0, le=10_000)
    """Agents of this shift; shifts that overlap add up."""


class Service(Spec):
    """Chat agents (客服)."""

    agents: Whole = Field(default=2, ge=0, le=10_000)
    """Agents on duty in each open hour; *assumed*."""

    open: ClockSpan = (9.0, 23.0)
    """Hours of service (DOMAIN 5.5: 09:00–23:00, B)."""

    shifts: tuple[Shift, ...] = Field(default=(), max_length=12)
    """Shifts (早班、晚班), in place of `agents` and `open`; the chat is open from the first to the last."""

    asks: Share = 0.10
    """Share of visitors past the first page who want to chat; *assumed*."""

    minutes: Minutes = Field(default=5.0, gt=0)
    """Mean length of a chat; *assumed*."""

    minutes_sd: Number = Field(default=0.0, ge=0, le=3)
    """Standard deviation of the logarithm of a chat's length, which is then lognormal; 0: exponential."""

    patience: Minutes | None = Field(default=2.0, gt=0)
    """Mean wait before a visitor gives up; exponential. None: nobody gives up; *assumed*."""

    answered: Rate = Field(default=1.8, ge=0, le=20)
    """Odds of buying after a chat, relative to no chat; *assumed*."""

    unanswered: Rate = Field(default=0.5, ge=0, le=20)
    """Odds of buying after giving up on the chat; *assumed*."""

    @property
    def people(self) -> int:
        """Agents who are paid: those of every shift."""
        return sum(shift.agents for shift in self.shifts) if self.shifts else self.agents

    @property
    def span(self) -> tuple[float, float]:
        """First and last hour of the chat."""
        if not self.shifts:
            return self.open
        return min(shift.hours[0] for shift in self.shifts), max(shift.hours[1] for shift in self.shifts)


class OpeningReviews(Spec):
    """Reviews the store has on its first day, because it is no new store."""

    total: Whole = Field(default=0, ge=0)
    """Reviews so far; spread over the SKUs by popularity."""

    good: Whole = Field(default=0, ge=0)
    """Good ones (4 or 5 stars) among them."""

    @model_validator(mode="after")
    def _no_more_good_ones(self) -> Self:
        if self.good > self.total:
            message = f"'good' is {self.good} and 'total' is {self.total}; good reviews must be among them"
            raise at_places("OpeningReviews", [(("good",), message)])
        return self


class Reviews(Spec):
    """Reviews after delivery, and what they say."""

    chance: Share = 0.25
    """Share of delivered orders that are reviewed; *assumed*."""

    delay: Days = Field(default=3.0, ge=0)
    """Mean days from delivery to review; exponential; *assumed*."""

    stars: Number = Field(default=4.85, ge=1, le=5)
    """Mean stars before clipping to 1–5 for an order delivered at once: most ratings are of five stars (DOMAIN 3.2, A), the mean is *assumed*."""

    stars_sd: Number = Field(default=0.6, ge=0, le=4)
    """Standard deviation of stars; *assumed*."""

    per_day: Number = Field(default=0.06, ge=0, le=2)
    """Stars lost for each day from order to delivery; *assumed*."""

    late: Number = Field(default=1.0, ge=0, le=4)
    """Stars lost when dispatch was late; *assumed*."""

    chat: Number = Field(default=0.0, ge=0, le=4)
    """Stars lost when the buyer had given up on the chat; 0: nobody minds."""

    short: Number = Field(default=0.0, ge=0, le=4)
    """Stars lost when the item wanted was sold out and another was taken, or fewer pieces; 0: nobody minds."""

    price: Number = Field(default=0.0, ge=0, le=10)
    """Stars lost for each unit of the logarithm of price over reference price; a cheaper item gains; 0: none."""

    rival_bad_rate: Share = 0.05
    """Share of reviews of three stars or fewer of the median rival, to which the store score compares; *assumed*."""

    opening: OpeningReviews = OpeningReviews()
    """Reviews on the first day."""


class GoodStore(Spec):
    """The mark 京东好店: what it takes, and what it does for the store. The size of its bonus is not published."""

    least: Share = 0.90
    """Store score on the day of certification (DOMAIN 5.4: the top 10 % of the category, B)."""

    every: Days = Field(default=7.0, ge=1)
    """Days from one certification to the next (DOMAIN 5.4: 7, formerly 14, B)."""

    weight: Number = Field(default=0.0, ge=0, le=5)
    """Added to the logarithm of the organic weight while the store has the mark; 0: it moves no rank."""

    odds: Rate = Field(default=1.0, gt=0, le=20)
    """Factor on the odds of buying while the store has the mark; 1: buyers do not mind."""


class Score(Spec):
    """What the store's rank among rivals (风向标) is made of; weights are relative (JD publishes none)."""

    reviews: Number = Field(default=0.5, ge=0, le=1)
    """Weight of reviews of three stars or fewer; *assumed*."""

    late: Number = Field(default=0.25, ge=0, le=1)
    """Weight of parcels dispatched late; *assumed*."""

    answers: Number = Field(default=0.25, ge=0, le=1)
    """Weight of chats answered in 30 s; *assumed*."""

    promise: Number = Field(default=0.0, ge=0, le=1)
    """Weight of parcels dispatched within the promised time; 0: they do not count."""

    rival_promise: Share = 0.95
    """Parcels that the median rival dispatches in time; *assumed*."""

    good_store: GoodStore = GoodStore()
    """The mark 京东好店."""

    @model_validator(mode="after")
    def _something_counts(self) -> Self:
        if not self.reviews + self.late + self.answers + self.promise > 0.0:
            raise at_places("Score", [(("reviews",), "all weights are 0; at least one must be above 0")])
        return self
