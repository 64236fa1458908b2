"""Films and ratings are whole and fit together."""

import pytest

from catalogkit.datasets import films
from catalogkit.datasets.records import Catalog, Log


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    """Return the films."""
    return films.catalog()


@pytest.fixture(scope="module")
def log() -> Log:
    """Return the ratings."""
    return films.log()


def test_every_film_is_kept_or_counted(catalog: Catalog) -> None:
    """9,066 films, of which 5 have no title."""
    assert catalog.dropped == {"no title": 5}
    assert len(catalog) == 9_061
    assert catalog.text[0] == "Toy Story"


def test_genres_are_split_by_pandas(catalog: Catalog) -> None:
    """There are 19 of them, and 15 films have none."""
    genres = catalog.table["genres"].str.get_dummies()
    assert genres.shape[1] == 19
    assert (genres.sum(axis=1) == 0).sum() == 15


def test_every_rating_is_kept_or_counted(log: Log) -> None:
    """100,004 ratings, of which 7 are of films without a title."""
    assert log.dropped == {"film without a title": 7}
    assert len(log) == 99_997


def test_every_rating_has_its_film(log: Log, catalog: Catalog) -> None:
    """A join loses nothing."""
    assert log.table["product_id"].isin(catalog.table["product_id"]).all()


def test_ratings_are_stars_in_order_of_time(log: Log) -> None:
    """Half a star to five; 671 users rate a film once."""
    assert sorted(log.table["value"].unique()) == [0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5]
    assert log.table["time"].is_monotonic_increasing
    assert log.table["user_id"].nunique() == 671
    assert not log.table.duplicated(["user_id", "product_id"]).any()
