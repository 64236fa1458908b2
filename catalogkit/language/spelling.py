"""Correct a misspelt word when one edit leads to a common English one."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from symspellpy import SymSpell

SHORTEST, LONGEST = 5, 64
"""Letters of the words that are corrected: shorter ones are mostly codes and abbreviations."""

_RIGHT = """
almay aluminum arbor barbeque bedding beddings bouillon bouillons braeburn breaders breading
breadings cheez childrens chili chilies coloring colorings crowder diecast flavored fragranced
gerbs giftware glasswares hanes houseware humor inedibles instore jhook kefir keyring keyrings
leggs lipcare loreal lotto margarines massagers maybelline mens molded nectars offals openstock
paediatric pajamas pediatric pimentos playballs pluot pluots prepack preportioned presliced
refried rodenticides savory seafoods seltzers specialties specialty storer stuffers stylers
tangelo tangelos tmobile tropicals whiskey womens wovens
"""
PROTECTED = frozenset(_RIGHT.split())
"""Right words, American spellings and brands of the retail labels that the dictionary lacks."""


def correct(word: str, protected: Collection[str] = PROTECTED) -> str:
    """Return the commonest dictionary word one edit away, else the word itself, in its own case.

    Left alone: words of fewer than five letters or more than 64, words in `protected` (lower case)
    and words the dictionary knows. One edit is an insertion, deletion, substitution or swap of
    neighbours. Source: SymSpell (Garbe 2012), with its 82,765-word English frequency list.
    """
    low = word.lower()
    if not SHORTEST <= len(word) <= LONGEST or not word.isalpha() or low in protected:
        return word
    from symspellpy import Verbosity

    found = _dictionary().lookup(low, Verbosity.TOP, max_edit_distance=1)
    return match_case(found[0].term, word) if found and found[0].term != low else word


def match_case(word: str, like: str) -> str:
    """Write a lower-case word in capitals, with a capital, or as it is, like another word."""
    if like.isupper() and (len(like) > 1 or len(word) == 1):
        return word.upper()
    return word[:1].upper() + word[1:] if like[:1].isupper() else word


@lru_cache(maxsize=1)
def _dictionary() -> SymSpell:
    """Load symspellpy's English list once (about a second), ready for one edit."""
    from symspellpy import SymSpell

    speller = SymSpell(max_dictionary_edit_distance=1, prefix_length=7)
    source = files("symspellpy") / "frequency_dictionary_en_82_765.txt"
    if not speller.load_dictionary(str(source), term_index=0, count_index=1, encoding="utf-8"):
        raise FileNotFoundError(f"symspellpy has no {source.name}: reinstall symspellpy")
    return speller
