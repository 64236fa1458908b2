"""Every user is ranked by a classifier that was taught by others."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest

from catalogkit.recommenders.candidates import Candidates
from catalogkit.recommenders.cross_fitting import cross_fit
from catalogkit.recommenders.interactions import Interactions, Matrix
from tests.recommenders.conftest import make_catalog, make_log

KNOWN = Interactions.of(make_log([(user, "a", 0) for user in "uvw"]), make_catalog(["a", "b", "c"]))
PLACE, ITEM = np.repeat(np.arange(3), 2), np.tile([0, 1], 3)
TABLE = Candidates(
    KNOWN, "all", np.arange(3), PLACE, ITEM, pd.DataFrame({"user": PLACE, "odd": ITEM})
)
LATER = Matrix(np.array([[0, 1, 0], [1, 0, 0], [0, 1, 0], [0, 0, 0]], np.float32))


class Witness:
    """Remember who taught it, and call every candidate certain when it knows its user."""

    def get_params(self, deep: bool = True) -> dict[str, object]:  # noqa: ARG002
        """Return no settings, so that it can be cloned."""
        return {}

    def fit(self, given: pd.DataFrame, bought: npt.NDArray[np.bool_]) -> Witness:
        """Keep the users and the labels."""
        self.users_, self.bought_ = sorted(set(given["user"])), bought.tolist()
        return self

    def predict_proba(self, given: pd.DataFrame) -> npt.NDArray[np.float64]:
        """Return 1 for known users, else 0.5."""
        chance = np.where(given["user"].isin(self.users_), 1.0, 0.5)
        return np.stack([1 - chance, chance], axis=1)


def test_a_fold_is_taught_by_the_others() -> None:
    """Users 0, 1 and 2 are a fold each; u and w bought b, v bought a."""
    fitted = cross_fit(TABLE, LATER, Witness())
    assert [each.users_ for each in fitted.learners] == [[1, 2], [0, 2], [0, 1]]
    assert fitted.learners[0].bought_ == [True, False, False, True]


def test_unseen_users_are_ranked_by_who_has_not_seen_them() -> None:
    """A witness is certain of those who taught it, so nobody's own list is certain."""
    fitted = cross_fit(TABLE, LATER, Witness())
    assert (fitted.unseen(TABLE, 2).scores == 0.5).all()
    assert [each.scores[:, 0].tolist() for each in fitted.rank(TABLE, 2)] == [
        [0.5, 1, 1],
        [1, 0.5, 1],
        [1, 1, 0.5],
    ]


def test_lists_are_those_of_the_candidates() -> None:
    """Of equal chances the earlier item comes first; what is missing is padded."""
    fitted = cross_fit(TABLE, LATER, Witness())
    assert fitted.unseen(TABLE, 3).items.tolist() == [[0, 1, -1]] * 3


def test_only_the_chosen_columns_are_looked_at() -> None:
    """The witness needs the user's column and sees no other."""
    fitted = cross_fit(TABLE, LATER, Witness(), columns=["user"], folds=2)
    assert (fitted.columns, len(fitted.learners)) == (["user"], 2)


@pytest.mark.parametrize("folds", [1, 4])
def test_a_number_of_folds_that_cannot_be_is_named(folds: int) -> None:
    """One fold leaves nobody to teach, four have no user each."""
    with pytest.raises(ValueError, match=f"folds={folds}: from 2 to the number of users, 3"):
        cross_fit(TABLE, LATER, Witness(), folds=folds)


def test_a_fold_without_which_nothing_can_be_learnt_is_named() -> None:
    """Nobody but w bought anything, so without w there is no purchase."""
    alone = LATER * np.array([[0], [0], [1], [0]], np.float32)
    with pytest.raises(ValueError, match="without fold 2 the candidates teach nothing"):
        cross_fit(TABLE, Matrix(alone), Witness())
