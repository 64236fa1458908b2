"""Measure speed side by side and write the card that the timings page shows.

python -m book.tools.bench [encoding metrics training induction annotation privacy recommenders
                            reranking search]
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from typing import Any

from book.tools.chapters import PUBLISHED
from book.tools.run_chapter import put, surroundings

CARD = PUBLISHED / "bench.json"
WHERE = ("versions", "commit", "machine")
BENCHMARKS = (
    "encoding",
    "metrics",
    "training",
    "induction",
    "annotation",
    "privacy",
    "recommenders",
    "reranking",
    "search",
    "service",
)


def main(names: list[str]) -> None:
    """Run the named benchmarks, or all; keep the card's other rows as they were."""
    card: dict[str, Any] = json.loads(CARD.read_text(encoding="utf-8")) if CARD.exists() else {}
    measured = card.get("measured", {})
    for name in names or BENCHMARKS:
        print(f"measuring {name} …", flush=True)
        measured[name] = import_module(f"book.tools.bench.{name}").measure()
        print(json.dumps(measured[name], indent=1))
    where = {key: value for key, value in surroundings().items() if key in WHERE}
    put(CARD, json.dumps({"measured": measured} | where, indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
