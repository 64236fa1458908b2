"""A stranger's texts are read and encoded, or refused with the file and the row."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest

from catalogkit import cli_texts
from catalogkit.cli_texts import as_output, encode, read_texts
from catalogkit.datasets.errors import DataError, DataWarning
from catalogkit.language import encoders


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Three products with ids of every look."""
    file = tmp_path / "a.csv"
    file.write_text("sku,name\n007,tea\nNA,茶\n8,tea\n", encoding="utf-8")
    return file


class Illiterate:
    """An encoder to which all is one unknown sign, in place of a pretrained one."""

    max_tokens, backend = 2, "fp32"

    def encode(self, texts: list[str]) -> np.ndarray:
        """Warn that a text was cut, and see nothing."""
        warnings.warn("cut", DataWarning, stacklevel=2)
        return np.ones((len(texts), 2), np.float32)


def test_ids_are_read_as_they_are_written(file: Path) -> None:
    """Or rows are counted."""
    assert read_texts(str(file), "name", "sku").to_dict("list") == {
        "text": ["tea", "茶", "tea"],
        "id": ["007", "NA", "8"],
    }
    assert read_texts(str(file), "name", None)["id"].tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("name\n", "title\n", "no column 'name'; its columns are: sku, title"),
        ("8,", "007,", "column 'sku', 2 bad of 3 rows (row 0, 2; the first row is 0)"),
        ("茶", "", "column 'name', 1 bad of 3 rows (row 1; the first row is 0)"),
        ("茶", "  ", "column 'name', 1 of 3 texts are blank, the first in row 1"),
        ("茶", "x" * 1_000_000, "(row 1; the first row is 0), for example 'xxxx"),
        ("007,tea\nNA,茶\n8,tea\n", "", "the table has no rows"),
    ],
)
def test_what_cannot_be_used_is_named(file: Path, old: str, new: str, message: str) -> None:
    """File, column, row: in one short line."""
    file.write_text(file.read_text("utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(DataError) as said:
        read_texts(str(file), "name", "sku")
    assert str(said.value).startswith(f"{file}: ")
    assert message in str(said.value)
    assert len(str(said.value)) < 400 + len(str(file))


def test_an_encoder_that_cannot_read_is_found_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """So is one that reads only the beginning; vectors come in the order of the texts."""
    monkeypatch.setattr(encoders.Encoder, "load", lambda _: Illiterate())
    monkeypatch.setattr(cli_texts, "ROWS", 2)
    assert encode(None, ["茶", "红茶", "绿茶", "茶"], tmp_path / "kept").shape == (4, 2)
    out, err = capsys.readouterr()
    assert out == ""
    assert "texts of more than 2 tokens were read to there only" in err
    assert "sees 1 different texts where there are 3" in err
    assert "--method tf-idf" in err


def test_an_interrupted_encoding_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks that were finished are not encoded again; those of other texts are no help."""

    class Tired:
        max_tokens, backend, blocks = 2, "fp32", 0

        def encode(self, texts: list[str]) -> np.ndarray:
            self.blocks += 1
            if self.blocks == 2:
                raise KeyboardInterrupt
            return np.array([[len(text), self.blocks] for text in texts], np.float32)

    tired = Tired()
    monkeypatch.setattr(encoders.Encoder, "load", lambda _: tired)
    monkeypatch.setattr(cli_texts, "ROWS", 2)
    with pytest.raises(KeyboardInterrupt):
        encode(None, ["a", "bb", "ccc", "dddd"], tmp_path / "kept")
    vectors = encode(None, ["a", "bb", "ccc", "dddd"], tmp_path / "kept")
    assert vectors.tolist() == [[1, 1], [2, 1], [3, 3], [4, 3]]
    assert encode(None, ["a", "other"], tmp_path / "kept")[:, 1].tolist() == [4, 4]


def test_an_output_nowhere_is_refused(tmp_path: Path) -> None:
    """Before the work."""
    with pytest.raises(DataError, match="nowhere: no such directory"):
        as_output(str(tmp_path / "nowhere" / "a.csv"))
