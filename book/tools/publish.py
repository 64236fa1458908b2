"""Commit to what the latest run measured: copy its result cards to book/results.

python -m book.tools.publish
"""

from __future__ import annotations

import json

from book.tools.chapters import PUBLISHED, discover
from book.tools.run_chapter import put


def main() -> None:
    """Write a published card for every chapter; leave out what only this checkout knows."""
    names = set()
    for chapter in discover():
        card = json.loads(chapter.card.read_text(encoding="utf-8"))
        for key in ("source_mtime", "exercises"):
            card.pop(key)
        put(chapter.published, json.dumps(card, indent=1, ensure_ascii=False) + "\n")
        names.add(chapter.published)
    for path in PUBLISHED.glob("*/*.json"):
        if path not in names:
            path.unlink()
    print(f"{len(names)} cards published in {PUBLISHED.name}/: look at the diff before committing")


if __name__ == "__main__":
    main()
