"""Variants of question q4, nDCG from the definition."""


# %% wrong: two logarithms
# Discounts the list by the natural logarithm and the ideal list by that of base 2.
def ndcg(lists, grades, k):
    shown = lists[:, :k]
    gains = np.take_along_axis(grades, np.maximum(shown, 0), axis=1) * (shown >= 0)
    ideal = -np.sort(-grades, axis=1)[:, :k]
    found = (gains / np.log(np.arange(gains.shape[1]) + 2)).sum(axis=1)
    best = (ideal / np.log2(np.arange(ideal.shape[1]) + 2)).sum(axis=1)
    return np.divide(found, best, out=np.full(len(best), np.nan), where=best > 0)


# %% wrong: the ideal list has no end
# Adds up all relevant items, though a list has only k places.
def ndcg(lists, grades, k):
    shown = lists[:, :k]
    gains = np.take_along_axis(grades, np.maximum(shown, 0), axis=1) * (shown >= 0)
    ideal = -np.sort(-grades, axis=1)
    found = (gains / np.log2(np.arange(gains.shape[1]) + 2)).sum(axis=1)
    best = (ideal / np.log2(np.arange(ideal.shape[1]) + 2)).sum(axis=1)
    return np.divide(found, best, out=np.full(len(best), np.nan), where=best > 0)


# %% wrong: the ideal order of what was listed
# Sorts the grades of the list: what it missed costs nothing.
def ndcg(lists, grades, k):
    shown = lists[:, :k]
    gains = np.take_along_axis(grades, np.maximum(shown, 0), axis=1) * (shown >= 0)
    ideal = -np.sort(-gains, axis=1)
    discount = np.log2(np.arange(gains.shape[1]) + 2)
    found, best = ((table / discount).sum(axis=1) for table in (gains, ideal))
    empty = np.where((grades > 0).any(axis=1), 0.0, np.nan)
    return np.divide(found, best, out=empty, where=best > 0)


# %% wrong: the ideal list is as long as the list
# A list of two is held against the best two, though k places were asked for.
def ndcg(lists, grades, k):
    shown = lists[:, :k]
    gains = np.take_along_axis(grades, np.maximum(shown, 0), axis=1) * (shown >= 0)
    ideal = -np.sort(-grades, axis=1)[:, : shown.shape[1]]
    found, best = (
        (table / np.log2(np.arange(table.shape[1]) + 2)).sum(axis=1) for table in (gains, ideal)
    )
    return np.divide(found, best, out=np.full(len(best), np.nan), where=best > 0)


# %% wrong: places from 2
# One place too far: log2(2 + p) for places from 1.
def ndcg(lists, grades, k):
    shown = lists[:, :k]
    gains = np.take_along_axis(grades, np.maximum(shown, 0), axis=1) * (shown >= 0)
    ideal = -np.sort(-grades, axis=1)[:, :k]
    found, best = (
        (table / np.log2(np.arange(table.shape[1]) + 3)).sum(axis=1) for table in (gains, ideal)
    )
    return np.divide(found, best, out=np.full(len(best), np.nan), where=best > 0)


# %% wrong: the worst list as the ideal
# np.sort goes upwards.
def ndcg(lists, grades, k):
    shown = lists[:, :k]
    gains = np.take_along_axis(grades, np.maximum(shown, 0), axis=1) * (shown >= 0)
    ideal = np.sort(grades, axis=1)[:, :k]
    found, best = (
        (table / np.log2(np.arange(table.shape[1]) + 2)).sum(axis=1) for table in (gains, ideal)
    )
    return np.divide(found, best, out=np.full(len(best), np.nan), where=best > 0)


# %% wrong: 0 for users without relevant items
# Counts as a failure what nobody could have done.
def ndcg(lists, grades, k):
    shown = lists[:, :k]
    gains = np.take_along_axis(grades, np.maximum(shown, 0), axis=1) * (shown >= 0)
    ideal = -np.sort(-grades, axis=1)[:, :k]
    found, best = (
        (table / np.log2(np.arange(table.shape[1]) + 2)).sum(axis=1) for table in (gains, ideal)
    )
    return np.divide(found, best, out=np.zeros(len(best)), where=best > 0)


# %% wrong: nan for users without a hit
# Takes a list without hits for a user without relevant items.
def ndcg(lists, grades, k):
    shown = lists[:, :k]
    gains = np.take_along_axis(grades, np.maximum(shown, 0), axis=1) * (shown >= 0)
    ideal = -np.sort(-grades, axis=1)[:, :k]
    found, best = (
        (table / np.log2(np.arange(table.shape[1]) + 2)).sum(axis=1) for table in (gains, ideal)
    )
    return np.divide(found, best, out=np.full(len(best), np.nan), where=found > 0)


# %% wrong: users without relevant items are gone
# Leaves them out of the answer, so that users and numbers no longer agree.
def ndcg(lists, grades, k):
    some = (grades > 0).any(axis=1)
    shown, grades = lists[some, :k], grades[some]
    gains = np.take_along_axis(grades, np.maximum(shown, 0), axis=1) * (shown >= 0)
    ideal = -np.sort(-grades, axis=1)[:, :k]
    found, best = (
        (table / np.log2(np.arange(table.shape[1]) + 2)).sum(axis=1) for table in (gains, ideal)
    )
    return found / best


# %% wrong: -1 is the last item
# NumPy counts -1 from the end, so the padding hits.
def ndcg(lists, grades, k):
    gains = np.take_along_axis(grades, lists[:, :k], axis=1)
    ideal = -np.sort(-grades, axis=1)[:, :k]
    found, best = (
        (table / np.log2(np.arange(table.shape[1]) + 2)).sum(axis=1) for table in (gains, ideal)
    )
    return np.divide(found, best, out=np.full(len(best), np.nan), where=best > 0)


# %% wrong: exponential gains
# 2 to the grade, minus 1: the other definition, the same only for 0 and 1.
def ndcg(lists, grades, k):
    shown, gain = lists[:, :k], 2.0**grades - 1
    gains = np.take_along_axis(gain, np.maximum(shown, 0), axis=1) * (shown >= 0)
    ideal = -np.sort(-gain, axis=1)[:, :k]
    found, best = (
        (table / np.log2(np.arange(table.shape[1]) + 2)).sum(axis=1) for table in (gains, ideal)
    )
    return np.divide(found, best, out=np.full(len(best), np.nan), where=best > 0)


# %% wrong: sum over sum
# Divides everybody's DCG by the mean ideal: a ratio of means, not each user's own.
def ndcg(lists, grades, k):
    shown = lists[:, :k]
    gains = np.take_along_axis(grades, np.maximum(shown, 0), axis=1) * (shown >= 0)
    ideal = -np.sort(-grades, axis=1)[:, :k]
    found, best = (
        (table / np.log2(np.arange(table.shape[1]) + 2)).sum(axis=1) for table in (gains, ideal)
    )
    return np.where(best > 0, found / best[best > 0].mean(), np.nan)


# %% wrong: writes into the grades
# Sorts the caller's table to find the ideal list.
def ndcg(lists, grades, k):
    shown = lists[:, :k]
    gains = np.take_along_axis(grades, np.maximum(shown, 0), axis=1) * (shown >= 0)
    grades.sort(axis=1)
    ideal = grades[:, ::-1][:, :k]
    found, best = (
        (table / np.log2(np.arange(table.shape[1]) + 2)).sum(axis=1) for table in (gains, ideal)
    )
    return np.divide(found, best, out=np.full(len(best), np.nan), where=best > 0)


# %% wrong: the example's answer
# Written for the data that can be seen.
def ndcg(lists, grades, k):
    some = (grades > 0).any(axis=1)
    first = 1 / np.log2(3) / (1 + 1 / np.log2(3))
    return np.where(some, np.where(np.arange(len(lists)) == 0, first, 1), np.nan)


# %% right: a loop over users
# Plain Python, place by place.
def ndcg(lists, grades, k):
    values = []
    for shown, grade in zip(lists.tolist(), grades.tolist(), strict=True):
        ideal = sorted(grade, reverse=True)[:k]
        best = sum(g / np.log2(p + 1) for p, g in enumerate(ideal, 1))
        hits = [(p, grade[item]) for p, item in enumerate(shown[:k], 1) if item != -1]
        found = sum(g / np.log2(p + 1) for p, g in hits)
        values.append(found / best if best else np.nan)
    return np.array(values)


# %% right: the natural logarithm on both sides
# The base of the logarithm is a factor above and below, and goes.
def ndcg(lists, grades, k):
    discount = 1 / np.log1p(np.arange(1, 1 + max(k, lists.shape[1], grades.shape[1])))
    discount[k:] = 0
    padded = np.column_stack([grades, np.zeros(len(grades))])
    gains = np.take_along_axis(padded, lists, axis=1)
    found = gains @ discount[: gains.shape[1]]
    best = np.sort(grades, axis=1)[:, ::-1] @ discount[: grades.shape[1]]
    return found / np.where(best > 0, best, np.nan)


# %% right: another library
# The book's own metric, for lists filled up to k places.
def ndcg(lists, grades, k):
    from catalogkit.evaluation import judge
    from catalogkit.ranking import Ranking

    missing = np.full((len(lists), max(0, k - lists.shape[1])), -1)
    full = np.hstack([lists, missing])
    scores = np.where(full < 0, -np.inf, -np.arange(full.shape[1], dtype=float))
    return judge(Ranking(full, scores), sparse.csr_array(grades)).ndcg(k)
