"""Features that foretell stand above noise, whichever way they are looked at."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import TargetEncoder

from catalogkit.recommenders.blend import Blend
from catalogkit.recommenders.features.columns import ItemColumns
from catalogkit.recommenders.features.selection import importances
from catalogkit.recommenders.popularity import Popularity
from catalogkit.recommenders.saving import load
from tests.recommenders.conftest import make_catalog, make_log


def test_a_feature_that_foretells_stands_above_noise() -> None:
    """The label is the sign of one column, a third of which is missing where it is negative."""
    rng = np.random.default_rng(0)
    table = pd.DataFrame(rng.normal(size=(600, 2)), columns=["noise", "sign"])
    bought = table["sign"] > 0
    table.loc[~bought & (rng.random(600) < 1 / 3), "sign"] = np.nan
    learner = HistGradientBoostingClassifier(max_iter=10)
    found = importances(table, bought, np.arange(600) // 6, learner, seed=0)
    assert found.index.tolist() == ["sign", "noise"]
    assert found["mutual_information"]["sign"] == pytest.approx(np.log(2), abs=0.05)
    assert found["mutual_information"]["noise"] < 0.05
    assert abs(found["permutation"]["noise"]) < 0.05 < found["permutation"]["sign"]
    assert not hasattr(learner, "classes_")


def test_codes_go_through_scikit_learns_target_encoder(tmp_path: object) -> None:
    """Of four items those of kind 2 are bought in the end; the fewest have bought them so far."""
    first = [(f"u{i:02}", item, 0) for i in range(40) for item in (["a", "b"], ["c", "d"])[i > 30]]
    last = [(f"u{i:02}", "d", 20) for i in range(30)]
    codes = ItemColumns({"kind": np.array([1.0, 1, 2, 2])})
    encoder = ColumnTransformer([("", TargetEncoder(cv=3), ["kind"])])
    learner = make_pipeline(encoder, LogisticRegression())
    blend = Blend({"popular": Popularity()}, [codes], holdout=5, learner=learner)
    fitted = blend.fit(make_log([*first, *last]), make_catalog(["a", "b", "c", "d"]))
    assert fitted.recommend(["u00"], 2).items.tolist() == [[3, 2]]
    fitted.save(f"{tmp_path}/blend")
    assert load(f"{tmp_path}/blend").recommend(["u00"], 2).items.tolist() == [[3, 2]]
