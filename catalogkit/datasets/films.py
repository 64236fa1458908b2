"""MovieLens (latest, small): film titles, genres and ratings, a second domain beside groceries."""

import pandas as pd

from catalogkit.datasets.records import Catalog, Log
from catalogkit.datasets.unpickled import read_rdataset

NO_GENRE = "(no genres listed)"


def catalog() -> Catalog:
    """Return 9,061 films: product_id, text (the title), year, genres; no levels.

    genres are several labels of equal rank, joined by "|", missing for 15 films; split them with
    table["genres"].str.get_dummies(). Titles repeat (remakes), ids do not. Dropped and counted:
    films without a title (5). Source: Harper and Konstan (2015), ACM TiiS 5:19.
    Raises SourceUnavailable.
    """
    films = _ratings().drop_duplicates("product_id").sort_values("product_id", ignore_index=True)
    titled = films[films["text"].notna()].reset_index(drop=True)
    table = titled.assign(
        year=titled["year"].astype("int64"),
        genres=titled["genres"].where(titled["genres"] != NO_GENRE),
    )
    dropped = {"no title": len(films) - len(titled)}
    return Catalog(table[["product_id", "text", "year", "genres"]], dropped=dropped)


def log() -> Log:
    """Return 99,997 ratings by 671 users, 1995-2016, in order of time; value is 0.5 to 5 stars.

    A user rates a film once. Dropped and counted: ratings of films without a title (7), so every
    rating has its film in catalog(). Raises SourceUnavailable.
    """
    ratings = _ratings()
    titled = ratings[ratings["text"].notna()]
    timed = titled.assign(time=pd.to_datetime(titled["time"], unit="s"))
    order = timed.sort_values("time", kind="stable", ignore_index=True)
    dropped = {"film without a title": len(ratings) - len(titled)}
    return Log(order[["user_id", "product_id", "time", "value"]], dropped=dropped)


def _ratings() -> pd.DataFrame:
    names = {
        "movieId": "product_id",
        "title": "text",
        "userId": "user_id",
        "rating": "value",
        "timestamp": "time",
    }
    return read_rdataset("dslabs/movielens.pkl.compress").rename(columns=names)
