"""What the figure of intervals shows."""

import matplotlib as mpl

from catalogkit.evaluation.intervals import Interval
from catalogkit.figures import plot_intervals

mpl.use("Agg")


def test_only_an_effect_whose_interval_excludes_zero_has_a_filled_dot() -> None:
    """A reader of a grey print can tell what was shown from what was not."""
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots()
    effects = {"shown": Interval(2, 1, 3, n=9), "not shown": Interval(0, -1, 1, n=9)}
    plot_intervals(axes, effects, "change in accuracy")
    dots = [line for line in axes.lines if line.get_marker() == "o"]
    assert [dot.get_markerfacecolor() for dot in dots] == ["C1", "none"]
    assert [text.get_text() for text in axes.get_yticklabels()] == ["shown", "not shown"]
    assert axes.get_xlabel() == "change in accuracy"
    plt.close(figure)
