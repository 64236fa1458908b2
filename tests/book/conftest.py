"""A small chapter that breaks no rule, in which tests plant defects, and a browser."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from book.tools.build_site import SITE
from book.tools.rules.opened import PHONE, page_names
from book.tools.rules.reading import Notebook

PAGES = page_names(SITE)
"""What the browser suite visits."""
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
FILE = "notebooks/taxonomy/03_text.ipynb"
OPENING = """\
# Cleaning text

Source: T-3.2.1 预训练模型加载 and T-3.2.2 文本预处理"""
LEARN = """\
```{admonition} What you will learn
Which steps are worth taking.
```"""
PREDICT = """\
(T-3.2.2)=
## Cleaning

```{admonition} Predict
What is left of the text?
```"""
EXERCISES = """\
```{exercise} Another language
:label: ex-language
Try it.
```
```{solution} ex-language
:class: dropdown
It works.
```
```{exercise} Another shop
:label: ex-shop
Try it.
```
```{solution} ex-shop
:class: dropdown
It works too.
```"""
QUIZ = """\
## Quiz

1. What is a token?
```{dropdown} Answer
A piece of text.
```
2. What is a stem?
```{dropdown} Answer
A piece of a word.
```
3. What is a stop word?
```{dropdown} Answer
A frequent one.
```

## Further reading

A paper."""


def text(source: str) -> dict[str, Any]:
    """Return a text cell."""
    return {"cell_type": "markdown", "metadata": {}, "source": source}


def code(source: str, *tags: str) -> dict[str, Any]:
    """Return a clean code cell."""
    metadata = {"tags": list(tags)} if tags else {}
    return {"cell_type": "code", "execution_count": None, "metadata": metadata, "outputs": [],
            "source": source}  # fmt: skip


@pytest.fixture
def chapter() -> Notebook:
    """Return a chapter of 24 cells: setting up, ideas with text around them, exercises, quiz."""
    cells = [text(OPENING), text(LEARN), code("import sys", "bootstrap"),
             text("Set up."), code('profile = "laptop"', "parameters"), text(PREDICT)]  # fmt: skip
    for number in range(7):
        cells += [code(f"x = {number}\nx"), text(f"Idea {number}. " + "word " * 120)]
    cells[-3]["source"] += "\n\n(T-C05)=\n### Does it help?"
    cells[-2]["source"] = 'ledger.record("T-C05", effects, seeds=3)'
    cells += [text(EXERCISES), text(QUIZ), text("Thanks."), text("The end.")]
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    metadata = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    return Notebook(
        FILE, {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    )


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start Chromium once for all pages."""
    path = shutil.which("chromium") or shutil.which("google-chrome")
    assert path, "Chromium is not installed: `apt-get install chromium` (or Google Chrome)"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def phone(browser: Browser) -> Iterator[BrowserContext]:
    """Open a window of a phone's size in a dark room, where nothing moves without need."""
    phone = browser.new_context(viewport=PHONE, color_scheme="dark", reduced_motion="reduce")
    yield phone
    phone.close()
