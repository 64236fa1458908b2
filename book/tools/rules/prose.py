"""Rules for prose: measured numbers are glued, and a comparison stands beside its interval."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import yaml

from book.tools.rules.markdown import reader_text
from book.tools.rules.problems import Problem
from book.tools.rules.reading import Passage

EVERYWHERE = "everywhere"
ALLOW_LIST = "book/allowed_numbers.yml"
_NUMBER = re.compile(
    r"""(?<![\w.])(?:
        \d[\d.,]*[ \u00a0\u202f]?(?:%|‰|(?:per\s?cent|percentage\spoints?)\b)  # 12 %
      | \d+(?:\.\d+)?[ \u00a0\u202f]?(?:[kKM]|bn|thousand|million|billion)\b   # 26k, 1.5 million
      | \d{1,3}(?:[,'\u00a0\u2009\u202f ]\d{3})+(?!\d)                         # 1,469,307
      | \d*\.\d+(?!\d)(?!\.\d)                                                 # .54; not 3.2.2
      | \d{4,}(?:\.\d+)?                                                       # 92331
    )""",
    re.VERBOSE,
)
_IN_WORDS = re.compile(
    r"\b(?:(?:twen|thir|for|fif|six|seven|eigh|nine)ty(?:-\w+)?|\w+teen|one|two|three|four|five|six|seven"
    r"|eight|nine|ten|eleven|twelve)\s+(?:per\s?cent|percentage\spoints?)\b",
    re.IGNORECASE,
)
_SECTIONS = re.compile(
    r"\bsections?\s+[\d.]+(?:(?:,\s*|\s+and\s+|\s+to\s+|–)\d[\d.]*)*", re.IGNORECASE
)
_MONTHS = "January February March April May June July August September October November December"
_BEFORE_A_YEAR = re.compile(
    rf"(?:\b(?:in|since|until|during|year|{_MONTHS.replace(' ', '|')})\s|©\s?|\()$", re.IGNORECASE
)
_COMPARISON = re.compile(
    r"\b(?:better|worse|significant(?:ly)?|beats|beaten|outperforms|outperformed|outperforming"
    r"|(?<!to )(?<!must )(?<!should )(?<!can )(?<!cannot )(?<!could )(?<!would )"
    r"(?:beat|outperform))\b",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"[\"“„«][^\"“”„«»]*[\"”“»]")
_SENTENCE = re.compile(r"[^.!?]*[.!?]?")
_GLUE = re.compile(r"\{glue(?::\w+)?\}`")


def check_numbers(
    passages: Iterable[Passage], allowed: Mapping[str, list[str]] | None = None
) -> list[Problem]:
    """Demand that decimals, percentages and counts above 999 are glued, or allowed with a reason.

    Not looked at: code, formulas (unless they are nothing but a number), targets of links, ids,
    options of directives, versions with three parts, numbers of sections, years after "in",
    "since", "(" or a month.
    """
    remedies = {
        True: f"glue it from the cell that measures it, or give its text a reason in {ALLOW_LIST}",
        False: "nothing can be glued here: say it without the number",
    }
    return [
        Problem(passage.place, f'the number "{number}" is typed in', remedies[passage.can_glue])
        for passage in passages
        for number in typed_numbers(_without(_seen(passage), passage.file, allowed))
    ]


def check_comparisons(
    passages: Iterable[Passage], allowed: Mapping[str, list[str]] | None = None
) -> list[Problem]:
    """Demand a glued number in every cell, or section of a page, that says what is better.

    Questions, quotations and block quotes say nothing of the kind themselves.
    """
    remedy = "glue the interval that shows it into the same cell, or say it without comparing"
    return [
        Problem(passage.place, f'says "{word}" and shows no interval', remedy)
        for passage in passages
        if not _GLUE.search("\n".join(passage.markdown.prose))
        for word in _comparisons(passage, allowed)
    ]


def check_allowances(path: Path, passages: Iterable[Passage]) -> list[Problem]:
    """Demand that each allowed text has a reason and still stands in its file."""
    seen: dict[str, str] = {}
    for passage in passages:
        for file in (passage.file, EVERYWHERE):
            seen[file] = f"{seen.get(file, '')} {_seen(passage)}"
    found = []
    for file, entries in _load(path).items():
        for entry in entries:
            if not _texts(entry) or not entry.get("reason"):
                what = f"the entry {_texts(entry)} of {file} lacks its text or its reason"
                found.append(Problem(ALLOW_LIST, what, "say why this number is not a result"))
            for text in _texts(entry):
                if text not in seen.get(file, ""):
                    what = f"the text {text!r} is not in {file} any more"
                    found.append(Problem(ALLOW_LIST, what, "take the entry out, or mend it"))
    return found


def read_allowances(path: Path) -> dict[str, list[str]]:
    """Return the allowed texts by file; those under "everywhere" hold in all."""
    listed = _load(path).items()
    return {file: [text for entry in entries for text in _texts(entry)] for file, entries in listed}


def typed_numbers(text: str) -> list[str]:
    """Return the numbers in a line of prose that look like results."""
    text = _SECTIONS.sub(" ", text)
    figures = [found[0] for found in _NUMBER.finditer(text) if not _is_year(text, found)]
    return figures + _IN_WORDS.findall(text)


def _is_year(text: str, found: re.Match[str]) -> bool:
    if not re.fullmatch(r"(?:19|20)\d\d", found[0]):
        return False
    rest = text[found.end() :]
    return bool(re.match(r"-\d\d", rest) or _BEFORE_A_YEAR.search(text[: found.start()]))


def _comparisons(passage: Passage, allowed: Mapping[str, list[str]] | None) -> list[str]:
    own = [line for line in passage.markdown.prose if not line.lstrip().startswith(">")]
    text = _QUOTED.sub(" ", _without(reader_text("\n".join(own)), passage.file, allowed))
    sentences = (s for s in _SENTENCE.findall(text) if not s.endswith("?"))
    return [word for sentence in sentences for word in _COMPARISON.findall(sentence)]


def _seen(passage: Passage) -> str:
    return reader_text("\n".join(passage.markdown.prose))


def _without(text: str, file: str, allowed: Mapping[str, list[str]] | None) -> str:
    allowed = allowed or {}
    for excused in [*allowed.get(EVERYWHERE, []), *allowed.get(file, [])]:
        text = text.replace(excused, " ")
    return text


def _texts(entry: Mapping[str, str | list[str]]) -> list[str]:
    """Return an entry's text, or its several texts that share one reason."""
    text = entry.get("text", [])
    return [str(one) for one in text] if isinstance(text, list) else [str(text)]


def _load(path: Path) -> dict[str, list[dict[str, str | list[str]]]]:
    loaded: dict[str, list[dict[str, str | list[str]]]] | None = yaml.safe_load(
        path.read_text("utf-8")
    )
    return loaded or {}
