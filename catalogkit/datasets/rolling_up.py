"""Take a level of a catalog as the catalog: what was a label becomes a product.

Recommending types of products instead of products asks an easier question and a faster one: a
purchase of any product of the type counts.
"""

from __future__ import annotations

from collections.abc import Sequence

from catalogkit.datasets.errors import DataError
from catalogkit.datasets.records import Catalog, Log

REASON = "no label on this level"


def roll_up(catalog: Catalog, level: str) -> Catalog:
    """Return one product for each label of a level, in alphabetical order.

    product_id and text are the label; levels are those above it. A label that stands at several
    places of the tree stands where most of its products do; of equally many, at the first place in
    alphabetical order. Further columns: products, how many it has, and places, at how many it
    stands. Products without the label are dropped and counted.
    Raises DataError for a level that the catalog does not have or that no product reaches.
    """
    above = _levels_above(catalog, level)
    labelled = catalog.table[catalog.table[level].notna()]
    if labelled.empty:
        raise DataError(f"no product has a {level!r}: choose another level.")
    sizes = labelled.groupby([level, *above], observed=True, dropna=False).size()
    places = sizes.rename("here").reset_index()
    first = places.sort_values([level, "here"], ascending=[True, False], kind="stable")
    found = first.drop_duplicates(level).set_index(level)[above]
    by_label = places.groupby(level, observed=True)["here"]
    table = found.assign(products=by_label.sum(), places=by_label.size()).reset_index(names="text")
    table.insert(0, "product_id", table["text"])
    lost = len(catalog) - len(labelled)
    return Catalog(table, tuple(above), dropped={**catalog.dropped, REASON: lost})


def roll_up_log(log: Log, catalog: Catalog, level: str) -> Log:
    """Return the events with each product's label on a level in place of its id.

    Events of products without the label are dropped and counted; all other columns stay, so
    that two products of a type in one basket are two events, as they were.
    Raises DataError as roll_up does, and for a product that the catalog does not have.
    """
    _levels_above(catalog, level)
    label = catalog.table.set_index("product_id")[level]
    absent = ~log.table["product_id"].isin(label.index).to_numpy()
    if absent.any():
        raise DataError(
            f"{absent.sum()} of {len(log)} events name a product that is not in the catalog, first "
            f"row {absent.argmax()} ({log.product_id[absent][0]!r}): drop the events or add it."
        )
    table = log.table.assign(product_id=log.table["product_id"].map(label))
    kept = table["product_id"].notna()
    dropped = {**log.dropped, REASON: int((~kept).sum())}
    return Log(table[kept].reset_index(drop=True), dropped=dropped)


def _levels_above(catalog: Catalog, level: str) -> Sequence[str]:
    if level not in catalog.levels:
        has = ", ".join(catalog.levels) or "none"
        raise DataError(f"the catalog has no level {level!r}; its levels are: {has}.")
    return list(catalog.levels[: catalog.levels.index(level)])
