"""Amazon fine-food reviews: 5,000 opinions, great (five stars) or other."""

import pandas as pd

from catalogkit.datasets.records import Reviews
from catalogkit.datasets.unpickled import read_rdataset


def reviews() -> Reviews:
    """Return 4,000 training and 1,000 test reviews, as the source splits them; nothing is dropped.

    Columns: product_id, text (50-8,055 characters, with <br /> tags in it), label ("great" for five
    stars, 65 %, or "other"), split ("train" or "test"). Every product id occurs once, so grouping
    by product is a random split; but 27 rows repeat an earlier text, and 7 texts stand on both
    sides (check_grouped finds them): group by text. Source: McAuley and Leskovec (2013), WWW, by
    way of the R package modeldata. Raises SourceUnavailable.
    """
    parts = {"train": "training_data", "test": "testing_data"}
    tables = [
        read_rdataset(f"modeldata/{file}.pkl.compress").assign(split=split)
        for split, file in parts.items()
    ]
    names = {"product": "product_id", "review": "text", "score": "label"}
    table = pd.concat(tables, ignore_index=True).rename(columns=names)
    return Reviews(table[["product_id", "text", "label", "split"]])
