"""WordNet is read from its own files: commonest sense, other words, plurals."""

import pytest

from catalogkit.datasets import wordnet
from catalogkit.datasets.errors import DataError
from catalogkit.datasets.sources import SourceUnavailable, fetch

LICENCE = b"  1 This software is no entry.  \n"


def files() -> dict[str, bytes]:
    """Return a WordNet of three nouns' senses and one adjective's."""
    senses = [
        b"13 n 02 soda 0 soda_pop 0 001 @ 00000000 n 0000 | a drink",
        b"27 n 01 soda 1 000 | washing soda",
        b"13 n 0a cod 0 b 0 c 0 d 0 e 0 f 0 g 0 h 0 i 0 Codfish 0 000 | ten words",
    ]
    places, data = [], LICENCE
    for sense in senses:
        places.append(len(data))
        data += b"%08d " % len(data) + sense + b"  \n"
    index = b"soda n 2 1 @ 2 1 %08d %08d  \ncod n 1 2 @ ~ 1 0 %08d  \n" % tuple(places)
    empty = {f"{kind}.{part}": LICENCE for kind in ("index", "data") for part in wordnet.PARTS}
    adjective = b"%08d 00 s 02 galore(ip) 0 abounding 0 000 | plenty  \n" % len(LICENCE)
    return empty | {
        "index.noun": LICENCE + index,
        "data.noun": data,
        "index.adj": LICENCE + b"galore a 1 0 1 0 %08d  \n" % len(LICENCE),
        "data.adj": LICENCE + adjective,
    }


def test_the_commonest_sense_gives_the_synonyms() -> None:
    """Soda is first a drink; underscores become blanks; the word itself is left out."""
    assert wordnet.from_files(files(), ["SODA"]) == {"soda": ("soda pop",)}


def test_the_number_of_words_is_hexadecimal() -> None:
    """A sense of ten words says 0a, and gives the nine others in lower case."""
    assert wordnet.from_files(files(), ["cod"])["cod"] == (*"bcdefghi", "codfish")


def test_a_plural_is_looked_up_without_its_ending() -> None:
    """Sodas has no entry of its own; the key stays the word that was asked for."""
    assert wordnet.from_files(files(), ["sodas"]) == {"sodas": ("soda pop",)}


def test_a_word_that_is_only_an_ending_is_no_plural() -> None:
    """Nothing is left of an s without its s, and the licence's lines begin with nothing."""
    assert wordnet.from_files(files(), ["S", "es"]) == {}


def test_a_word_that_is_no_noun_is_looked_up_among_the_others() -> None:
    """Adjectives carry a marker of where they stand, which is cut off."""
    assert wordnet.from_files(files(), ["galore", "abounds"]) == {"galore": ("abounding",)}


def test_an_absent_file_is_named() -> None:
    """Whoever gives half of WordNet learns which half is absent."""
    given = files()
    del given["index.verb"]
    with pytest.raises(DataError, match=r"no file index\.verb"):
        wordnet.from_files(given, ["soda"])


def test_an_index_of_another_version_is_named() -> None:
    """A position that is not the start of a sense is refused, not read as words."""
    given = files() | {"data.noun": b"x" + files()["data.noun"]}
    with pytest.raises(DataError, match=r"data\.noun has no sense at byte"):
        wordnet.from_files(given, ["soda"])


def test_the_package_knows_a_shop_s_words() -> None:
    """The real dictionary, where it can be had: known synonyms, and none for a nonsense word."""
    try:
        fetch("wordnet")
    except SourceUnavailable as reason:
        pytest.skip(str(reason))
    found = wordnet.synonyms(["sweater", "catsup", "zzyzx"])
    assert found == {"sweater": ("jumper",), "catsup": ("ketchup", "cetchup", "tomato ketchup")}
