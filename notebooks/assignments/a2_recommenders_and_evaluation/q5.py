"""Variants of question q5, a paired bootstrap interval."""


# %% wrong: draws for each recommender apart
# Two samples of households: the interval holds what households differ in.
def paired_interval(a, b, draws=2000, seed=0, level=0.95):
    some = ~(np.isnan(a) | np.isnan(b))
    a, b, n = a[some], b[some], some.sum()
    rng = np.random.default_rng(seed)
    means = a[rng.integers(n, size=(draws, n))].mean(axis=1)
    means = means - b[rng.integers(n, size=(draws, n))].mean(axis=1)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return (a - b).mean(), low, high


# %% wrong: relative differences
# A mean of ratios: households with small numbers decide.
def paired_interval(a, b, draws=2000, seed=0, level=0.95):
    difference = (a - b) / b
    difference = difference[np.isfinite(difference)]
    n = len(difference)
    drawn = np.random.default_rng(seed).integers(n, size=(draws, n))
    means = difference[drawn].mean(axis=1)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return difference.mean(), low, high


# %% wrong: percentiles of the households
# Where 95 % of the differences lie, not where the mean does.
def paired_interval(a, b, draws=2000, seed=0, level=0.95):
    difference = a - b
    difference = difference[~np.isnan(difference)]
    drawn = np.random.default_rng(seed).choice(difference, draws)
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    return difference.mean(), low, high


# %% wrong: the whole miss at either end
# Leaves out 5 % below and 5 % above: a 90 % interval.
def paired_interval(a, b, draws=2000, seed=0, level=0.95):
    difference = a - b
    difference = difference[~np.isnan(difference)]
    n = len(difference)
    drawn = np.random.default_rng(seed).integers(n, size=(draws, n))
    means = difference[drawn].mean(axis=1)
    low, high = np.quantile(means, [1 - level, level])
    return difference.mean(), low, high


# %% wrong: without replacement
# Shuffles: every draw holds every household, and all means are equal.
def paired_interval(a, b, draws=2000, seed=0, level=0.95):
    difference = a - b
    difference = difference[~np.isnan(difference)]
    rng = np.random.default_rng(seed)
    means = [rng.permutation(difference).mean() for _ in range(draws)]
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return difference.mean(), low, high


# %% wrong: nan left out of each side apart
# The means are then of different households.
def paired_interval(a, b, draws=2000, seed=0, level=0.95):
    n = len(a)
    drawn = np.random.default_rng(seed).integers(n, size=(draws, n))
    means = np.nanmean(a[drawn], axis=1) - np.nanmean(b[drawn], axis=1)
    low, high = np.nanquantile(means, [(1 - level) / 2, (1 + level) / 2])
    return np.nanmean(a) - np.nanmean(b), low, high


# %% wrong: nan is 0
# A household that bought nothing new counts as one that was served badly.
def paired_interval(a, b, draws=2000, seed=0, level=0.95):
    difference = np.nan_to_num(a) - np.nan_to_num(b)
    n = len(difference)
    drawn = np.random.default_rng(seed).integers(n, size=(draws, n))
    means = difference[drawn].mean(axis=1)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return difference.mean(), low, high


# %% wrong: one seed for all
# Ignores the seed that it is given.
def paired_interval(a, b, draws=2000, seed=0, level=0.95):
    difference = a - b
    difference = difference[~np.isnan(difference)]
    n = len(difference)
    drawn = np.random.default_rng(0).integers(n, size=(draws, n))
    means = difference[drawn].mean(axis=1)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return difference.mean(), low, high


# %% wrong: seeds the global state
# Changes what everybody else draws.
def paired_interval(a, b, draws=2000, seed=0, level=0.95):
    np.random.seed(seed)
    difference = a - b
    difference = difference[~np.isnan(difference)]
    n = len(difference)
    means = difference[np.random.randint(n, size=(draws, n))].mean(axis=1)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return difference.mean(), low, high


# %% wrong: a normal interval
# Mean and standard error: nothing is drawn.
def paired_interval(a, b, draws=2000, seed=0, level=0.95):
    from scipy.stats import norm

    difference = a - b
    difference = difference[~np.isnan(difference)]
    error = difference.std() / np.sqrt(len(difference))
    mean, z = difference.mean(), norm.ppf((1 + level) / 2)
    return mean, mean - z * error, mean + z * error


# %% wrong: mirrored at the mean
# The basic bootstrap, which turns the percentiles round.
def paired_interval(a, b, draws=2000, seed=0, level=0.95):
    difference = a - b
    difference = difference[~np.isnan(difference)]
    n, mean = len(difference), difference.mean()
    drawn = np.random.default_rng(seed).integers(n, size=(draws, n))
    means = difference[drawn].mean(axis=1)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return mean, 2 * mean - high, 2 * mean - low


# %% wrong: sorts the numbers first
# Breaks the pairs: the best household of one meets the best of the other.
def paired_interval(a, b, draws=2000, seed=0, level=0.95):
    some = ~(np.isnan(a) | np.isnan(b))
    difference = np.sort(a[some]) - np.sort(b[some])
    n = len(difference)
    drawn = np.random.default_rng(seed).integers(n, size=(draws, n))
    means = difference[drawn].mean(axis=1)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return difference.mean(), low, high


# %% wrong: subtracts in place
# Leaves the differences in the caller's array.
def paired_interval(a, b, draws=2000, seed=0, level=0.95):
    a -= b
    difference = a[~np.isnan(a)]
    n = len(difference)
    drawn = np.random.default_rng(seed).integers(n, size=(draws, n))
    means = difference[drawn].mean(axis=1)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return difference.mean(), low, high


# %% wrong: the example's answer
# Written for the data that can be seen.
def paired_interval(a, b, draws=2000, seed=0, level=0.95):
    mean = np.nanmean(a - b)
    width = 0 if len(a) == 3 else 0.1
    return mean, mean - width, mean + width


# %% right: a loop over draws
# One sample of households at a time.
def paired_interval(a, b, draws=2000, seed=0, level=0.95):
    pairs = [(x, y) for x, y in zip(a, b, strict=True) if not (np.isnan(x) or np.isnan(y))]
    difference = np.array([x - y for x, y in pairs])
    rng = np.random.default_rng(seed)
    means = [rng.choice(difference, len(difference)).mean() for _ in range(draws)]
    tail = 50 * (1 - level)
    return difference.mean(), np.percentile(means, tail), np.percentile(means, 100 - tail)


# %% right: how often each household is drawn
# Multinomial counts in place of positions.
def paired_interval(a, b, draws=2000, seed=0, level=0.95):
    difference = (a - b)[np.isfinite(a - b)]
    n = len(difference)
    counts = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=draws)
    means = counts @ difference / n
    low, high = np.quantile(means, [0.5 - level / 2, 0.5 + level / 2])
    return float(difference.mean()), float(low), float(high)


# %% right: another library
# SciPy's bootstrap, told to be the percentile one.
def paired_interval(a, b, draws=2000, seed=0, level=0.95):
    from scipy.stats import bootstrap

    difference = a - b
    difference = difference[~np.isnan(difference)]
    rng = np.random.default_rng(seed)
    how = {"n_resamples": draws, "confidence_level": level, "method": "percentile"}
    found = bootstrap((difference,), np.mean, random_state=rng, **how).confidence_interval
    return difference.mean(), found.low, found.high
