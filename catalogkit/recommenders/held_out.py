"""Leave one department out: hide what some users bought there, and keep it as the truth."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from catalogkit.datasets.errors import DataError
from catalogkit.datasets.splits import Leakage
from catalogkit.recommenders.interactions import Interactions, Matrix, Rows


@dataclass(frozen=True, eq=False)
class HeldOut:
    """What may be learnt from, and what is asked.

    known: without the hidden purchases, users and items keep their rows; users: int64[b], rows of
    those from whom something was hidden; items: int64[t], rows of the department, the candidates;
    truth: float32[b, m], 1 where a purchase was hidden.
    """

    known: Interactions
    users: Rows
    items: Rows
    truth: Matrix


def leave_out(
    interactions: Interactions,
    labels: npt.ArrayLike,
    label: Hashable,
    users: Rows,
    *,
    shots: int = 0,
) -> HeldOut:
    """Hide all that some users bought of the items with a label; the others' purchases stay.

    labels: of the m items, such as departments, or True for items to be hidden; users: int64[b],
    rows of the users. shots: items that each of them keeps, those bought there first, with
    every purchase of these.
    Raises DataError for labels that do not fit the items, a label that no item has, and when none
    of these users bought such an item.
    """
    items = _items(interactions, labels, label)
    asked = np.isin(interactions.user, users) & np.isin(interactions.item, items)
    key = interactions.user * len(interactions.items) + interactions.item
    events = {"pair": key, "user": interactions.user, "time": interactions.time}
    first = pd.DataFrame(events)[asked].sort_values(["time", "pair"]).drop_duplicates("pair")
    hidden = first["pair"][first.groupby("user").cumcount() >= shots]
    if hidden.empty:
        raise DataError(f"none of these {len(users)} users bought more than {shots} of {label!r}.")
    gone = np.isin(key, hidden)
    rows = np.unique(interactions.user[gone])
    return HeldOut(interactions.only(~gone), rows, items, interactions.only(gone).bought[rows])


def check_left_out(known: Interactions, users: Rows, items: Rows, *, shots: int = 0) -> None:
    """Raise Leakage when one of these users bought more than `shots` of these items.

    users, items: rows. A check of its own, since splits also come from elsewhere.
    """
    bought = known.bought[users][:, items]
    counts = np.diff(bought.indptr)
    if (counts > shots).any():
        worst = int(counts.argmax())
        raise Leakage(
            f"{int((counts > shots).sum())} of {len(users)} users bought items that are to be "
            f"hidden, for example {known.users[users[worst]]!r} bought {counts[worst]} of them, "
            f"{shots} are allowed: see leave_out()."
        )


def _items(interactions: Interactions, labels: npt.ArrayLike, label: Hashable) -> Rows:
    of_items = np.asarray(labels)
    if of_items.shape != (len(interactions.items),):
        raise DataError(
            f"labels has shape {of_items.shape} for {len(interactions.items)} items: give one "
            "label for each row of the catalog."
        )
    items = np.flatnonzero(of_items == label)
    if not len(items):
        raise DataError(f"no item has the label {label!r}.")
    return items.astype(np.int64)
