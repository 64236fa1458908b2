"""Recommend products: every model learns from the same interactions and returns a Ranking.

Nothing is imported here, so that a chapter pays only for the modules it names.
"""
