"""The reviews are whole and their traps are as documented."""

import pytest

from catalogkit.datasets import food_reviews
from catalogkit.datasets.records import Reviews
from catalogkit.datasets.splits import Leakage, Split, check_grouped


@pytest.fixture(scope="module")
def reviews() -> Reviews:
    """Return all reviews."""
    return food_reviews.reviews()


def test_nothing_is_dropped(reviews: Reviews) -> None:
    """4,000 and 1,000 reviews, of which 3,258 are great."""
    assert reviews.table["split"].value_counts().to_dict() == {"train": 4_000, "test": 1_000}
    assert reviews.table["label"].value_counts().to_dict() == {"great": 3_258, "other": 1_742}
    assert reviews.dropped == {}


def test_every_product_is_reviewed_once(reviews: Reviews) -> None:
    """Grouping by product is therefore a random split."""
    assert reviews.table["product_id"].is_unique


def test_the_sources_own_split_leaks_seven_texts(reviews: Reviews) -> None:
    """The check finds what the documentation warns of."""
    is_train = (reviews.table["split"] == "train").to_numpy()
    split = Split(is_train.nonzero()[0], [], (~is_train).nonzero()[0])
    with pytest.raises(Leakage, match="7 of 4973 groups are on two sides"):
        check_grouped(reviews.table["text"], split)
