"""Variants of question q2, a split for what is new."""


# %% wrong: draws rows
# The usual random split: most types stand on both sides.
def unseen_type_split(types, share, seed):
    import numpy as np

    order = np.random.default_rng(seed).permutation(len(types))
    number = max(1, round(share * len(set(types))))
    return np.sort(order[number:]), np.sort(order[:number])


# %% wrong: a share of the rows
# Adds types until the share of the *rows* is reached: one large type fills the test.
def unseen_type_split(types, share, seed):
    import numpy as np

    names, code, size = np.unique(np.asarray(types), return_inverse=True, return_counts=True)
    order = np.random.default_rng(seed).permutation(len(names))
    number = max(1, int(np.searchsorted(np.cumsum(size[order]), share * len(code))))
    tested = np.isin(code, order[:number])
    return np.flatnonzero(~tested), np.flatnonzero(tested)


# %% wrong: rounds down
# Takes `int` for `round`: 3.5 types become three.
def unseen_type_split(types, share, seed):
    import numpy as np

    names, code = np.unique(np.asarray(types), return_inverse=True)
    order = np.random.default_rng(seed).permutation(len(names))
    tested = np.isin(code, order[: max(1, int(share * len(names)))])
    return np.flatnonzero(~tested), np.flatnonzero(tested)


# %% wrong: rounds up
# Takes the ceiling, as scikit-learn does with a share: 2.5 types become three.
def unseen_type_split(types, share, seed):
    import numpy as np
    from sklearn.model_selection import GroupShuffleSplit

    splitter = GroupShuffleSplit(n_splits=1, test_size=share, random_state=seed)
    codes = np.unique(np.asarray(types), return_inverse=True)[1]
    train, test = next(splitter.split(codes, groups=codes))
    return np.sort(train), np.sort(test)


# %% wrong: no least number
# A small share of few types tests nothing at all.
def unseen_type_split(types, share, seed):
    import numpy as np

    names, code = np.unique(np.asarray(types), return_inverse=True)
    order = np.random.default_rng(seed).permutation(len(names))
    tested = np.isin(code, order[: round(share * len(names))])
    return np.flatnonzero(~tested), np.flatnonzero(tested)


# %% wrong: a fixed seed
# Reproducible, and always the same split: the seed is not used.
def unseen_type_split(types, share, seed):
    import numpy as np

    names, code = np.unique(np.asarray(types), return_inverse=True)
    order = np.random.default_rng(42).permutation(len(names))
    tested = np.isin(code, order[: max(1, round(share * len(names)))])
    return np.flatnonzero(~tested), np.flatnonzero(tested)


# %% wrong: no seed
# Takes a new draw at every call: nobody can repeat the experiment.
def unseen_type_split(types, share, seed):
    import numpy as np

    names, code = np.unique(np.asarray(types), return_inverse=True)
    order = np.random.default_rng().permutation(len(names))
    tested = np.isin(code, order[: max(1, round(share * len(names)))])
    return np.flatnonzero(~tested), np.flatnonzero(tested)


# %% wrong: sows the global seed
# Sets NumPy's global seed: everything random after this call is no longer random.
def unseen_type_split(types, share, seed):
    import numpy as np

    np.random.seed(seed)  # noqa: NPY002
    names, code = np.unique(np.asarray(types), return_inverse=True)
    order = np.random.permutation(len(names))  # noqa: NPY002
    tested = np.isin(code, order[: max(1, round(share * len(names)))])
    return np.flatnonzero(~tested), np.flatnonzero(tested)


# %% wrong: types in the order of their rows
# Numbers the types as they come: sort the catalog anew, and other types are tested.
def unseen_type_split(types, share, seed):
    import numpy as np
    import pandas as pd

    code, names = pd.factorize(np.asarray(types, dtype=object))
    order = np.random.default_rng(seed).permutation(len(names))
    tested = np.isin(code, order[: max(1, round(share * len(names)))])
    return np.flatnonzero(~tested), np.flatnonzero(tested)


# %% wrong: the last type is never tested
# Off by one in the upper bound of the draw.
def unseen_type_split(types, share, seed):
    import numpy as np

    names, code = np.unique(np.asarray(types), return_inverse=True)
    number = max(1, round(share * len(names)))
    drawn = np.random.default_rng(seed).choice(len(names) - 1, size=number, replace=False)
    tested = np.isin(code, drawn)
    return np.flatnonzero(~tested), np.flatnonzero(tested)


# %% wrong: draws with replacement
# The same type may be drawn twice, and then too few are tested.
def unseen_type_split(types, share, seed):
    import numpy as np

    names, code = np.unique(np.asarray(types), return_inverse=True)
    number = max(1, round(share * len(names)))
    tested = np.isin(code, np.random.default_rng(seed).integers(len(names), size=number))
    return np.flatnonzero(~tested), np.flatnonzero(tested)


# %% wrong: labels of the index
# Returns what pandas calls the rows, not where they stand.
def unseen_type_split(types, share, seed):
    import numpy as np
    import pandas as pd

    types = pd.Series(types)
    names = np.unique(types.to_numpy())
    order = np.random.default_rng(seed).permutation(names)
    tested = types.isin(order[: max(1, round(share * len(names)))])
    return types.index[~tested].to_numpy(), types.index[tested].to_numpy()


# %% wrong: test before train
# The right sides in the wrong order.
def unseen_type_split(types, share, seed):
    import numpy as np

    names, code = np.unique(np.asarray(types), return_inverse=True)
    order = np.random.default_rng(seed).permutation(len(names))
    tested = np.isin(code, order[: max(1, round(share * len(names)))])
    return np.flatnonzero(tested), np.flatnonzero(~tested)


# %% right: scikit-learn with a number
# GroupShuffleSplit rounds a share up, but takes a whole number of groups as it is.
def unseen_type_split(types, share, seed):
    import numpy as np
    from sklearn.model_selection import GroupShuffleSplit

    codes = np.unique(np.asarray(types), return_inverse=True)[1]
    number = max(1, round(share * len(set(codes))))
    splitter = GroupShuffleSplit(n_splits=1, test_size=number, random_state=seed)
    train, test = next(splitter.split(codes, groups=codes))
    return np.sort(train), np.sort(test)


# %% right: a loop over rows
# Python's own generator draws from the sorted types; a list for each side.
def unseen_type_split(types, share, seed):
    import random

    import numpy as np

    names = sorted(set(types))
    drawn = set(random.Random(seed).sample(names, max(1, round(share * len(names)))))  # noqa: S311
    sides = {False: [], True: []}
    for row, name in enumerate(types):
        sides[name in drawn].append(row)
    return np.array(sides[False]), np.array(sides[True])


# %% right: pandas
# A Series of the distinct types, sampled.
def unseen_type_split(types, share, seed):
    import numpy as np
    import pandas as pd

    rows = pd.Series(np.asarray(types))
    names = rows.drop_duplicates().sort_values()
    tested = rows.isin(names.sample(max(1, round(share * len(names))), random_state=seed))
    return np.flatnonzero(~tested), np.flatnonzero(tested)
