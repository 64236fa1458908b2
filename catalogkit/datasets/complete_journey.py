"""The Complete Journey: a grocery retailer's products, purchases, campaigns and coupons.

Simulated from real patterns; its authors ask that it is used for teaching, not for research claims.
Money is in US dollars. Times are UTC; the shop's day and week change at midnight in New York.
"""

from collections.abc import Collection

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from catalogkit.datasets.errors import DataError
from catalogkit.datasets.records import Catalog, Log
from catalogkit.datasets.rolling_up import roll_up, roll_up_log
from catalogkit.datasets.sources import fetch

LEVELS = ("department", "category", "product_type")
WEEKS = 53
AGES = ("19-24", "25-34", "35-44", "45-54", "55-64", "65+")
INCOMES = (
    *("Under 15K", "15-24K", "25-34K", "35-49K", "50-74K", "75-99K"),
    *("100-124K", "125-149K", "150-174K", "175-199K", "200-249K", "250K+"),
)
RENAMED = {
    "household_id": "user_id",
    "product_category": "category",
    "transaction_timestamp": "time",
    "redemption_date": "time",
    "sales_value": "value",
    "retail_disc": "retail_discount",
    "coupon_disc": "coupon_discount",
    "coupon_match_disc": "coupon_match_discount",
}


def catalog() -> Catalog:
    """Return 91,692 products in 29 departments, 303 categories and 2,376 product types.

    text is product type, package size (where known: a third is missing) and brand (National or
    Private), joined by blanks, as they are written. Nothing else is known of a product, so there
    are only 19,312 different texts. Further columns: brand, manufacturer_id, package_size (missing
    or such as "16 OZ"). Dropped and counted: products without a product type (528, no text) and
    those with a type but no category (111, a hole in the path). Coupons, fuel and gift cards stay:
    they are 'products' too. 764 types stand under several categories, 376 under several
    departments.
    Raises SourceUnavailable.
    """
    table = _read("products")
    untyped = table["product_type"].isna()
    hole = table["category"].isna() & ~untyped
    kept = table[~(untyped | hole)].reset_index(drop=True)
    size = " " + kept["package_size"]
    text = kept["product_type"] + size.fillna("") + " " + kept["brand"]
    order = ["product_id", "text", *LEVELS, "brand", "manufacturer_id", "package_size"]
    dropped = {"no product type": int(untyped.sum()), "no category": int(hole.sum())}
    return Catalog(kept.assign(text=text)[order], LEVELS, dropped=dropped)


def log() -> Log:
    """Return 1,462,126 purchase lines of 2,469 households in 2017, in order of time.

    value is what was paid (0 in 0.4 %), quantity the number bought (0 in 0.3 %; fuel counts in the
    tens of thousands). Further columns: week (1-53; the first has one day), basket_id,
    store_id and three discounts. Dropped and counted: lines whose product is in no product table
    (4,836) and those whose product catalog() drops (2,345), so every line has its product there.
    Raises SourceUnavailable.
    """
    lines = _read("transactions")
    products = _read("products", ["product_id", "product_category", "product_type"])
    known = lines["product_id"].isin(products["product_id"])
    placed = lines["product_id"].isin(products.dropna()["product_id"])
    dropped = {
        "product in no table": int((~known).sum()),
        "product without type or category": int((known & ~placed).sum()),
    }
    order = ["user_id", "product_id", "time", "value", "quantity", "week", "basket_id", "store_id"]
    discounts = [c for c in lines.columns if c.endswith("_discount")]
    return Log(lines.loc[placed, order + discounts].reset_index(drop=True), dropped=dropped)


def product_types() -> Catalog:
    """Return the 2,376 product types as a catalog: product_id and text are the type's name.

    Levels are department and category. 782 types stand at several places of the tree; they stand
    here where most of their products do (95.3 % of all products stay where they were). Further
    columns: products, how many a type has, and places, see roll_up. Raises SourceUnavailable.
    """
    return roll_up(catalog(), LEVELS[-1])


def type_log() -> Log:
    """Return log() with the product's type as product_id: a purchase of any of its products.

    No line is lost, since every product has a type. Raises SourceUnavailable.
    """
    return roll_up_log(log(), catalog(), LEVELS[-1])


def week_start(week: int) -> pd.Timestamp:
    """Return the moment (UTC) at which a week of the log begins, 1-54; 54 is the log's end.

    Week 1 is Sunday 1 January 2017 alone, all others begin on a Monday. Week 52 has no purchase
    after Christmas Eve. Raises DataError for other weeks.
    """
    if not 1 <= week <= WEEKS + 1:
        raise DataError(f"week {week}: weeks are 1 to {WEEKS}, and {WEEKS + 1} for the end.")
    day = max(pd.Timestamp(2016, 12, 26) + pd.Timedelta(weeks=week - 1), pd.Timestamp(2017, 1, 1))
    return day.tz_localize("America/New_York").tz_convert("UTC").tz_localize(None)


def households() -> pd.DataFrame:
    """Return what is known of 801 households, the more active third of the log's users.

    user_id, age and income (ordered bands), home_ownership (233 missing), marital_status
    (137 missing), household_size, household_comp, kids_count.
    """
    table = _read("demographics")
    bands = {"age": AGES, "income": INCOMES}
    ordered = {c: pd.Categorical(table[c], list(b), ordered=True) for c, b in bands.items()}
    return table.assign(**ordered)


def campaigns() -> pd.DataFrame:
    """Return the 27 campaigns: campaign_id, campaign_type, start_date, end_date, censored.

    censored marks campaigns that end after the last purchase (15 and 20-23): their redemptions
    are incomplete.
    """
    table = _read("campaign_descriptions")
    return table.assign(censored=table["end_date"] >= week_start(WEEKS + 1))


def campaign_households() -> pd.DataFrame:
    """Return which of 1,559 users received which campaign: campaign_id, user_id (6,589 rows)."""
    return _read("campaigns")


def coupons() -> pd.DataFrame:
    """Return which coupon is good for which product: coupon_upc, product_id, campaign_id.

    116,204 rows as they come, 4,872 of them exact repetitions; 16 name products in no table.
    """
    return _read("coupons")


def coupon_redemptions() -> pd.DataFrame:
    """Return 2,102 redemptions: user_id, coupon_upc, campaign_id, time (a day)."""
    return _read("coupon_redemptions")


def promotions(weeks: Collection[int] | None = None) -> pd.DataFrame:
    """Return where a store showed a product in a week, for some weeks (1-53) or all.

    product_id, store_id, week, display_location and mailer_location (one-character codes, "0" is
    none). All weeks are 20,940,529 rows: 230 MB, 1 GB while reading, about 3 s.
    """
    path = fetch("complete_journey", "promotions.parquet") / "promotions.parquet"
    file = pq.ParquetFile(path, read_dictionary=["display_location", "mailer_location"])
    parts = (pa.Table.from_batches([batch]) for batch in file.iter_batches(1_000_000))
    if weeks is not None:
        wanted = pa.array(list(weeks), pa.int64())
        parts = (part.filter(pc.is_in(part["week"], wanted)) for part in parts)
    frame: pd.DataFrame = pa.concat_tables([_narrow(part) for part in parts]).to_pandas()
    return frame


def _narrow(part: pa.Table) -> pa.Table:
    """Keep whole numbers in as many bytes as they need."""
    for column, kind in {"product_id": "int32", "store_id": "int32", "week": "int8"}.items():
        place = part.schema.get_field_index(column)
        part = part.set_column(place, column, part[column].cast(kind))
    return part


def _read(table: str, columns: list[str] | None = None) -> pd.DataFrame:
    """Read one checked file of the package under our column names."""
    file = f"{table}.parquet"
    frame = pd.read_parquet(fetch("complete_journey", file) / file, columns=columns)
    return frame.rename(columns=RENAMED)
