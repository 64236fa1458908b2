"""Typos are planted in the asked share of words, one edit each, and repeatably."""

from __future__ import annotations

import pytest

from catalogkit.datasets.errors import DataError
from catalogkit.language.typos import plant_typos

TEXTS = ["WHEAT BREAD 16 OZ", "Bananas of May"] * 200


def edits(a: str, b: str) -> int:
    """Count the edits between two words, a swap of neighbours being one."""
    rows = [list(range(len(b) + 1))]
    for i, x in enumerate(a, 1):
        rows.append([i])
        for j, y in enumerate(b, 1):
            best = min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                best = min(best, rows[i - 2][j - 2] + 1)
            rows[i].append(best)
    return rows[-1][-1]


def test_without_a_share_nothing_changes() -> None:
    """No word is drawn."""
    assert plant_typos(TEXTS, 0, seed=0) == TEXTS


def test_each_word_is_at_most_one_edit_away() -> None:
    """Words of three letters or more change by one edit; short ones and numbers stay."""
    for old, new in zip(TEXTS, plant_typos(TEXTS, 1, seed=0), strict=True):
        for before, after in zip(old.split(), new.split(), strict=True):
            assert edits(before, after) <= (before.isalpha() and len(before) > 2)


def test_the_share_is_that_of_the_words() -> None:
    """A tenth asked of two thousand words is a tenth, give or take edits that change nothing."""
    words = ["CHICKEN"] * 2000
    changed = sum(word != "CHICKEN" for word in plant_typos(words, 0.1, seed=0))
    assert 150 <= changed <= 250


def test_new_letters_are_as_large_as_their_place() -> None:
    """Capitals stay capitals, small letters small."""
    assert all(text.isupper() for text in plant_typos(["FROZEN"] * 99, 1, seed=0))
    assert all(text.islower() for text in plant_typos(["frozen"] * 99, 1, seed=0))


def test_the_seed_repeats_and_changes_the_typos() -> None:
    """The same seed plants the same typos, another seed others."""
    first = plant_typos(TEXTS, 0.5, seed=0)
    assert first == plant_typos(TEXTS, 0.5, seed=0)
    assert first != plant_typos(TEXTS, 0.5, seed=1)


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_a_share_that_is_none_is_refused(share: float) -> None:
    """The message names the share."""
    with pytest.raises(ValueError, match=f"share={share}"):
        plant_typos(TEXTS, share, seed=0)


def test_what_is_no_text_is_refused() -> None:
    """A missing text is named by its row."""
    with pytest.raises(DataError, match="row 1"):
        plant_typos(["WHEAT", None], 0.5, seed=0)  # type: ignore[list-item]
