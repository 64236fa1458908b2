"""What each cleaning step does to a label, and that nothing it does goes uncounted."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nltk.tokenize import word_tokenize

from catalogkit.datasets.errors import DataError
from catalogkit.language.abbreviations import ABBREVIATIONS
from catalogkit.language.spelling import PROTECTED, correct
from catalogkit.language.text import STEPS, TextCleaner, stop_words, tokenize

PHONE = "iPhone 12 64GB usb-c 4K TV"
STOP = frozenset({"the", "with", "and", "w/o"})
TEXTS = st.text(
    st.sampled_from("abcXYZ é\u0301ßİΣ019 -/.,:'’&()%\t\n\u00a0牛奶")
    | st.characters(codec="utf-8"),
    max_size=60,
)
WORDS = st.sampled_from(["FRZN", "ckn", "the", "CHEESES", "w/o", "W/SUGAR", "12oz", "Milk", "&"])
LABELS = st.lists(WORDS | TEXTS, max_size=6).map(" ".join)
REPEATABLE = [step for step in STEPS if step != "stem"]


def clean_one(text: str, **steps: object) -> str:
    """Clean a single text with a small list of stop words."""
    cleaner = TextCleaner(stop_words=STOP, **steps)  # type: ignore[arg-type]
    return cleaner.clean([text]).texts[0]


def as_printed(text: str) -> str:
    """Clean as the document's preprocess_text does, with this module's tokens."""
    tokens = [token for token in tokenize(text.lower()) if token not in STOP]
    return " ".join(token if token.isalpha() else "" for token in tokens)


@pytest.mark.parametrize(
    ("step", "text", "cleaned", "count"),
    [
        ("lowercase", PHONE, "iphone 12 64gb usb-c 4k tv", 4),
        ("letters_only", PHONE, "iPhone     TV", 4),
        ("letters_only", "Tea,green (bags)", "Tea green bags", 3),
        ("remove_stop_words", "The milk WITH honey", " milk  honey", 2),
        (
            "expand_abbreviations",
            "FRZN CKN W/SUGAR, misc",
            "FROZEN CHICKEN WITH SUGAR, miscellaneous",
            4,
        ),
        ("expand_abbreviations", "Grnd/Patty 12OZ w/o", "Ground/Patty 12OZ without", 2),
        ("expand_abbreviations", "RTD", "READY TO DRINK", 1),
        ("correct_spelling", "SUPPPLIES Disposible/holdiay", "SUPPLIES Disposable/holiday", 2),
        ("stem", "CHEESES Cookies/running", "CHEES Cooki/run", 2),
        ("squeeze_spaces", "  a \t b\n", "a b", 1),
    ],
)
def test_each_step_does_its_own_work_and_counts_it(
    step: str, text: str, cleaned: str, count: int
) -> None:
    """One step alone gives the text known by hand; its count is of tokens (texts for spaces)."""
    result = TextCleaner(stop_words=STOP, **{step: True}).clean([text])
    assert result.texts == [cleaned]
    assert {name: n for name, n in result.counts.items() if name in STEPS and n} == {step: count}


def test_the_steps_are_taken_in_the_documented_order() -> None:
    """An abbreviation is written out before stop words go, and a stem is cut last."""
    text = "FRZN Cookeis W/SUGAR, the 12OZ"
    assert clean_one(text, **dict.fromkeys(STEPS, True)) == "frozen cooki sugar"


@settings(deadline=None)
@given(LABELS)
def test_the_printed_steps_give_the_printed_tokens(text: str) -> None:
    """Lower case, stop words and letters only equal the document's function but for spaces."""
    cleaned = clean_one(text, lowercase=True, remove_stop_words=True, letters_only=True)
    assert cleaned.split() == as_printed(text).split()


def test_tokens_are_those_of_nltk() -> None:
    """On labels without a full stop or a dangling hyphen the words are word_tokenize's."""
    for text in (
        PHONE,
        "GRND/PATTY - BEEF(EW)",
        "CHIX:FRD 8PC/CUT UP",
        "10,000 lbs 1.5L",
        "A&B 50%",
    ):
        assert tokenize(text) == word_tokenize(text, preserve_line=True)


@settings(deadline=None)
@given(LABELS)
def test_tokenising_loses_nothing_but_white_space(text: str) -> None:
    """The tokens joined are the text without its white space."""
    assert "".join(tokenize(text)) == "".join(text.split())


@settings(deadline=None)
@given(st.lists(LABELS, max_size=5))
def test_with_all_steps_off_nothing_changes(texts: list[str]) -> None:
    """A cleaner without steps returns its input and counts no change."""
    result = TextCleaner().clean(texts)
    assert result.texts == texts
    assert not any(result.counts[name] for name in (*STEPS, "emptied"))


@settings(deadline=None)
@given(LABELS, st.sets(st.sampled_from(REPEATABLE)))
def test_cleaning_twice_is_cleaning_once(text: str, on: set[str]) -> None:
    """Every step but stemming finds nothing left to do in its own result."""
    once = clean_one(text, **dict.fromkeys(on, True))
    assert clean_one(once, **dict.fromkeys(on, True)) == once


@settings(deadline=None)
@given(st.lists(LABELS, max_size=5))
def test_every_token_is_kept_or_counted_as_removed(texts: list[str]) -> None:
    """Tokens before = tokens after + those that the removing steps counted."""
    result = TextCleaner(letters_only=True, remove_stop_words=True, stop_words=STOP).clean(texts)
    removed = result.counts["letters_only"] + result.counts["remove_stop_words"]
    assert result.counts["tokens"] == removed + sum(len(tokenize(text)) for text in result.texts)


def test_a_text_that_becomes_empty_is_kept_and_counted() -> None:
    """An emptied text keeps its row; a text that was blank before is not counted as emptied."""
    result = TextCleaner(letters_only=True, squeeze_spaces=True).clean(["64GB 4K", "", "  ", "tea"])
    assert result.texts == ["", "", "", "tea"]
    assert result.counts["emptied"] == 1
    assert result.counts["texts"] == 4


@pytest.mark.parametrize("bad", [None, float("nan"), pd.NA, 7, b"tea"])
def test_a_row_that_is_no_text_is_named(bad: object) -> None:
    """The error says which row it is and shows what stands there."""
    with pytest.raises(DataError, match=r"row 1 is .*not a string"):
        TextCleaner().clean(["tea", bad])  # type: ignore[list-item]


def test_a_single_string_in_place_of_a_list_is_refused() -> None:
    """A string would be cleaned letter by letter; the error says to put it in a list."""
    with pytest.raises(DataError, match="put it in a list"):
        TextCleaner().clean("tea")


@pytest.mark.parametrize("texts", [np.array(["A", "b"]), pd.Series(["A", "b"]), ("A", "b")])
def test_any_sequence_of_strings_will_do(texts: list[str]) -> None:
    """Arrays, data frame columns and tuples are taken as lists are."""
    assert TextCleaner(lowercase=True).clean(texts).texts == ["a", "b"]


def test_protected_words_are_not_corrected() -> None:
    """A word on the protect-list stays; without the list it becomes its common neighbour."""
    assert correct("CHILI") == "CHILI"
    assert correct("CHILI", protected=()) == "CHILD"
    assert clean_one("Acmee", correct_spelling=True, protected={"acmee"}) == "Acmee"


@settings(deadline=None)
@given(st.sampled_from(sorted(PROTECTED | set(ABBREVIATIONS))) | st.text(max_size=12))
def test_a_corrected_word_needs_no_correction(word: str) -> None:
    """Correction leads to words that it leaves alone."""
    assert correct(correct(word)) == correct(word)


def test_no_long_form_holds_an_abbreviation() -> None:
    """Writing out abbreviations ends after one pass, and every key can be found."""
    assert len(ABBREVIATIONS) > 150
    for short, long in ABBREVIATIONS.items():
        assert short == short.lower()
        assert not set(long.split()) & set(ABBREVIATIONS)


def test_stop_words_come_from_where_they_are_asked_for() -> None:
    """The packaged list is there without any download and holds the usual words."""
    words = stop_words("stopwordsiso")
    assert {"the", "and", "with"} <= words
    assert "milk" not in words
    assert stop_words() in (words, stop_words_of_nltk())


def stop_words_of_nltk() -> frozenset[str] | None:
    """Read nltk's list where its corpus is installed."""
    try:
        return stop_words("nltk")
    except LookupError:
        return None


@pytest.mark.parametrize("pattern", ["ay", ". ", " ", "W/", "1,"])
def test_a_million_characters_take_linear_time(pattern: str) -> None:
    """Ten times the text takes nowhere near a hundred times as long, whatever it repeats."""
    cleaner = TextCleaner(stop_words=STOP, **dict.fromkeys(STEPS, True))
    cleaner.clean(["warm up"])
    seconds = []
    for size in (10**5, 10**6):
        start = time.process_time()
        cleaner.clean([pattern * (size // len(pattern))])
        seconds.append(time.process_time() - start)
    assert seconds[1] < 30 * seconds[0] + 0.5
