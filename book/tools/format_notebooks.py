"""Strip notebooks of what a run leaves in them and write them in one form.

    python -m book.tools.format_notebooks [--check] [NOTEBOOK ...]

Outputs, counts and an editor's metadata go; cell ids stay when they are valid and unique. The
bootstrap cell is written anew from the repository's address in `_config.yml`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
from pathlib import Path

import yaml

from book.tools.rules.reading import Json

ROOT = Path(__file__).parents[2]
VALID_ID = re.compile(r"^[A-Za-z0-9_-]{1,64}$")
# What metadata may hold: True keeps a value whole, a dict names the keys that stay.
NOTEBOOK_METADATA: Json = {
    "kernelspec": {"display_name": True, "language": True, "name": True},
    "language_info": {"name": True},
}
CELL_METADATA: Json = {
    "tags": True,
    "mystnb": {
        "image": {"alt": True, "width": True, "align": True},
        "figure": {"caption": True, "name": True, "align": True},
        "code_prompt_show": True,
        "code_prompt_hide": True,
    },
}

BOOTSTRAP = """\
import importlib.util

if importlib.util.find_spec("catalogkit") is None:  # on Colab
    get_ipython().run_line_magic("pip", "install -q '{requirement}'")"""


def main(arguments: list[str] | None = None) -> int:
    """Format notebooks in place, or with --check only name those that are not; exit 1 then."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing")
    parser.add_argument("notebooks", nargs="*", type=Path, help="default: all below notebooks/")
    options = parser.parse_args(arguments)
    paths = options.notebooks or sorted((ROOT / "notebooks").rglob("*.ipynb"))
    changed = [path for path in paths if not is_formatted(path)]
    for path in changed:
        if not options.check:
            path.write_text(formatted(path.read_text(encoding="utf-8")), encoding="utf-8")
        print(f"{'would format' if options.check else 'formatted'} {path}")
    return 1 if options.check and changed else 0


def is_formatted(path: Path) -> bool:
    """Tell whether formatting a notebook would change nothing."""
    text = path.read_text(encoding="utf-8")
    return text == formatted(text)


def formatted(text: str) -> str:
    """Return a notebook's JSON, cleaned, with one-space indent and a final line break."""
    return (
        json.dumps(cleaned(json.loads(text)), indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    )


def bootstrap(repository: Json) -> str:
    """Return the cell that installs the package where it is not: from the repository, if known.

    repository: the entry of `_config.yml`, with url and branch; an empty url means the registry.
    """
    requirement = "catalogkit-book[chapters]"
    if repository.get("url"):
        requirement += f" @ git+{repository['url']}@{repository['branch']}"
    return BOOTSTRAP.format(requirement=requirement)


def cleaned(notebook: Json) -> Json:
    """Return a notebook in format 4.5 without outputs, counts and stray metadata."""
    taken: set[str] = set()
    cells = [_clean_cell(cell, i, taken) for i, cell in enumerate(notebook["cells"])]
    metadata = kept(notebook.get("metadata", {}), NOTEBOOK_METADATA)
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def kept(metadata: Json, allowed: Json) -> Json:
    """Return the part of metadata that is allowed, level by level."""
    result: Json = {}
    for key, value in metadata.items():
        rule = allowed.get(key)
        if isinstance(rule, dict) and isinstance(value, dict):
            value = kept(value, rule)
        if rule and value not in ({}, []):
            result[key] = value
    return result


def _clean_cell(cell: Json, position: int, taken: set[str]) -> Json:
    source = "".join(cell["source"]).rstrip()
    if "bootstrap" in cell.get("metadata", {}).get("tags", []):
        source = bootstrap(_repository())
    clean: Json = {
        "cell_type": cell["cell_type"],
        "id": _id(str(cell.get("id", "")), position, source, taken),
        "metadata": kept(cell.get("metadata", {}), CELL_METADATA),
        "source": source.splitlines(keepends=True),
    }
    if cell["cell_type"] == "code":
        clean |= {"execution_count": None, "outputs": []}
    return clean


def _repository() -> Json:
    settings: Json = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    return dict(settings["repository"])


def _id(given: str, position: int, source: str, taken: set[str]) -> str:
    """Keep a valid id that no earlier cell has; else derive one from position and content."""
    candidate, attempt = given, 0
    while not VALID_ID.match(candidate) or candidate in taken:
        text = f"{position}\0{source}\0{attempt}"
        candidate, attempt = hashlib.sha256(text.encode()).hexdigest()[:8], attempt + 1
    taken.add(candidate)
    return candidate


if __name__ == "__main__":
    sys.exit(main())
