"""What a proxy estimates of a rating, and how far that moves an estimate which is there (R2)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class ProxyRating(NamedTuple):
    """A rating from 1 to 5 with what it was read from.

    `raw` are the measured values by name, `scale` the one that made a rating of them. `low` and
    `high` are the ratings that values less or more by the scale's hysteresis would have had.
    """

    value: int
    reason: str
    raw: Mapping[str, float] = MappingProxyType({})
    scale: str | None = None
    low: int | None = None
    high: int | None = None

    def beside(self, known: int, scale: str | None) -> int:
        """What the estimate is from now on, where it was `known` by a scale.

        A value that wavers around a cut leaves it as it is; one that lies clearly beyond moves it
        past each cut that it is clear of. Another scale starts afresh.
        """
        if self.scale is None or self.scale != scale:
            return self.value
        low, high = self.low or self.value, self.high or self.value
        return min(max(known, low), high)
