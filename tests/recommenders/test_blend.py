"""A blend learns which model, and which feature, to believe."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from catalogkit.datasets.errors import DataError
from catalogkit.datasets.records import Log
from catalogkit.recommenders.blend import Blend
from catalogkit.recommenders.interactions import Interactions, Rows
from catalogkit.recommenders.popularity import Popularity
from tests.recommenders.conftest import make_catalog, make_log

SHOP = make_catalog(["a", "b", "c", "d"])


@pytest.fixture(scope="module")
def waves() -> Log:
    """Sixty users buy a and one of b, c, d; in the end those without d buy d. One only buys a."""
    first = [(f"u{i:02}", item, i % 9) for i in range(60) for item in ("a", "bcd"[i % 3])]
    last = [(f"u{i:02}", "d", 20 + i % 3) for i in range(60) if i % 3 != 2]
    return make_log([("late", "a", 9), *first, *last])


def is_d(known: Interactions, users: Rows, items: Rows) -> dict[str, Rows]:
    """Tell the one item that is bought in the end."""
    return {"d": (items == 3).astype(np.int64)}


def test_a_feature_that_foretells_is_believed(waves: Log) -> None:
    """Popularity alone would put a first; a learner that looks at the feature puts d first."""
    learner = make_pipeline(ColumnTransformer([("", "passthrough", ["d"])]), LogisticRegression())
    blend = Blend({"popular": Popularity()}, [is_d], holdout=5, learner=learner)
    assert blend.fit(waves, SHOP).recommend(["late"], 1).items.tolist() == [[3]]


def test_the_given_learner_stays_unfitted(waves: Log) -> None:
    """A blend clones, so that settings can be used again."""
    learner = LogisticRegression()
    Blend({"popular": Popularity()}, holdout=5, learner=learner).fit(waves, SHOP)
    assert not hasattr(learner, "coef_")


def test_a_sample_of_users_depends_on_the_seed(waves: Log) -> None:
    """Ten of sixty, not the same with another seed."""
    few = {
        tuple(Blend({"p": Popularity()}, sample=10, seed=seed)._sampled(np.arange(60)))
        for seed in (0, 1)
    }
    assert [len(one) for one in few] == [10, 10]


def test_a_holdout_in_which_no_candidate_is_bought_is_refused(waves: Log) -> None:
    """One new candidate a user, none of which is bought on the last day."""
    blend = Blend({"popular": Popularity()}, target="new", holdout=0.5, depth=1)
    with pytest.raises(DataError, match="choose another holdout"):
        blend.fit(waves, SHOP)
