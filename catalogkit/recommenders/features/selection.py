"""Say of each feature what it tells alone, and what a learner would miss without it."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd


def importances(
    columns: pd.DataFrame,
    labels: npt.ArrayLike,
    groups: npt.ArrayLike,
    learner: Any,  # noqa: ANN401 (any classifier)
    *,
    sample: int = 20_000,
    repeats: int = 5,
    seed: int,
) -> pd.DataFrame:
    """Measure features by mutual information and by permutation, most missed first.

    columns: [c, f] of pairs, such as those of `Candidates`; labels: bool[c]; groups: [c], the user
    of each pair. The learner, a scikit-learn classifier, is cloned and fitted to the pairs of two
    thirds of the groups; what its average precision on the others' loses when a column is shuffled
    is the permutation importance. Mutual information is of at most `sample` pairs of the first
    part; there a missing value counts as one below all others. To select, take the index of the
    best rows, or give mutual_info_classif to scikit-learn's SelectKBest.
    Returns columns mutual_information (nats), permutation and permutation_std; the index names
    the features. Source: Kraskov et al. 2004, Ross 2014; Breiman 2001.
    """
    from sklearn.base import clone
    from sklearn.inspection import permutation_importance
    from sklearn.model_selection import GroupShuffleSplit

    bought = np.asarray(labels, bool)
    halves = GroupShuffleSplit(1, test_size=1 / 3, random_state=seed)
    train, test = next(halves.split(columns, bought, np.asarray(groups)))
    fitted = clone(learner).fit(columns.iloc[train], bought[train])
    how = {"scoring": "average_precision", "n_repeats": repeats, "random_state": seed}
    missed = permutation_importance(fitted, columns.iloc[test], bought[test], **how)
    drawn = np.random.default_rng(seed).permutation(train)[:sample]
    table = pd.DataFrame(index=columns.columns)
    table["mutual_information"] = _information(columns.iloc[drawn], bought[drawn], seed)
    table["permutation"], table["permutation_std"] = missed.importances_mean, missed.importances_std
    return table.sort_values("permutation", ascending=False)


def _information(
    columns: pd.DataFrame, bought: npt.NDArray[np.bool_], seed: int
) -> npt.NDArray[np.float64]:
    """Measure the mutual information of each column with the label, in nats."""
    from sklearn.feature_selection import mutual_info_classif

    known = columns.fillna(columns.min() - 1).fillna(0)
    return np.asarray(mutual_info_classif(known, bought, random_state=seed))
