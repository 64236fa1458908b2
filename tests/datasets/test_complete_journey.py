"""The retailer's tables are whole, joined and described truthfully."""

import numpy as np
import pandas as pd
import pytest

from catalogkit.datasets import complete_journey
from catalogkit.datasets.errors import DataError
from catalogkit.datasets.records import Catalog, Log


def test_every_product_is_kept_or_counted(retail_catalog: Catalog) -> None:
    """The package holds 92,331 products; 639 have no type or no category."""
    assert retail_catalog.dropped == {"no product type": 528, "no category": 111}
    assert len(retail_catalog) + sum(retail_catalog.dropped.values()) == 92_331


def test_every_product_has_a_full_path(retail_catalog: Catalog) -> None:
    """Department, category and product type are all known."""
    assert retail_catalog.levels == ("department", "category", "product_type")
    assert {len(path) for path in retail_catalog.path} == {3}
    assert retail_catalog.path[0] == ("GROCERY", "FRZN ICE", "ICE - CRUSHED/CUBED")


def test_text_is_type_size_and_brand(retail_catalog: Catalog) -> None:
    """The first product has a size, the second has none."""
    assert retail_catalog.text[:2] == [
        "ICE - CRUSHED/CUBED 22 LB National",
        "BREAD:ITALIAN/FRENCH Private",
    ]


def test_every_purchase_line_is_kept_or_counted(retail_log: Log) -> None:
    """The package holds 1,469,307 lines."""
    assert retail_log.dropped == {
        "product in no table": 4_836,
        "product without type or category": 2_345,
    }
    assert len(retail_log) + sum(retail_log.dropped.values()) == 1_469_307


def test_every_purchase_has_its_product(retail_log: Log, retail_catalog: Catalog) -> None:
    """A join of log and catalog loses nothing."""
    assert retail_log.table["product_id"].isin(retail_catalog.table["product_id"]).all()
    assert retail_log.table["user_id"].nunique() == 2_469


def test_product_types_are_a_catalog_of_their_own() -> None:
    """The docstring's counts are true; ice stands with the frozen goods."""
    types = complete_journey.product_types()
    assert (len(types), types.levels) == (2_376, ("department", "category"))
    assert (types.table["places"] > 1).sum() == 782
    assert types.table["products"].sum() == 91_692
    ice = types.product_id.tolist().index("ICE - CRUSHED/CUBED")
    assert types.path[ice] == ("GROCERY", "FRZN ICE")


def test_a_purchase_of_a_product_is_one_of_its_type(retail_log: Log) -> None:
    """Every line stays, and has its type in the catalog of types."""
    log = complete_journey.type_log()
    assert len(log) == len(retail_log)
    assert set(log.product_id) <= set(complete_journey.product_types().product_id)


def test_weeks_begin_when_week_start_says(retail_log: Log) -> None:
    """The shop's week, a column of the log, follows from the time of purchase."""
    starts = np.array(
        [complete_journey.week_start(week) for week in range(1, 55)], "datetime64[ns]"
    )
    week = np.searchsorted(starts, retail_log.time, side="right")
    assert np.array_equal(week, retail_log.table["week"])


@pytest.mark.parametrize("week", [0, 55])
def test_there_is_no_week_outside_the_year(week: int) -> None:
    """Weeks are 1 to 53, and 54 for the end."""
    with pytest.raises(DataError, match=f"week {week}: weeks are 1 to 53"):
        complete_journey.week_start(week)


def test_bands_of_age_and_income_are_ordered() -> None:
    """Every household falls into a known band."""
    households = complete_journey.households()
    assert len(households) == 801
    assert households["age"].min() == "19-24"
    assert households["income"].max() == "250K+"
    assert households[["age", "income"]].notna().all(axis=None)


def test_campaigns_that_outlive_the_data_are_marked() -> None:
    """Campaigns 15 and 20-23 end in 2018."""
    campaigns = complete_journey.campaigns()
    assert campaigns.loc[campaigns["censored"], "campaign_id"].tolist() == [15, 20, 21, 22, 23]


@pytest.mark.parametrize(
    ("read", "rows", "columns"),
    [
        (complete_journey.campaign_households, 6_589, ["campaign_id", "user_id"]),
        (complete_journey.coupons, 116_204, ["coupon_upc", "product_id", "campaign_id"]),
        (
            complete_journey.coupon_redemptions,
            2_102,
            ["user_id", "coupon_upc", "campaign_id", "time"],
        ),
    ],
)
def test_side_tables_come_whole_under_our_names(
    read: object, rows: int, columns: list[str]
) -> None:
    """Nothing is dropped from the tables of the marketing department."""
    table = read()
    assert isinstance(table, pd.DataFrame)
    assert (len(table), table.columns.tolist()) == (rows, columns)


def test_repeated_coupons_are_left_for_the_reader_to_see() -> None:
    """The docstring's count of exact repetitions is true."""
    assert complete_journey.coupons().duplicated().sum() == 4_872


def test_promotions_of_some_weeks_are_read_alone() -> None:
    """One week of the 20.9 million rows comes in small types."""
    table = complete_journey.promotions(weeks=[1])
    assert table["week"].unique().tolist() == [1]
    assert table["display_location"].dtype == "category"
    assert table.dtypes[["product_id", "week"]].tolist() == [np.int32, np.int8]
