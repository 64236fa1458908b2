"""Language models for a shop's catalog, search and recommendations, with the evidence."""

__version__ = "0.1.0"
