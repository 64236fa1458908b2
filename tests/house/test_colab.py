"""A chapter opened where everything but this book is installed, as on Colab, runs unedited."""

import json
import os
import subprocess
import sysconfig
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OURS = ("catalogkit", "__editable__", "_editable", "book")
DRIVER = """\
import json, sys
from IPython.core.interactiveshell import InteractiveShell

shell = InteractiveShell.instance()
for cell in json.load(open(sys.argv[1], encoding="utf-8"))["cells"]:
    if cell["cell_type"] == "code":
        shell.run_cell("".join(cell["source"])).raise_error()
import catalogkit
print("FOUND", catalogkit.__file__)
"""


@pytest.fixture(scope="module")
def colab(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an environment that has all packages of this one except ours; return its Python."""
    home = tmp_path_factory.mktemp("colab")
    venv.create(home / "venv", with_pip=False)
    packages = home / "packages"
    packages.mkdir()
    for entry in Path(sysconfig.get_path("purelib")).iterdir():
        if not entry.name.startswith(OURS) and entry.suffix != ".pth":
            (packages / entry.name).symlink_to(entry)
    (site,) = (home / "venv").glob("lib/python*/site-packages")
    (site / "preinstalled.pth").write_text(f"{packages}\n")
    return home / "venv" / "bin" / "python"


def run(colab: Path, wheel: Path, notebook: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a notebook's cells in order; the registry that pip sees holds our wheel only."""
    (folder / "driver.py").write_text(DRIVER)
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    environment |= {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheel.parent), "MPLBACKEND": "agg"}
    return subprocess.run(
        [str(colab), "driver.py", str(notebook)],
        cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=240,
    )  # fmt: skip


def test_a_chapter_installs_what_it_needs_and_runs(
    colab: Path, wheel: Path, tmp_path: Path
) -> None:
    """The bootstrap cell brings the wheel; nothing is taken from the checkout."""
    done = run(colab, wheel, ROOT / "notebooks/taxonomy/01_background.ipynb", tmp_path)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert str(colab.parents[1]) in done.stdout.split("FOUND ")[1]


def test_every_chapter_has_the_same_bootstrap_cell() -> None:
    """What works for one works for all."""
    cells = set()
    for path in (ROOT / "notebooks").rglob("*.ipynb"):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if "bootstrap" in cell["metadata"].get("tags", []):
                cells.add("".join(cell["source"]))
    assert len(cells) == 1
