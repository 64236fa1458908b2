"""WordNet: other words for a word, in the sense that it most often has.

The dictionary's own files are read: an index says where each word's senses stand, commonest first;
a sense is one line of a data file, with all words for it. nltk's reader would ask for a copy in one
of nltk's own directories, with two files more than the package holds.
"""

from collections.abc import Iterable, Iterator, Mapping

from catalogkit.datasets import debian
from catalogkit.datasets.errors import DataError
from catalogkit.datasets.sources import fetch

FOLDER = "usr/share/wordnet/"
PARTS = ("noun", "adj", "verb", "adv")
"""Parts of speech, in the order in which a word is looked up: a shop's words are mostly nouns."""

Synonyms = dict[str, tuple[str, ...]]


def synonyms(words: Iterable[str]) -> Synonyms:
    """Return the synonyms of words in their commonest sense, in lower case, without the word.

    words: of any case; keys are in lower case; a word that WordNet lacks is looked up without its
    plural's -s or -es. Words without synonyms are left out. Source: Miller 1995, WordNet 3.0.
    Raises SourceUnavailable when WordNet cannot be had.
    """
    (package,) = fetch("wordnet").glob("*.deb")
    return from_files(dict(debian.members(package, FOLDER)), words)


def from_files(files: Mapping[str, bytes], words: Iterable[str]) -> Synonyms:
    """Look words up in the files index.noun, data.noun, index.adj, …, as WordNet 3.0 writes them.

    Words and answer are those of `synonyms`. Raises DataError when a file is absent or an index
    and its data do not fit.
    """
    wanted = {word.lower(): _forms(word.lower()) for word in words}
    forms = {form for group in wanted.values() for form in group}
    senses = {part: dict(_first_senses(_file(files, f"index.{part}"), forms)) for part in PARTS}
    found: Synonyms = {}
    for word, group in wanted.items():
        place = next(((f, p) for f in group for p in PARTS if f in senses[p]), None)
        if place is None:
            continue
        form, part = place
        data = f"data.{part}"
        others = [one for one in _words(files, data, senses[part][form]) if one.lower() != form]
        if others:
            found[word] = tuple(others)
    return found


def _forms(word: str) -> list[str]:
    """Return the word, and what a plural may be of."""
    return [word, *(word[: -len(end)] for end in ("s", "es") if word.endswith(end))]


def _file(files: Mapping[str, bytes], name: str) -> bytes:
    if name not in files:
        raise DataError(f"WordNet: no file {name}; take the package wordnet-base.")
    return files[name]


def _first_senses(index: bytes, wanted: set[str]) -> Iterator[tuple[str, int]]:
    """Yield the wanted words with the position of their first sense in the data file."""
    for line in index.splitlines():
        word = line[: line.find(b" ")].decode("ascii", "replace")  # none in the licence's lines
        if word and word in wanted:
            fields = line.split()
            yield word, int(fields[-int(fields[2])])


def _words(files: Mapping[str, bytes], name: str, position: int) -> list[str]:
    """Return all words of the sense at a position, blanks for underscores, markers cut off."""
    data = _file(files, name)
    fields = data[position : data.find(b"\n", position)].decode("ascii", "replace").split()
    if len(fields) < 4 or fields[0] != f"{position:08d}":
        raise DataError(f"WordNet: {name} has no sense at byte {position}; fetch it again.")
    words = fields[4 : 4 + 2 * int(fields[3], 16) : 2]
    return [word.partition("(")[0].replace("_", " ").lower() for word in words]
