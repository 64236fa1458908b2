"""The real data, read once for all tests of the data sets."""

import pytest

from catalogkit.datasets import complete_journey
from catalogkit.datasets.records import Catalog, Log


@pytest.fixture(scope="session")
def retail_catalog() -> Catalog:
    """Return the retailer's products."""
    return complete_journey.catalog()


@pytest.fixture(scope="session")
def retail_log() -> Log:
    """Return the retailer's purchase lines."""
    return complete_journey.log()
