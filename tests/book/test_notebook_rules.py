"""Every notebook is clean, listed, short, well mixed and traceable; planted defects are named."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from book.tools import format_notebooks
from book.tools.rules import labels as label_rules
from book.tools.rules import notebooks as notebook_rules
from book.tools.rules import teaching as teaching_rules
from book.tools.rules.labels import Ledger
from book.tools.rules.problems import report
from book.tools.rules.reading import (
    Notebook,
    Passage,
    notebook_passages,
    read_notebook,
    read_notebooks,
    read_passages,
)
from catalogkit import ledger

ROOT = Path(__file__).parents[2]
CHAPTERS = read_notebooks(ROOT)
FILE = "notebooks/taxonomy/03_text.ipynb"
FORMAT = "run `python -m book.tools.format_notebooks`"
SMALL = Ledger(
    sections={"T-3.2.2": {"chapter": "taxonomy/03_text"}, "T-4.1": {"chapter": "taxonomy/05_math"}},
    claims={"T-C05": {"section": "T-3.2.2"}},
    errata={"T-E10": {"section": "T-4.1"}},
)


def real_ledger() -> Ledger:
    """Return the ids of book/ledger."""
    return Ledger(*(ledger.entries(kind) for kind in ("sections", "claims", "errata")))


def messages(problems: list[Any]) -> list[str]:
    """Return problems as the lines that a contributor reads."""
    return [str(problem) for problem in problems]


# ---- the book itself


def test_the_book_has_chapters() -> None:
    """Discovery finds notebooks, so that the checks below check something."""
    assert CHAPTERS


def test_the_chapters_on_disk_are_those_in_the_table_of_contents() -> None:
    """Nothing is written and not shown, or shown and not written."""
    problems = notebook_rules.check_toc(ROOT)
    assert not problems, report(problems)


@pytest.mark.parametrize("notebook", CHAPTERS, ids=lambda notebook: notebook.name)
def test_a_chapter_is_clean_short_and_well_mixed(notebook: Notebook) -> None:
    """A source notebook keeps the limits of the design and holds nothing that a run left."""
    text = (ROOT / notebook.file).read_text(encoding="utf-8")
    problems = notebook_rules.check_all(notebook, text)
    assert not problems, report(problems)


@pytest.mark.parametrize("notebook", CHAPTERS, ids=lambda notebook: notebook.name)
def test_a_chapter_teaches_as_the_design_says(notebook: Notebook) -> None:
    """A chapter opens, asks, exercises and quizzes in the house's way."""
    problems = teaching_rules.check_all(notebook)
    assert not problems, report(problems)


def test_every_id_has_one_label_and_every_claim_its_record() -> None:
    """Nothing that the ledger promises of the written chapters is lost or invented."""
    passages, known = read_passages(ROOT), real_ledger()
    problems = label_rules.check_labels(passages, known)
    problems += label_rules.check_mentions(passages, known)
    problems += label_rules.check_records(CHAPTERS, known)
    problems += label_rules.check_coverage(CHAPTERS, passages, known)
    assert not problems, report(problems)


# ---- the model chapter of these tests breaks no rule


def test_the_model_chapter_has_no_problem(chapter: Notebook) -> None:
    """The notebook that the defects are planted in is itself in order."""
    passages = list(notebook_passages(chapter))
    problems = notebook_rules.check_all(chapter, as_text(chapter)) + teaching_rules.check_all(
        chapter
    )
    problems += label_rules.check_labels(passages, SMALL)
    problems += label_rules.check_records([chapter], SMALL)
    problems += label_rules.check_coverage([chapter], passages, SMALL)
    assert not problems, report(problems)


def as_text(chapter: Notebook) -> str:
    """Write a notebook as the formatter does."""
    return format_notebooks.formatted(json.dumps(chapter.data))


# ---- planted: cleanliness


def test_an_output_in_git_is_named(chapter: Notebook) -> None:
    """A committed output names its cell and the formatter."""
    chapter.cells[6]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "1"}]
    assert messages(notebook_rules.check_clean(chapter)) == [
        f"{FILE}, cell 7: has an output — {FORMAT}"
    ]


def test_an_execution_count_in_git_is_named(chapter: Notebook) -> None:
    """A committed count names its cell."""
    chapter.cells[6]["execution_count"] = 3
    assert messages(notebook_rules.check_clean(chapter)) == [
        f"{FILE}, cell 7: has an execution count — {FORMAT}"
    ]


@pytest.mark.parametrize(
    "metadata", [{"collapsed": True}, {"mystnb": {"image": {"alt": "A bar", "src": "x"}}}]
)
def test_stray_cell_metadata_is_named(chapter: Notebook, metadata: dict[str, Any]) -> None:
    """An editor's metadata is stray; tags, alternative texts and captions are not."""
    chapter.cells[6]["metadata"] = metadata
    assert messages(notebook_rules.check_clean(chapter)) == [
        f"{FILE}, cell 7: has stray metadata — {FORMAT}"
    ]


def test_stray_notebook_metadata_is_named(chapter: Notebook) -> None:
    """Colab's traces and an interpreter's version do not belong in git."""
    chapter.data["metadata"]["language_info"] = {"name": "python", "version": "3.11.7"}
    assert messages(notebook_rules.check_clean(chapter)) == [
        f"{FILE}: has stray notebook metadata — {FORMAT}"
    ]


@pytest.mark.parametrize("name", ["cell-1", "", "not valid"])
def test_a_cell_id_that_is_not_its_own_is_named(chapter: Notebook, name: str) -> None:
    """A repeated, missing or malformed id would break diffs and links."""
    chapter.cells[6]["id"] = name
    assert messages(notebook_rules.check_format(chapter, "")) == [
        f"{FILE}, cell 7: has no valid cell id of its own ({name!r}) — {FORMAT}"
    ]


def test_an_older_notebook_format_is_named(chapter: Notebook) -> None:
    """Formats before 4.5 have no cell ids."""
    chapter.data["nbformat_minor"] = 4
    assert messages(notebook_rules.check_format(chapter, "")) == [
        f"{FILE}: is in notebook format (4, 4), not 4.5 — {FORMAT}"
    ]


def test_an_invalid_notebook_is_named(chapter: Notebook) -> None:
    """What Jupyter cannot open is refused."""
    del chapter.cells[6]["outputs"]
    [problem] = notebook_rules.check_format(chapter, "")
    assert problem.what == "is no valid notebook: 'outputs' is a required property"


def test_a_notebook_in_another_form_is_named(chapter: Notebook) -> None:
    """Formatting is one, so that a diff shows what changed."""
    text = json.dumps(chapter.data)
    assert messages(notebook_rules.check_format(chapter, text)) == [
        f"{FILE}: is not written in the one form — {FORMAT}"
    ]


# ---- planted: the table of contents


def book_with(root: Path, on_disk: list[str], in_toc: list[str]) -> Path:
    """Lay out a book of empty notebooks."""
    for name in on_disk:
        path = root / "notebooks" / f"{name}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}")
    entries = "".join(f"      - file: notebooks/{name}\n" for name in in_toc)
    (root / "_toc.yml").write_text(f"root: index\nparts:\n  - caption: T\n    chapters:\n{entries}")
    return root


def test_a_chapter_outside_the_toc_is_named(tmp_path: Path) -> None:
    """A notebook that readers cannot reach is found by discovery; assignments are no chapters."""
    book_with(tmp_path, ["a/01_x", "a/02_y", "assignments/a"], ["a/01_x"])
    assert messages(notebook_rules.check_toc(tmp_path)) == [
        "notebooks/a/02_y.ipynb: is not in _toc.yml — list it there, or delete the notebook"
    ]


def test_a_toc_entry_without_a_chapter_is_named(tmp_path: Path) -> None:
    """The table of contents lists what exists."""
    book_with(tmp_path, ["a/01_x"], ["a/01_x", "a/02_y"])
    assert messages(notebook_rules.check_toc(tmp_path)) == [
        "_toc.yml: lists notebooks/a/02_y, which is not on disk — "
        "write the chapter, or take the entry out"
    ]


def test_a_chapter_listed_twice_is_named(tmp_path: Path) -> None:
    """A chapter has one place."""
    book_with(tmp_path, ["a/01_x"], ["a/01_x", "a/01_x.ipynb"])
    assert messages(notebook_rules.check_toc(tmp_path)) == [
        "_toc.yml: lists notebooks/a/01_x twice — keep one of the entries"
    ]


def test_a_missing_toc_is_named(tmp_path: Path) -> None:
    """Without a table of contents the check says so instead of crashing."""
    assert messages(notebook_rules.check_toc(tmp_path)) == [
        "_toc.yml: is missing — restore it: without it there is no book"
    ]


# ---- planted: size and mixture


def test_a_long_code_cell_is_named(chapter: Notebook) -> None:
    """Blank lines do not count, comments do."""
    chapter.cells[6]["source"] = "# why\n\n" * 21
    assert messages(notebook_rules.check_size(chapter)) == [
        f"{FILE}, cell 7: has 21 lines of code, more than 20 — split it, with text between"
    ]


def test_long_cells_on_the_whole_are_named(chapter: Notebook) -> None:
    """The median keeps most cells to one idea."""
    for _, cell in chapter.code():
        cell["source"] = "x = 1\n" * 7
    assert messages(notebook_rules.check_size(chapter)) == [
        f"{FILE}: its median code cell has 7 lines, more than 6 — "
        "one idea a cell: split, or move plumbing out"
    ]


def test_too_few_cells_are_named(chapter: Notebook) -> None:
    """A chapter is no stub."""
    del chapter.cells[19:]
    chapter.cells[7]["source"] += "word " * 100
    assert messages(notebook_rules.check_size(chapter)) == [
        f"{FILE}: has 19 cells, not 20 to 35 — say more, or merge the chapter"
    ]


def test_too_many_words_are_named(chapter: Notebook) -> None:
    """A chapter is no book; code, formulas and directives' options are no words."""
    before = notebook_rules.check_size(chapter)
    chapter.cells[3]["source"] = "```python\n" + "code " * 900 + "\n```\n$" + "x " * 900 + "x$"
    hidden = notebook_rules.check_size(chapter)
    chapter.cells[3]["source"] = "said " * 1600
    [problem] = notebook_rules.check_size(chapter)
    assert (before, hidden) == ([], [])
    assert problem.what.endswith(" words of prose, not 800 to 1600")
    assert problem.remedy == "tighten, or split the chapter"


def test_code_without_text_around_it_is_named(chapter: Notebook) -> None:
    """Three bare cells of ten are just allowed; five in a row are not."""
    chapter.cells[7] = copy.deepcopy(chapter.cells[8])
    at_the_limit = notebook_rules.check_text_around_code(chapter)
    chapter.cells[9] = copy.deepcopy(chapter.cells[8])
    assert at_the_limit == []
    assert messages(notebook_rules.check_text_around_code(chapter)) == [
        f"{FILE}: 6 of 11 code cells have text on both sides, fewer than 70% — "
        "say what to expect and what we saw around cells 7, 8, 9, 10, 11"
    ]


def test_a_missing_bootstrap_cell_is_named(chapter: Notebook) -> None:
    """Without it the chapter does not run on Colab."""
    chapter.cells[2]["metadata"] = {}
    assert messages(notebook_rules.check_setup(chapter)) == [
        f"{FILE}: 0 code cells are tagged `bootstrap` — tag exactly one, as in the model chapter"
    ]


def test_parameters_before_the_bootstrap_cell_are_named(chapter: Notebook) -> None:
    """Installation comes first."""
    cells = chapter.cells
    cells[2], cells[4] = cells[4], cells[2]
    assert messages(notebook_rules.check_setup(chapter)) == [
        f"{FILE}, cell 3: comes before the bootstrap cell — put the bootstrap cell first"
    ]


def test_a_parameters_cell_with_another_profile_is_named(chapter: Notebook) -> None:
    """What git holds runs on two cores and offline."""
    chapter.cells[4]["source"] = 'profile = "gpu"'
    assert messages(notebook_rules.check_setup(chapter)) == [
        f"{FILE}, cell 5: is tagged `parameters` but does not set the profile — "
        'write `profile = "laptop"` in it'
    ]


# ---- planted: teaching


@pytest.mark.parametrize(
    ("cell", "old", "new", "what"),
    [
        (0, "# Cleaning text", "Cleaning text", "the chapter has 0 titles"),
        (3, "Set up.", "# Second title", "the chapter has 2 titles"),
        (0, "文本预处理", "", ""),
        (0, "预训练模型加载 and T-3.2.2 文本预处理", "", "names no source section"),
        (0, "T-3.2.1 预训练模型加载 and T-3.2.2", "", "names no source section"),
        (0, "T-3.2.1 预训练模型加载 and T-3.2.2", "document T, section 3.2.2:", ""),
        (1, "What you will learn", "Aims", "does not say what the reader will learn"),
        (5, "Predict", "Note", "never asks the reader to predict"),
        (20, ":label: ex-shop", "", "the exercise 'without a label' has no solution"),
        (20, "{solution} ex-shop", "{solution} ex-else", "the exercise 'ex-shop' has no solution"),
        (20, ":class: dropdown", "", "the solution of 'ex-language' is open"),
        (20, "{exercise}", "{note}", "has 0 exercises, not 2 to 4"),
        (21, "## Quiz", "## Questions", "has no quiz"),
        (21, "2. What", "What", "its quiz has 2 questions, not 3"),
        (21, "2. What is a stem?\n```{dropdown} Answer", "2. What is a stem?\n```{note}",
         "question 2 of its quiz gives no feedback"),
        (21, "## Further reading", "## More", "has no further reading"),
    ],
)  # fmt: skip
def test_what_a_chapter_lacks_is_named(
    chapter: Notebook, cell: int, old: str, new: str, what: str
) -> None:
    """Each part of a chapter is missed when it is gone; one Chinese heading suffices."""
    source = chapter.cells[cell]["source"]
    assert old in source
    chapter.cells[cell]["source"] = source.replace(old, new)
    found = [problem.what for problem in teaching_rules.check_all(chapter)]
    assert any(what in problem for problem in found) if what else not found


# ---- planted: labels, ids, records


def test_an_unknown_id_as_label_is_named() -> None:
    """A label that looks like an id is one of the ledger's."""
    passages = [Passage("a.md", "a.md, line 1", "(T-3.2.9)=\n# Title\n\n(figures)=")]
    assert messages(label_rules.check_labels(passages, SMALL)) == [
        "a.md, line 1: the label (T-3.2.9)= is not in the ledger — "
        "mend the id, or add it to book/ledger/*.yml"
    ]


@pytest.mark.parametrize("second", ["(t-3.2.2)=", "```{figure} x.png\n:name: T-3.2.2\n```"])
def test_a_duplicate_label_is_named(second: str) -> None:
    """A label leads to one place, in whatever form it is written."""
    passages = [Passage("a", "a, cell 1", "(T-3.2.2)="), Passage("b", "b, cell 2", second)]
    assert str(label_rules.check_labels(passages, SMALL)[0]).endswith(
        "stands already in a, cell 1 — keep the one that treats it; link here"
    )


def test_a_label_shown_in_a_code_block_is_no_label() -> None:
    """A page may show how labels are written."""
    shown = Passage("a", "a, line 9", "```\n(T-3.2.9)=\n```")
    assert label_rules.check_labels([shown], SMALL) == []


def test_an_unknown_id_in_the_text_is_named() -> None:
    """What the text refers to exists; T-test and D-vitamins are no ids."""
    passages = [Passage("a", "a, cell 3", "As T-C05 and T-C99 say. A T-test, D-vitamins, S-1x.")]
    assert messages(label_rules.check_mentions(passages, SMALL)) == [
        "a, cell 3: the id T-C99 is not in the ledger — mend the id, or add it to book/ledger/*.yml"
    ]


def test_a_record_without_its_label_is_named(chapter: Notebook) -> None:
    """The ledger's link leads to the cell that measured."""
    chapter.cells[17]["source"] = "Some text."
    assert messages(label_rules.check_records([chapter], SMALL)) == [
        f"{FILE}, cell 19: records T-C05 without its label in the text cell directly before — "
        "put (T-C05)= into that cell"
    ]


def test_a_claim_recorded_twice_is_named(chapter: Notebook) -> None:
    """One claim has one verdict."""
    chapter.cells[6]["source"] = '%time\nverdict = ledger.record(claim="T-C05", seeds=3)'
    assert messages(label_rules.check_records([chapter], SMALL))[1:] == [
        f"{FILE}, cell 19: records T-C05, which {FILE}, cell 7 records already — "
        "keep one record; link to it from here"
    ]


def test_an_unknown_claim_recorded_is_named(chapter: Notebook) -> None:
    """Only what the ledger states, with its rule, can be recorded."""
    chapter.cells[18]["source"] = 'ledger.record("T-C77", effects, seeds=3)'
    assert messages(label_rules.check_records([chapter], SMALL)) == [
        f"{FILE}, cell 19: the recorded claim T-C77 is not in the ledger — "
        "mend the id, or add it to book/ledger/*.yml"
    ]


def test_a_record_that_no_check_can_read_is_named(chapter: Notebook) -> None:
    """A computed claim id would escape every rule here."""
    chapter.cells[18]["source"] = "ledger.record(claim, effects, seeds=3)"
    assert messages(label_rules.check_records([chapter], SMALL)) == [
        f"{FILE}, cell 19: records a claim that no check can read — "
        'name the claim in the call: ledger.record("T-C05", …)'
    ]


def test_an_id_of_a_written_chapter_without_label_is_named(chapter: Notebook) -> None:
    """Sections of chapters that do not exist yet are not missed."""
    chapter.cells[5]["source"] = "No label."
    passages = list(notebook_passages(chapter))
    assert messages(label_rules.check_coverage([chapter], passages, SMALL)) == [
        f"{FILE}: T-3.2.2 belongs to this chapter and is labelled nowhere — "
        "put (T-3.2.2)= where it is treated, or give its entry another `chapter`"
    ]


def test_a_claim_without_evidence_is_named(chapter: Notebook) -> None:
    """A claim of a written chapter is measured there."""
    chapter.cells[18]["source"] = "x"
    passages = list(notebook_passages(chapter))
    assert messages(label_rules.check_coverage([chapter], passages, SMALL)) == [
        f"{FILE}: the claim T-C05 has no evidence — "
        'call ledger.record("T-C05", …), or give its entry `untestable: reason`'
    ]


@pytest.mark.parametrize("entry", [{"untestable": "no data"}, {"chapter": "taxonomy/09_later"}])
def test_an_untestable_or_postponed_claim_needs_no_evidence(
    chapter: Notebook, entry: dict[str, str]
) -> None:
    """The ledger may say why a claim is not measured, or that a later chapter measures it."""
    chapter.cells[18]["source"] = "x"
    claims = {"T-C05": {"section": "T-3.2.2", **entry}}
    known = Ledger(SMALL.sections, claims, SMALL.errata)
    passages = list(notebook_passages(chapter))
    assert label_rules.check_coverage([chapter], passages, known) == []


# ---- the formatter


def test_the_formatter_strips_what_a_run_leaves(chapter: Notebook) -> None:
    """Outputs, counts and stray metadata go; tags and alternative texts stay."""
    clean = as_text(chapter)
    chapter.cells[2]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "1"}]
    chapter.cells[4]["execution_count"] = 9
    chapter.cells[5]["metadata"] = {"collapsed": False, "mystnb": {"figure": {}}}
    chapter.data["metadata"]["colab"] = {"provenance": []}
    assert as_text(chapter) == clean


def test_the_formatter_repairs_ids_and_keeps_good_ones(chapter: Notebook) -> None:
    """A missing or repeated id is derived from place and content, the same on every machine."""
    del chapter.cells[3]["id"]
    chapter.cells[4]["id"] = "cell-1"
    ids = [cell["id"] for cell in json.loads(as_text(chapter))["cells"]]
    assert ids[:3] == ["cell-0", "cell-1", "cell-2"]
    assert len(set(ids)) == len(ids)
    assert as_text(chapter) == as_text(chapter)


def test_formatting_twice_changes_nothing(chapter: Notebook) -> None:
    """The one form is a fixed point and ends with a line break."""
    once = as_text(chapter)
    assert format_notebooks.formatted(once) == once
    assert once.endswith("}\n")


def test_the_command_checks_and_then_repairs(
    chapter: Notebook, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--check` names the file and changes nothing; without it the file is put right."""
    path = tmp_path / "x.ipynb"
    path.write_text(json.dumps(chapter.data), encoding="utf-8")
    assert format_notebooks.main(["--check", str(path)]) == 1
    assert capsys.readouterr().out == f"would format {path}\n"
    assert format_notebooks.main([str(path)]) == 0
    assert format_notebooks.main(["--check", str(path)]) == 0
    assert read_notebook(path, tmp_path).cells[0]["source"].startswith("# Cleaning text")


def test_a_broken_notebook_file_is_named(tmp_path: Path) -> None:
    """A merge conflict in a notebook names the file, not a parser's position alone."""
    (tmp_path / "x.ipynb").write_text("<<<<<<< HEAD")
    with pytest.raises(ValueError, match=r"^x.ipynb is no notebook .* restore it from git"):
        read_notebook(tmp_path / "x.ipynb", tmp_path)
