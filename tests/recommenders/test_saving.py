"""A fitted model is one file; what is no such file is refused by name, with a remedy."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from catalogkit.datasets import array_files
from catalogkit.datasets.errors import DataError
from catalogkit.datasets.records import Catalog, Log
from catalogkit.recommenders.base import Fitted, Floats
from catalogkit.recommenders.blend import Blend, FittedBlend
from catalogkit.recommenders.content import Content
from catalogkit.recommenders.features.matching import TextMatch
from catalogkit.recommenders.frequency import Frequency
from catalogkit.recommenders.interactions import Interactions, Rows
from catalogkit.recommenders.popularity import Popularity
from catalogkit.recommenders.saving import KIND, load
from tests.recommenders.conftest import make_catalog, make_log

LOG = make_log([("007", "茶", 0), ("7", "茶", 3), ("007", "米", 5)])
SHOP = make_catalog(["米", "肉", "茶"])


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """Save the smallest model."""
    Popularity(half_life=3).fit(LOG, SHOP).save(tmp_path / "model")
    return tmp_path / "model"


def test_ids_and_times_come_back(saved: Path) -> None:
    """Strings of digits stay strings, and ages are the same."""
    known = load(saved).interactions
    assert known.users.tolist() == ["007", "7"]
    assert known.items.tolist() == ["米", "肉", "茶"]
    assert known.age.tolist() == [5, 2, 0]
    assert known.end == LOG.time.max()


def test_a_file_is_arrays_and_json(saved: Path) -> None:
    """Anyone can read it without this package: no pickle, numbers by name."""
    assert "FittedPopularity.weight" in load_file(saved)
    size = int.from_bytes(saved.read_bytes()[:8], "little")
    header = json.loads(saved.read_bytes()[8 : 8 + size])["__metadata__"]
    assert header["format"] == f"{KIND} 1"
    kind, (name, parts) = json.loads(header["facts"])["model"]
    assert (kind, name) == ("object", "FittedPopularity")
    assert parts["settings"] == ["object", ["Popularity", {"half_life": 3}]]


def test_the_models_of_a_blend_share_their_interactions_again(
    checkerboard: Log, products: Catalog, parity: np.ndarray, tmp_path: Path
) -> None:
    """As they must to be blended, and the file holds the events once."""
    blend = Blend({"content": Content(parity), "often": Frequency()}, target="new", holdout=12)
    blend.fit(checkerboard, products).save(tmp_path / "model")
    again = load(tmp_path / "model")
    assert isinstance(again, FittedBlend)
    assert all(model.interactions is again.interactions for model in again.models.values())
    assert sum(name.endswith("interactions.user") for name in load_file(tmp_path / "model")) == 1


def test_the_features_of_a_blend_are_saved_with_it(
    checkerboard: Log, products: Catalog, parity: np.ndarray, tmp_path: Path
) -> None:
    """They are dataclasses of this package; a function of one's own is named by its place."""
    how = {"target": "new", "holdout": 12}
    blend = Blend({"often": Content(parity)}, [TextMatch(parity)], **how)
    fitted = blend.fit(checkerboard, products)
    fitted.save(tmp_path / "model")
    users = ["u00", "u01", "nobody"]
    again = load(tmp_path / "model").recommend(users, 5)
    assert np.array_equal(again.items, fitted.recommend(users, 5).items)
    own = Blend({"often": Content(parity)}, [lambda *_: {}], **how).fit(checkerboard, products)
    with pytest.raises(ValueError, match=r"settings.features.0: a function cannot be saved"):
        own.save(tmp_path / "own")


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({"model": ["object", ["Popularity", {"half_life": None}]]}, "holds no fitted recommender"),
        ({"model": ["object", ["Path", {}]], "catalogkit": "9.9"}, "by catalogkit 9.9, cannot be"),
        ({"model": ["object", ["FittedPopularity", {"vote": 1}]]}, "'vote'.*: fit and save again"),
        ({"model": ["learner", "nothing"]}, "KeyError: 'nothing'.*: fit and save again"),
        ({}, "KeyError: 'model'"),
    ],
)
def test_a_file_with_other_contents_is_refused(
    tmp_path: Path, facts: dict[str, object], message: str
) -> None:
    """Classes and fields that this version does not have, and arrays that are not there."""
    array_files.write(tmp_path / "model", KIND, {}, facts)
    with pytest.raises(DataError, match=f"^{tmp_path / 'model'}: .*{message}"):
        load(tmp_path / "model")


def test_a_damaged_and_an_absent_file_are_refused(saved: Path) -> None:
    """The message names the file."""
    data = bytearray(saved.read_bytes())
    data[-1] ^= 1
    saved.write_bytes(data)
    with pytest.raises(DataError, match=f"^{saved}: is damaged"):
        load(saved)
    with pytest.raises(DataError, match="gone: no such file"):
        load(saved.with_name("gone"))


@dataclass(frozen=True, eq=False)
class FittedElsewhere(Fitted):
    """A model that the package does not define."""

    def scores(self, rows: Rows) -> Floats:
        """Know nothing."""
        return np.zeros((len(rows), len(self.interactions.items)), np.float32)


def test_a_model_from_elsewhere_is_not_saved(tmp_path: Path) -> None:
    """It could not be found when loading; nothing is written."""
    fitted = FittedElsewhere(Interactions.of(LOG, SHOP))
    with pytest.raises(ValueError, match="FittedElsewhere is not defined in catalogkit"):
        fitted.save(tmp_path / "model")
    assert not list(tmp_path.iterdir())


def test_a_place_that_is_not_there_is_said(tmp_path: Path) -> None:
    """With the remedy."""
    with pytest.raises(DataError, match="nowhere: no such directory; make it first"):
        Popularity().fit(LOG, SHOP).save(tmp_path / "nowhere" / "model")
