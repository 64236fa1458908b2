"""Describe a pair of a user and an item by what is known of both, for a learner over candidates.

Each is a `Feature` for `Blend` and `gather`: made once from a catalog, a log or a table, then
called with pairs. What is not known is missing (NaN) for numbers and 0 for codes. To encode codes
use scikit-learn's OneHotEncoder, or its TargetEncoder, which fits across folds; to shorten vectors
of texts, TruncatedSVD. Nothing is imported here.
"""
