"""The book's standing figure: estimates with their intervals against zero."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from catalogkit.evaluation.intervals import Interval

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_intervals(axes: Axes, effects: Mapping[str, Interval], label: str) -> None:
    """Draw one row for each named effect, the first on top, and a line at zero.

    label: what the effects measure, with its unit, for the horizontal axis. Estimates are dots,
    filled where the interval excludes zero, so that the figure also reads in grey.
    """
    for row, interval in enumerate(effects.values()):
        color, fill = ("C1", "C1") if interval.excludes_zero else ("C0", "none")
        axes.plot([interval.low, interval.high], [row, row], color=color, marker="|")
        axes.plot(interval.value, row, marker="o", color=color, markerfacecolor=fill)
    axes.axvline(0, color="#777777", linewidth=1)
    axes.set(yticks=range(len(effects)), yticklabels=list(effects), xlabel=label)
    axes.invert_yaxis()
    axes.grid(visible=False, axis="y")
