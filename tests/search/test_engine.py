"""A catalog is searched while it changes, saved whole or not at all, and loaded or refused."""

from __future__ import annotations

import resource
import signal
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from catalogkit.datasets.errors import DataError
from catalogkit.datasets.records import Catalog
from catalogkit.search import approximate
from catalogkit.search.engine import Search

TEXTS = {"s1": "green tea", "s2": "black tea 20 bags", "s3": "hand soap", "s4": "soap dish"}


class Meanings:
    """Encode a text by which of two topics it names: drinks or washing."""

    name = "meanings"

    def __init__(self) -> None:
        self.read: list[str] = []

    def encode(self, texts: Sequence[str], /) -> np.ndarray:
        """Return unit vectors, and remember what was read."""
        self.read += texts
        topics = [["tea", "drink", "lamp"], ["soap", "wash"]]
        rows = [[any(w in t for w in words) for words in topics] for t in texts]
        vectors = np.asarray(rows, np.float32) + 0.01
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


def catalog(texts: dict[str, str]) -> Catalog:
    """Make a catalog of ids and texts."""
    return Catalog(pd.DataFrame({"product_id": list(texts), "text": list(texts.values())}))


@pytest.fixture
def search() -> Search:
    """Four products."""
    return Search.build(catalog(TEXTS), Meanings())


def test_words_letters_and_meaning_each_find(search: Search) -> None:
    """A word, a typo, and a word that no product has."""
    found = search.search(["green", "sope", "drink"], 1)
    assert found.products[:2] == [["s1"], ["s4"]] or found.products[:2] == [["s1"], ["s3"]]
    assert found.products[2][0] in {"s1", "s2"}
    assert all(0 < scores[0] <= 1 for scores in found.scores)


def test_a_blank_query_finds_nothing(search: Search) -> None:
    """An empty list, not the whole catalog."""
    assert search.search(["", " "], 3) == ([[], []], [[], []])


def test_without_an_encoder_words_and_letters_find() -> None:
    """What means the same but is written otherwise is not found."""
    plain = Search.build(catalog(TEXTS), None)
    assert plain.search(["gren tea", "drink"], 1).products == [["s1"], []]


def test_after_changes_a_search_finds_what_one_built_anew_finds(search: Search) -> None:
    """One product new, one changed, one deleted, one as it was."""
    assert search.upsert(catalog({"s5": "lamp", "s1": "red lamp", "s2": TEXTS["s2"]})) == 1
    assert search.delete(["s3", "unknown"]) == 1
    now = {row: search.text(row) for row in search.products}
    assert now == {"s2": TEXTS["s2"], "s4": "soap dish", "s5": "lamp", "s1": "red lamp"}
    anew = Search.build(catalog(now), Meanings())
    queries = ["lamp", "red drink", "soap", "tae"]
    assert search.search(queries, 4) == anew.search(queries, 4)


def test_only_texts_that_changed_are_encoded_again(search: Search) -> None:
    """The encoder is what costs."""
    meanings = search.encoder
    assert isinstance(meanings, Meanings)
    meanings.read.clear()
    search.upsert(catalog(TEXTS | {"s1": "oolong tea"}))
    assert meanings.read == ["oolong tea"]


def test_all_products_may_go_and_come_back(search: Search) -> None:
    """Between, nothing is found."""
    assert search.delete(list(TEXTS)) == 4
    assert len(search) == 0
    assert search.search(["tea"], 2).products == [[]]
    search.upsert(catalog(TEXTS))
    assert search.search(["green tea"], 1).products == [["s1"]]


def test_a_change_that_fails_leaves_everything_to_be_found(
    search: Search, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An encoder that breaks half-way: vectors of another length."""
    monkeypatch.setattr(approximate, "SMALL", 0)
    search = Search.build(catalog(TEXTS), Meanings())
    before = search.search(["green tea", "soap"], 4)
    monkeypatch.setattr(Meanings, "encode", lambda _, texts: np.ones((len(texts), 5), np.float32))
    with pytest.raises(ValueError, match="same encoder"):
        search.upsert(catalog({"s1": "oolong tea"}))
    monkeypatch.undo()
    assert search.search(["green tea", "soap"], 4) == before


def test_threads_search_while_the_catalog_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Soap never changes and is always found first; every list holds ids that exist somewhere."""
    monkeypatch.setattr(approximate, "SMALL", 0)
    search = Search.build(catalog(TEXTS), Meanings())
    lamps = catalog({f"n{i}": f"lamp {i}" for i in range(20)})
    known = {*TEXTS, *lamps.product_id}

    def ask(_: int) -> bool:
        (soap,), _scores = search.search(["hand soap"], 30)
        return soap[0] == "s3" and set(soap) <= known and len(set(soap)) == len(soap)

    with ThreadPoolExecutor(3) as threads:
        asked = threads.map(ask, range(150))
        for _ in range(10):
            search.upsert(lamps)
            search.delete(lamps.product_id)
        assert all(asked)
    assert len(search) == 4


def test_ids_of_another_kind_are_refused(search: Search) -> None:
    """Whole numbers among strings would make 7 and '7' two products."""
    numbered = Catalog(pd.DataFrame({"product_id": [7], "text": ["tea"]}))
    with pytest.raises(DataError, match="write them as the catalog does"):
        search.upsert(numbered)


def test_whole_numbers_come_back_as_such() -> None:
    """Also after a round through a file."""
    numbered = Catalog(pd.DataFrame({"product_id": [7, 8], "text": ["tea", "soap"]}))
    search = Search.build(numbered, None)
    assert search.search(["tea"], 1).products == [[7]]
    assert search.delete([7]) == 1


@pytest.mark.parametrize("small", [0, 100])
def test_a_loaded_index_finds_and_changes_as_the_saved_one(
    search: Search, tmp_path: Path, small: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exact or by a graph; scores to the last bit."""
    monkeypatch.setattr(approximate, "SMALL", small)
    search = Search.build(catalog(TEXTS), Meanings())
    search.delete(["s4"])
    search.save(tmp_path / "i")
    loaded = Search.load(tmp_path / "i", Meanings())
    assert type(loaded.index.by_meaning) is type(search.index.by_meaning)
    for one in (search, loaded):
        one.upsert(catalog({"s9": "wash powder"}))
    assert loaded.search(["soap", "tea"], 4) == search.search(["soap", "tea"], 4)
    assert loaded.products.equals(search.products)


def test_another_encoder_is_refused(search: Search, tmp_path: Path) -> None:
    """Its vectors would mean something else."""
    search.save(tmp_path / "i")
    other = Meanings()
    other.name = "other"
    with pytest.raises(DataError, match="read by meanings, not by other"):
        Search.load(tmp_path / "i", other)


@pytest.mark.parametrize(
    "harm",
    [lambda d: d[:-9], lambda d: d[:40], lambda d: d[:0], lambda d: d[:-1] + bytes([d[-1] ^ 1])],
)
def test_a_damaged_index_is_refused(search: Search, tmp_path: Path, harm: object) -> None:
    """Cut short anywhere, empty, or one byte changed."""
    file = tmp_path / "i"
    search.save(file)
    file.write_bytes(harm(file.read_bytes()))  # type: ignore[operator]
    with pytest.raises(DataError, match=f"^{file}: is (no|damaged)"):
        Search.load(file, Meanings())


def test_a_disk_that_is_full_leaves_the_old_index_whole(search: Search, tmp_path: Path) -> None:
    """No file may grow beyond 4 kB, as the system itself enforces it; nothing else stays behind."""
    file = tmp_path / "i"
    search.save(file)
    before = file.read_bytes()
    search.upsert(catalog({f"n{i}": f"lamp number {i}" for i in range(200)}))
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, limits[1]))
    try:
        with pytest.raises(DataError, match=r"cannot be written .* what was there before is whole"):
            search.save(file)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert file.read_bytes() == before
    assert list(tmp_path.iterdir()) == [file]
    assert len(Search.load(file, Meanings())) == 4


def test_a_disk_that_fails_while_the_file_takes_its_place_leaves_the_old_one(
    search: Search, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error names the file and the disk's own word."""
    file = tmp_path / "i"
    search.save(file)
    before = file.read_bytes()

    def fails(*_: object) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", fails)
    with pytest.raises(DataError, match="No space left on device"):
        search.save(file)
    assert file.read_bytes() == before
