"""What can be wrong with data: one error and one warning, each saying what to do."""


class DataError(ValueError):
    """Data that cannot be used; the message names file or table, column, rows and remedy."""


class DataWarning(UserWarning):
    """Data that can be used but will probably surprise."""
