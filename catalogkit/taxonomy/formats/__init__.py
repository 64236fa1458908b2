"""Read and write a tree in the formats that shops, libraries and people use."""

from catalogkit.taxonomy.formats.files import FORMATS, Format, kind_of, read_tree, write_tree
from catalogkit.taxonomy.formats.reading import BrokenFile

__all__ = ["FORMATS", "BrokenFile", "Format", "kind_of", "read_tree", "write_tree"]
