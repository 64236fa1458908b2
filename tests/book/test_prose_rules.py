"""No result is typed in, no comparison stands without its interval, no page misleads a reader."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from book.tools.rules import prose as prose_rules
from book.tools.rules import repository as repo_rules
from book.tools.rules.markdown import parse, reader_text
from book.tools.rules.problems import Problem, report
from book.tools.rules.reading import (
    Notebook,
    Passage,
    notebook_passages,
    page_passages,
    read_passages,
)

ROOT = Path(__file__).parents[2]
ALLOWED = ROOT / prose_rules.ALLOW_LIST
GLUE_IT = (
    "glue it from the cell that measures it, or give its text a reason in book/allowed_numbers.yml"
)
SHOW_IT = "glue the interval that shows it into the same cell, or say it without comparing"


def said(text: str) -> list[Passage]:
    """Return a text as the one passage of a page."""
    return [Passage("book/page.md", "book/page.md, line 1", text)]


def spell(root: Path) -> subprocess.CompletedProcess[str]:
    """Run codespell with the project's settings over what git holds in a folder."""
    settings = ["--toml", ROOT / "pyproject.toml"]
    command = [sys.executable, "-m", "codespell_lib", *settings, *repo_rules.tracked(root)]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)


# ---- the book itself


def test_no_result_is_typed_into_the_book() -> None:
    """Every measured number of every chapter and page is glued."""
    problems = prose_rules.check_numbers(read_passages(ROOT), prose_rules.read_allowances(ALLOWED))
    assert not problems, report(problems)


def test_every_comparison_in_the_book_shows_its_interval() -> None:
    """Better, worse and significant stand beside a glued number."""
    allowed = prose_rules.read_allowances(ALLOWED)
    problems = prose_rules.check_comparisons(read_passages(ROOT), allowed)
    assert not problems, report(problems)


def test_every_allowed_number_has_a_reason_and_is_still_there() -> None:
    """The list of exceptions stays small and true."""
    problems = prose_rules.check_allowances(ALLOWED, read_passages(ROOT))
    assert not problems, report(problems)


def test_nobody_is_told_to_install_the_bare_name() -> None:
    """The distribution called catalogkit on the public index is not ours."""
    files = repo_rules.tracked(ROOT)
    seen = {name: text for name, text in files.items() if not name.startswith("tests/")}
    problems = repo_rules.check_install_advice(seen)
    assert not problems, report(problems)


def test_no_registry_host_or_machine_path_is_in_git() -> None:
    """What git holds works on every machine."""
    problems = repo_rules.check_private_addresses(repo_rules.tracked(ROOT))
    assert not problems, report(problems)


def test_the_readme_shows_the_commands_that_ci_runs() -> None:
    """A newcomer types what is known to work."""
    texts = [
        (ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "Makefile", ".ci/run")
    ]
    problems = repo_rules.check_commands(*texts)
    assert not problems, report(problems)


def test_the_spelling_is_right() -> None:
    """Prose and code have no known misspelling."""
    done = spell(ROOT)
    assert done.returncode == 0, f"mend these, or see [tool.codespell]:\n{done.stdout}{done.stderr}"


# ---- planted: numbers


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("The accuracy is 0.54 here.", "0.54"),
        ("nDCG of .564 is high", ".564"),
        ("It gains −0.003, no more", "0.003"),
        ("a share of 33 % is missing", "33 %"),
        ("a share of 33% is missing", "33%"),
        ("a share of 5 percent", "5 percent"),
        ("Thirty-three percent are missing", "Thirty-three percent"),
        ("about 92,331 products", "92,331"),
        ("about 92 331 products", "92 331"),
        ("about 92331 products", "92331"),
        ("about 26k vectors", "26k"),
        ("some 1.5 million rows", "1.5 million"),
        ("in 0.3s flat", "0.3"),
        ("a table | 0.54 | of results", "0.54"),
        ("written as a formula $0.54$ it stays", "0.54"),
        (r"written as a formula $12\%$ it stays", "12%"),
        (r"written as a formula $1{,}469$ it stays", "1,469"),
        ("[a text of 0.54](https://example.org/1.25)", "0.54"),
        ("2017 products were sold", "2017"),
        ("```{admonition} A gain of 0.54\nText.\n```", "0.54"),
        ("```{solution} ex-1\n:class: dropdown\nIt is 0.54.\n```", "0.54"),
    ],
)
def test_a_typed_in_result_is_named(text: str, number: str) -> None:
    """A decimal, percentage or count above 999 in prose is a defect, wherever it hides."""
    assert [str(problem) for problem in prose_rules.check_numbers(said(text))] == [
        f'book/page.md, line 1: the number "{number}" is typed in — {GLUE_IT}'
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Seven of 12 departments, 999 at most.",
        "It reaches {glue:text}`score:.3f` of 1, or {glue:text}`share:.1f` %.",
        "Set `dropout=0.1` and see.",
        "```python\nrate = 0.54\n```",
        "````{solution} a\n```python\nrate = 0.54\n```\nRight.\n````",
        "$$ L = 0.5 x^2 $$ and $x > 0.5 y$",
        "See T-3.2, T-9.Q2, T-3.2.2, sections 3.2.2 and 4.1, section 3.3.",
        "(T-3.2)=\n# Title",
        "[link](https://example.org/0.54/12345) and <https://example.org/2.5>",
        "It needs torch 2.13.0 at least.",
        "It was sold in 2017, in May 2017 and on 2017-05-03 (2017).",
        "<!-- 0.54 --> and\n% 0.54",
        "```{figure} plot-0.54.svg\n:width: 12.5%\nWords.\n```",
        "---\nversion: 0.54\n---\n# Title",
        "{cite:t}`jones2019` said so.",
    ],
)
def test_what_is_no_result_is_left_alone(text: str) -> None:
    """Code, formulas, glued values, targets, ids, versions and years are no typed-in results."""
    assert prose_rules.check_numbers(said(text)) == []


def test_a_number_in_a_caption_is_named_with_its_cell(chapter: Notebook) -> None:
    """Captions and alternative texts are prose too."""
    chapter.cells[6]["metadata"] = {"mystnb": {"image": {"alt": "A bar at 0.54"}}}
    [problem] = prose_rules.check_numbers(notebook_passages(chapter))
    assert problem == Problem(
        "notebooks/taxonomy/03_text.ipynb, cell 7 (alt)",
        'the number "0.54" is typed in',
        "nothing can be glued here: say it without the number",
    )


def test_a_number_on_a_page_is_named_with_the_line_of_its_section(tmp_path: Path) -> None:
    """Long pages are searched by section; headings shown in code start none."""
    page = tmp_path / "page.md"
    page.write_text("# Page\n\n```\n# no heading\n```\n\n## Results\n\nIt is 0.54.\n")
    [problem] = prose_rules.check_numbers(page_passages(page, tmp_path))
    assert problem.where == "page.md, line 7"


def test_an_allowed_text_is_excused_in_its_file_only() -> None:
    """An exception holds where it was given a reason."""
    text = "Prose under CC BY 4.0."
    assert prose_rules.check_numbers(said(text), {"book/page.md": ["CC BY 4.0"]}) == []
    assert prose_rules.check_numbers(said(text), {"everywhere": ["CC BY 4.0"]}) == []
    assert len(prose_rules.check_numbers(said(text), {"book/other.md": ["CC BY 4.0"]})) == 1


def test_an_exception_without_reason_or_text_is_named(tmp_path: Path) -> None:
    """The list of exceptions cannot rot: each has a reason and is found."""
    path = tmp_path / "allowed.yml"
    path.write_text(
        "everywhere:\n  - {text: '4.0'}\nbook/page.md:\n  - {text: CC BY 4.0, reason: a name}\n"
        "  - {text: [Prose, gone 9.9], reason: was there once}\n"
    )
    problems = prose_rules.check_allowances(path, said("Prose under CC BY 4.0."))
    assert [str(problem) for problem in problems] == [
        "book/allowed_numbers.yml: the entry ['4.0'] of everywhere lacks its text or its reason — "
        "say why this number is not a result",
        "book/allowed_numbers.yml: the text 'gone 9.9' is not in book/page.md any more — "
        "take the entry out, or mend it",
    ]


# ---- planted: comparisons


@pytest.mark.parametrize(
    "word", ["better", "Worse", "beat", "beats", "outperformed", "significantly"]
)
def test_a_comparison_without_a_glued_number_is_named(word: str) -> None:
    """Who compares shows the interval."""
    assert [str(p) for p in prose_rules.check_comparisons(said(f"It is {word} here."))] == [
        f'book/page.md, line 1: says "{word}" and shows no interval — {SHOW_IT}'
    ]


@pytest.mark.parametrize(
    "text",
    [
        "It is better by {glue:text}`T-C05-tfidf`.",
        "Which of the two is better?",
        'The document says "better results".',
        "> it works significantly better",
        "`better()` is a function.",
        "This is the baseline to beat, and a model must outperform it.",
    ],
)
def test_a_shown_asked_or_quoted_comparison_is_left_alone(text: str) -> None:
    """A glued number, a question mark or quotation marks make it honest."""
    assert prose_rules.check_comparisons(said(text)) == []


def test_glue_that_is_only_shown_as_code_proves_nothing() -> None:
    """An example of markup is no interval."""
    text = "It is better.\n```\n{glue:text}`x`\n```"
    assert len(prose_rules.check_comparisons(said(text))) == 1


# ---- planted: advice, addresses, commands, spelling


@pytest.mark.parametrize(
    "text",
    ["pip install catalogkit", "run `pip install -q 'catalogkit[book]'` first",
     "%pip install torch catalogkit>=1", "pip3 install --upgrade catalogkit.",
     r'run_line_magic(\"pip\", \"install -q catalogkit\")'],
)  # fmt: skip
def test_the_bare_name_in_an_installation_is_named(text: str) -> None:
    """Whoever follows the advice would get another project's package."""
    problems = repo_rules.check_install_advice({"README.md": f"Hello.\n{text}"})
    assert len(problems) == 1
    assert str(problems[0]).startswith("README.md, line 2: tells readers `pip")
    assert problems[0].remedy == "write `catalogkit-book`, the name that ours is distributed under"


@pytest.mark.parametrize(
    "text",
    ["pip install catalogkit-book", "pip install 'catalogkit-book[chapters]'", "import catalogkit",
     "pip install git+https://example.org/us/catalogkit", "pip install -e .[book]"],
)  # fmt: skip
def test_our_own_name_in_an_installation_is_left_alone(text: str) -> None:
    """The distribution's name, an address and an import are right."""
    assert repo_rules.check_install_advice({"README.md": text}) == []


# Put together here, so that this file does not hold what it forbids.
@pytest.mark.parametrize(
    ("address", "what"),
    [
        ("https://" + "pypi" + ".org/simple", "names a package registry (pypi" + ".org)"),
        ("--index" + "-url x", "names a package registry (--index" + "-url)"),
        ("cd /" + "work/main", "names a path of one machine (/" + "work/main)"),
        ("'/" + "root/.cache'", "names a path of one machine (/" + "root/.cache)"),
    ],
)
def test_a_registry_or_a_machine_path_is_named(address: str, what: str) -> None:
    """What only one machine knows is found with its line."""
    [problem] = repo_rules.check_private_addresses({"a.py": f"\n\n{address}\n"})
    assert (problem.where, problem.what) == ("a.py, line 3", what)


def test_a_path_inside_an_address_is_no_machine_path() -> None:
    """Web addresses and relative paths may have such folders."""
    text = "https://example.org/" + "work/x and ../" + "work/y and net" + "work/z"
    assert repo_rules.check_private_addresses({"a.py": text}) == []


def test_commands_that_do_not_agree_are_named() -> None:
    """README, Makefile and CI speak of the same targets."""
    readme = "Run `make book`, then\n```\nmake tset\n```\nYou make sure that it works."
    problems = repo_rules.check_commands(
        readme, "book:\n\techo\ntest: book\n", "# make test\nmake book"
    )
    assert [str(problem) for problem in problems] == [
        "README.md: does not show `make test` — show newcomers the command",
        "README.md: shows `make tset`, which the Makefile does not have — "
        "mend the name, or add the target",
        ".ci/run: does not run `make test` — "
        "call the README's test command there, so that readers and CI run the same",
    ]


def test_a_misspelling_is_named(tmp_path: Path) -> None:
    """Codespell says the file, the line and the word."""
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    (tmp_path / "page.md").write_text("A title\n\nIt is " + "te" + "h end.\n")
    done = spell(tmp_path)
    assert done.returncode != 0
    assert "page.md:3: te" + "h ==> the" in done.stdout


# ---- reading markdown


def test_nested_directives_are_read_to_their_ends() -> None:
    """Options are no prose, titles are, and a fence closes only its own kind."""
    page = parse(
        "Before\n````{admonition} Title\n:class: tip\nInside\n"
        "```\ncode\n```\n:::{note}\nDeep\n:::\n````\nAfter"
    )
    assert [line for line in page.prose if line] == ["Before", "Title", "Inside", "Deep", "After"]
    assert [(d.name, d.argument, d.options) for d in page.directives] == [
        ("admonition", "Title", {"class": "tip"}),
        ("note", "", {}),
    ]
    assert (page.depths[0], page.depths[-1]) == (0, 0)


def test_the_reader_sees_words_only() -> None:
    """Roles, code, formulas, targets and ids vanish; link texts stay."""
    text = "A [link](x.md) to {ref}`T-1 <T-1>`, `code`, $x$ and\nT-C05 <b>bold</b>."
    assert reader_text(text) == "A [link] to , , and bold ."
