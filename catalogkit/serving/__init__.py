"""Serve annotation, search and recommendation over HTTP, with the events that come in.

Nothing is imported here, so that the command line pays only for the modules it names.
"""
