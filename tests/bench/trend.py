"""What a series of measurements grows by."""

from collections.abc import Sequence
from typing import Final

LEAST_POINTS: Final = 2


def slope(points: Sequence[tuple[float, float]]) -> float:
    """Return the slope of the line that fits the points best (least squares); 0 for fewer than two moments."""
    if len({at for at, _ in points}) < LEAST_POINTS:
        return 0.0
    mean_at, mean = (sum(values) / len(points) for values in zip(*points, strict=True))
    spread = sum((at - mean_at) ** 2 for at, _ in points)
    return sum((at - mean_at) * (value - mean) for at, value in points) / spread


def last_half(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the points of the second half of the time."""
    middle = (points[0][0] + points[-1][0]) / 2
    return [(at, value) for at, value in points if at >= middle]
