"""Name clusters by the words that set them apart, without repeating what stands above them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import count, pairwise

import numpy as np
import numpy.typing as npt
from scipy import sparse

from catalogkit.datasets.errors import DataError
from catalogkit.language.text import stop_words

Path = tuple[str, ...]

WORD = re.compile(r"\b[^\W\d_]{2,40}\b")
"""What can stand in a name: two to forty letters of any script, but no English stop word."""

HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]{3,40}")
"""Chinese puts no blanks between words: of a longer run every two neighbours count as a word."""

NAMELESS = "Other"
"""The name of a cluster whose every word stands above it already, or that has none."""


def c_tf_idf(counts: sparse.sparray) -> sparse.csr_array:
    """Weigh the terms of classes: frequency within the class, damped where it is frequent in all.

    counts: [classes, terms], how often a class uses a term. Returns float64 of the same shape:
    tf * log(1 + A / f), where tf is the term's share of the class, f its frequency in all classes
    and A the mean number of words a class.
    Source: Grootendorst 2022, BERTopic, equation 2 (with tf as a share).
    """
    table = sparse.csr_array(counts, dtype=np.float64)
    words = table.sum(axis=1)
    frequency = table.sum(axis=0)
    damping = np.log1p(words.mean() / np.maximum(frequency, 1))
    scale = sparse.diags_array(1 / np.maximum(words, 1))
    return sparse.csr_array(scale @ table @ sparse.diags_array(damping))


def name_clusters(texts: Sequence[str], labels: npt.ArrayLike, *, words: int = 2) -> list[Path]:
    """Name nested clusters and return the path of each of n products.

    texts: n product texts; equal ones count once in a cluster. labels: [n, levels], coarse to fine.
    Of the words that are at least half as frequent in the cluster as its most frequent one, a name
    has the weightiest by `c_tf_idf`, at most `words` and none below half the first one's weight, in
    the order of the texts. It holds no word of a name above, in any form (cheese, cheeses);
    siblings differ: by a further word, else by a number. A cluster that is all of the coarser one
    adds nothing to the path. Raises DataError when texts and labels differ in number.
    """
    table = np.asarray(labels)
    if table.ndim != 2 or len(table) != len(texts):
        raise DataError(f"labels have the shape {table.shape}: give a row for each text.")
    vocabulary = _Vocabulary(texts)
    above = np.zeros(len(texts), np.intp)
    paths: list[Path] = [()]
    used: list[frozenset[int]] = [frozenset()]
    for level in range(table.shape[1]):
        keys = np.stack([above, table[:, level]], axis=1)
        clusters, below = np.unique(keys, axis=0, return_inverse=True)
        below = below.reshape(-1)
        namer = _Namer(vocabulary, below, words)
        parents = clusters[:, 0]
        alone = np.bincount(parents, minlength=len(paths))[parents] == 1
        if level == 0:
            alone[:] = False
        paths, used = _named(namer, parents, alone, paths, used)
        above = below
    return [paths[i] for i in above]


def _named(
    namer: _Namer,
    parents: npt.NDArray[np.intp],
    alone: npt.NDArray[np.bool_],
    paths: list[Path],
    used: list[frozenset[int]],
) -> tuple[list[Path], list[frozenset[int]]]:
    """Name one level, largest clusters first, so that these get the shortest names."""
    below: list[Path] = [()] * len(parents)
    spent: list[frozenset[int]] = [frozenset()] * len(parents)
    taken: set[Path] = set()
    for cluster in np.argsort(-namer.sizes, kind="stable").tolist():
        parent = int(parents[cluster])
        below[cluster], spent[cluster] = paths[parent], used[parent]
        if not alone[cluster]:
            named = namer.names(cluster, used[parent])
            path, terms = next(
                ((*paths[parent], name), terms)
                for name, terms in named
                if (*paths[parent], name) not in taken
            )
            taken.add(path)
            below[cluster], spent[cluster] = path, used[parent] | terms
    return below, spent


class _Vocabulary:
    """The words of the texts, forms of one word together."""

    def __init__(self, texts: Sequence[str]) -> None:
        from nltk.stem.snowball import SnowballStemmer
        from sklearn.feature_extraction.text import CountVectorizer

        index = {text: i for i, text in enumerate(dict.fromkeys(texts))}
        self.texts = list(index)
        self.rows = np.fromiter((index[text] for text in texts), np.intp, len(texts))
        idle = [word for word in sorted(stop_words("stopwordsiso")) if word.isalpha()]
        how = {"tokenizer": _words, "token_pattern": None, "binary": True}
        vectorizer = CountVectorizer(stop_words=idle, **how)
        try:
            forms = sparse.csr_array(vectorizer.fit_transform(index), dtype=np.float64)
            words = vectorizer.get_feature_names_out().tolist()
        except ValueError:  # no text has a word
            forms, words = sparse.csr_array((len(index), 1)), [NAMELESS]
        stem = SnowballStemmer("english").stem
        stems: dict[str, int] = {}
        term = np.array([stems.setdefault(stem(word), len(stems)) for word in words])
        often = np.asarray(forms.sum(axis=0))
        common = np.lexsort((-often, term))  # the most frequent form of each term comes first
        self.words = [words[i] for i in common[np.searchsorted(term[common], range(len(stems)))]]
        joined = (np.ones(len(words)), (np.arange(len(words)), term))
        self.counts = forms @ sparse.csr_array(joined, shape=(len(words), len(stems)))


def _words(text: str) -> list[str]:
    """Return the words of a text, and the pairs of signs of Chinese runs."""
    return [
        part
        for word in WORD.findall(text)
        for part in (map("".join, pairwise(word)) if HAN.fullmatch(word) else [word])
    ]


class _Namer:
    """Names for the clusters of one level, best first."""

    def __init__(self, vocabulary: _Vocabulary, cluster: npt.NDArray[np.intp], words: int) -> None:
        pairs = np.unique(np.stack([cluster, vocabulary.rows], axis=1), axis=0)
        shape = (int(cluster.max()) + 1, vocabulary.counts.shape[0])
        members = sparse.csr_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=shape)
        self.sizes = np.bincount(cluster)
        self._members, self._counts = members, sparse.csr_array(members @ vocabulary.counts)
        self._weights = c_tf_idf(self._counts)
        self._vocabulary, self._most = vocabulary, words

    def names(self, cluster: int, without: frozenset[int]) -> Iterable[tuple[str, frozenset[int]]]:
        """Yield names without the given terms, each longer or less apt, and then numbered ones."""
        terms, weights = self._terms(cluster, without)
        fitting = int((weights[: self._most] >= weights[:1] / 2).sum())
        base = self._joined(cluster, terms[:fitting]) if fitting else NAMELESS
        yield base, frozenset(terms[:fitting])
        for length in range(fitting + 1, min(len(terms), fitting + 3) + 1):
            yield self._joined(cluster, terms[:length]), frozenset(terms[:length])
        for number in count(2):
            yield f"{base} {number}", frozenset(terms[:fitting])

    def _terms(
        self, cluster: int, without: frozenset[int]
    ) -> tuple[list[int], npt.NDArray[np.float64]]:
        """Return what may stand in the name, weightiest first, and the weights."""
        start, end = self._counts.indptr[cluster : cluster + 2]
        terms, often = self._counts.indices[start:end], self._counts.data[start:end]
        free = ~np.isin(terms, list(without))
        terms, often = terms[free], often[free]
        terms = np.sort(terms[often >= often.max(initial=0) / 2])
        weights = self._weights[[cluster]].toarray()[0][terms]
        order = np.argsort(-weights, kind="stable")
        return terms[order].tolist(), weights[order]

    def _joined(self, cluster: int, terms: Sequence[int]) -> str:
        """Write the words in the order in which the cluster's texts mostly have them."""
        words = [self._vocabulary.words[term] for term in terms]
        rows = self._members.indices[slice(*self._members.indptr[cluster : cluster + 2])]
        texts = [self._vocabulary.texts[row].lower() for row in rows[:100]]

        def place(word: str) -> float:
            found = [text.find(word) / len(text) for text in texts if word in text]
            return sum(found) / len(found) if found else 1.0

        return " ".join(word.capitalize() for word in sorted(words, key=place))
