"""Clean product texts step by step, and count what every step did."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal, NamedTuple

from catalogkit.language.abbreviations import ABBREVIATIONS
from catalogkit.language.inputs import as_texts
from catalogkit.language.spelling import LONGEST, PROTECTED, correct, match_case

_WORD = r"[\w\u0300-\u036f]+"  # with accents written as separate signs
_TOKEN = re.compile(rf"{_WORD}(?:(?:[-/.'’+*]|(?<=\d)[,:](?=\d)){_WORD})*|[^\w\s\u0300-\u036f]+")
_LETTERS = re.compile(r"(?<![^\W_])([^\W\d_]+)(?![^\W_])(/(?=\w))?")
_SPACES = re.compile(r"\s+")

STEPS = (
    "lowercase",
    "expand_abbreviations",
    "correct_spelling",
    "remove_stop_words",
    "letters_only",
    "stem",
    "squeeze_spaces",
)
"""The cleaning steps, in the order in which they are taken."""


def tokenize(text: str) -> list[str]:
    """Split a text into words and runs of signs, in linear time.

    A word keeps inner hyphens, slashes, points and apostrophes (usb-c, w/o, 1.5), as nltk's
    word_tokenize does; unlike it, every character but white space is kept as it is.
    """
    return _TOKEN.findall(text)


@dataclass(frozen=True, eq=False)
class Cleaned:
    """Cleaned texts, in order, and how much was done to them.

    counts: "texts", "tokens" (before cleaning), one entry a step of STEPS (tokens changed or
    removed; for squeeze_spaces texts changed) and "emptied" (texts left without a token).
    """

    texts: list[str]
    counts: dict[str, int]


@dataclass(frozen=True, kw_only=True)
class TextCleaner:
    """Clean texts by the steps that are switched on; with none, texts stay as they are.

    The steps, in order:
    lowercase: write tokens in lower case;
    expand_abbreviations: replace words by their long form in `abbreviations` (lower-case keys);
    correct_spelling: see catalogkit.language.spelling; words in `protected` are left alone;
    remove_stop_words: drop tokens that are in `stop_words` (lower case; None: `stop_words()`);
    letters_only: drop every token that is not purely letters, digits and signs with it;
    stem: cut words to their stem (Porter 1980, 2001: nltk's English Snowball stemmer);
    squeeze_spaces: make every run of white space one space, with none at either end.
    Capitals stay capitals until lowercase is on. All but stem can be repeated without effect.
    """

    lowercase: bool = False
    expand_abbreviations: bool = False
    correct_spelling: bool = False
    remove_stop_words: bool = False
    letters_only: bool = False
    stem: bool = False
    squeeze_spaces: bool = False
    abbreviations: Mapping[str, str] = field(default_factory=lambda: ABBREVIATIONS, repr=False)
    protected: Collection[str] = field(default=PROTECTED, repr=False)
    stop_words: Collection[str] | None = field(default=None, repr=False)

    def clean(self, texts: Iterable[str]) -> Cleaned:
        """Clean n texts. Raises DataError naming the first row that is not a string."""
        rows = as_texts(texts)
        cleaning = _Cleaning(self._steps())
        cleaned = [cleaning.clean(text) for text in rows]
        counts = dict.fromkeys(("texts", "tokens", *STEPS, "emptied"), 0) | cleaning.counts
        counts["texts"] = len(rows)
        if self.squeeze_spaces:
            squeezed = [_SPACES.sub(" ", text).strip() for text in cleaned]
            changed = sum(a != b for a, b in zip(cleaned, squeezed, strict=True))
            cleaned, counts["squeeze_spaces"] = squeezed, changed
        return Cleaned(cleaned, counts)

    def _steps(self) -> list[tuple[str, Callable[[str], str]]]:
        """Name the token steps that are on with what they make of a token ("" removes it)."""
        drop = frozenset(self.stop_words if self.stop_words is not None else ())
        if self.remove_stop_words and self.stop_words is None:
            drop = stop_words()
        steps: dict[str, Callable[[str], str]] = {
            "lowercase": str.lower,
            "expand_abbreviations": lambda token: _expand(token, self.abbreviations),
            "correct_spelling": lambda token: _LETTERS.sub(
                lambda match: correct(match[1], self.protected) + (match[2] or ""), token
            ),
            "remove_stop_words": lambda token: "" if token.lower() in drop else token,
            "letters_only": lambda token: token if token.isalpha() else "",
            "stem": _stem,
        }
        return [(name, step) for name, step in steps.items() if getattr(self, name)]


@lru_cache(maxsize=4)
def stop_words(source: Literal["auto", "nltk", "stopwordsiso"] = "auto") -> frozenset[str]:
    """Return English stop words in lower case.

    "auto" takes nltk's list (about 200) where its corpus is present, else stopwordsiso's (about
    1,300); name the source when a result must not depend on what is installed.
    Raises LookupError when nltk is named and its corpus is absent.
    """
    if source != "stopwordsiso":
        from nltk.corpus import stopwords

        try:
            return frozenset(stopwords.words("english"))
        except LookupError:
            if source == "nltk":
                raise
    import stopwordsiso

    return frozenset(stopwordsiso.stopwords("en"))


class _Outcome(NamedTuple):
    """What the steps make of one token, and which of them did something, once a piece."""

    text: str
    hits: tuple[str, ...]


class _Cleaning:
    """One run over many texts: remembers each distinct token's outcome, and counts."""

    def __init__(self, steps: list[tuple[str, Callable[[str], str]]]) -> None:
        self.steps = steps
        self.counts: Counter[str] = Counter()
        self.known: dict[str, _Outcome] = {}

    def clean(self, text: str) -> str:
        """Replace tokens where they stand; what is between them stays.

        A removed token leaves the white space around it, or a space where there was none.
        """
        parts: list[str] = []
        gap, end, tokens, removed = "", 0, 0, False
        for match in _TOKEN.finditer(text):
            tokens += 1
            gap += text[end : match.start()]
            end = match.end()
            outcome = self.outcome(match[0])
            self.counts.update(outcome.hits)
            if outcome.text:
                parts += (gap or " " * (removed and bool(parts)), outcome.text)
                gap = ""
            removed = not outcome.text
        self.counts["tokens"] += tokens
        self.counts["emptied"] += bool(tokens and not parts)
        return "".join((*parts, gap, text[end:]))

    def outcome(self, token: str) -> _Outcome:
        """Take the steps for a token, or recall them."""
        if token not in self.known:
            self.known[token] = self._outcome(token)
        return self.known[token]

    def _outcome(self, token: str) -> _Outcome:
        """Take the steps one after another; what one makes of several words, the next takes so."""
        pieces, hits = [token], []
        for name, step in self.steps:
            results = [step(piece) for piece in pieces]
            hits += [name for old, new in zip(pieces, results, strict=True) if old != new]
            pieces = [word for result in results for word in result.split()]
        return _Outcome(" ".join(pieces), tuple(hits))


def _expand(token: str, abbreviations: Mapping[str, str]) -> str:
    """Write out a token, or the words between its signs, where the dictionary knows them."""
    whole = abbreviations.get(token.lower())
    if whole is not None:
        return match_case(whole, token)

    def written_out(match: re.Match[str]) -> str:
        word, slash = match[1], match[2] or ""
        with_slash = abbreviations.get(f"{word.lower()}/") if slash else None
        if with_slash is not None:
            return match_case(with_slash, token if token.isupper() else word) + " "
        return match_case(abbreviations.get(word.lower(), word), word) + slash

    return _LETTERS.sub(written_out, token)


def _stem(token: str) -> str:
    """Stem the words of a token in their own case; longer words than English has are left."""
    stem = _stemmer()
    return _LETTERS.sub(
        lambda match: (
            (match_case(stem(match[1]), match[1]) if len(match[1]) <= LONGEST else match[1])
            + (match[2] or "")
        ),
        token,
    )


@lru_cache(maxsize=1)
def _stemmer() -> Callable[[str], str]:
    """Make nltk's English Snowball stemmer, which needs no download."""
    from nltk.stem.snowball import SnowballStemmer

    stem: Callable[[str], str] = SnowballStemmer("english").stem
    return stem
