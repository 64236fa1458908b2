"""What the README promises."""

import re
from pathlib import Path

import pytest

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
CSV = """sku,title,department,category
a1,FRZN CHIX 16 OZ,FROZEN,MEAT
a2,CHEESE SPREAD,DAIRY,CHEESE
"""


def test_the_example_runs_on_a_strangers_csv(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A newcomer pastes it, with a file whose columns have names of their own."""
    (tmp_path / "products.csv").write_text(CSV, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    example = re.search(r"```python\n(.*?)```", README, re.DOTALL)
    assert example is not None
    names: dict[str, object] = {}
    exec(example[1], names)  # noqa: S102 - the project's own text
    assert names["vectors"].shape == (2, 384)  # type: ignore[attr-defined]
    assert "FROZEN CHICKEN" in names["cleaned"].texts[0]  # type: ignore[attr-defined]


def test_no_page_is_promised_that_is_not_there() -> None:
    """Every file that the README names exists."""
    named = re.findall(r"`((?:book|notebooks|catalogkit|tests)/[\w./]+)`", README)
    missing = [name for name in named if not (Path(__file__).parents[2] / name).exists()]
    assert named
    assert missing == []
