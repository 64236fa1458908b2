"""The tree of categories: what it is, how it changes, how it is read and how good it is.

Nothing is imported here, so that a chapter pays only for the modules it names.
"""
