"""Records, where the data come from, one module a data set, and honest splits.

Nothing is imported here, so that a chapter pays only for the modules it names.
"""
