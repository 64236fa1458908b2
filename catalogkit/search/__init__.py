"""Search a catalog: by words, by vectors, and by both.

Nothing is imported here, so that a chapter pays only for the modules it names.
"""
