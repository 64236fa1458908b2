"""Where data and models come from: cache, installed package, package client, upstream.

Third-party files are never part of this project. A source names the package that carries them and
the sha256 of every file, so that what is read is what the chapters were written with.
"""

from catalogkit.datasets.sources.fetching import describe, fetch, verify
from catalogkit.datasets.sources.registry import SOURCES
from catalogkit.datasets.sources.source import Source, SourceUnavailable, home

__all__ = ["SOURCES", "Source", "SourceUnavailable", "describe", "fetch", "home", "verify"]
