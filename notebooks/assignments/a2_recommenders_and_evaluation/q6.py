"""Variants of question q6, a list across departments."""


# %% wrong: purchases inside the department count
# Then the list says what goes with shampoo, not what goes with food.
def cross_category_list(history, similarity, departments, target, buyers, n):
    inside = departments == target
    score = similarity[history > 0].sum(axis=0)
    candidates = np.flatnonzero(inside & (history == 0))
    order = np.lexsort((candidates, -buyers[candidates], -score[candidates]))
    best = candidates[order][:n]
    return np.concatenate([best, np.full(n - len(best), -1)])


# %% wrong: recommends what the household has
# Forgets to leave out what was bought.
def cross_category_list(history, similarity, departments, target, buyers, n):
    inside = departments == target
    score = similarity[(history > 0) & ~inside].sum(axis=0)
    candidates = np.flatnonzero(inside)
    order = np.lexsort((candidates, -buyers[candidates], -score[candidates]))
    best = candidates[order][:n]
    return np.concatenate([best, np.full(n - len(best), -1)])


# %% wrong: columns for rows
# Asks whose neighbors the bought items are, not who the neighbors of the bought items are.
def cross_category_list(history, similarity, departments, target, buyers, n):
    inside = departments == target
    score = similarity[:, (history > 0) & ~inside].sum(axis=1)
    candidates = np.flatnonzero(inside & (history == 0))
    order = np.lexsort((candidates, -buyers[candidates], -score[candidates]))
    best = candidates[order][:n]
    return np.concatenate([best, np.full(n - len(best), -1)])


# %% wrong: weighs by how often
# What is bought nine times counts nine times.
def cross_category_list(history, similarity, departments, target, buyers, n):
    inside = departments == target
    score = (history * ~inside) @ similarity
    candidates = np.flatnonzero(inside & (history == 0))
    order = np.lexsort((candidates, -buyers[candidates], -score[candidates]))
    best = candidates[order][:n]
    return np.concatenate([best, np.full(n - len(best), -1)])


# %% wrong: places among the candidates
# Returns positions in the list of candidates in place of items.
def cross_category_list(history, similarity, departments, target, buyers, n):
    inside = departments == target
    score = similarity[(history > 0) & ~inside].sum(axis=0)
    candidates = np.flatnonzero(inside & (history == 0))
    order = np.lexsort((candidates, -buyers[candidates], -score[candidates]))
    best = order[:n]
    return np.concatenate([best, np.full(n - len(best), -1)])


# %% wrong: an item twice
# Fills up with the popular ones without looking at what is listed.
def cross_category_list(history, similarity, departments, target, buyers, n):
    inside = departments == target
    score = similarity[(history > 0) & ~inside].sum(axis=0)
    candidates = np.flatnonzero(inside & (history == 0))
    order = np.lexsort((candidates, -buyers[candidates], -score[candidates]))
    best = [item for item in candidates[order] if score[item] > 0]
    popular = candidates[np.lexsort((candidates, -buyers[candidates]))]
    filled = [*best, *popular, *[-1] * n]
    return np.array(filled[:n])


# %% wrong: nothing without a score
# Leaves places empty that popularity should fill.
def cross_category_list(history, similarity, departments, target, buyers, n):
    inside = departments == target
    score = similarity[(history > 0) & ~inside].sum(axis=0)
    candidates = np.flatnonzero(inside & (history == 0) & (score > 0))
    order = np.lexsort((candidates, -buyers[candidates], -score[candidates]))
    best = candidates[order][:n]
    return np.concatenate([best, np.full(n - len(best), -1)])


# %% wrong: a short list is short
# Forgets the -1: the answer has as many places as there are candidates.
def cross_category_list(history, similarity, departments, target, buyers, n):
    inside = departments == target
    score = similarity[(history > 0) & ~inside].sum(axis=0)
    candidates = np.flatnonzero(inside & (history == 0))
    order = np.lexsort((candidates, -buyers[candidates], -score[candidates]))
    return candidates[order][:n]


# %% wrong: ties by the index alone
# Of equal scores the first in the catalog, popularity or not.
def cross_category_list(history, similarity, departments, target, buyers, n):
    inside = departments == target
    score = similarity[(history > 0) & ~inside].sum(axis=0)
    candidates = np.flatnonzero(inside & (history == 0))
    best = candidates[np.argsort(-score[candidates], kind="stable")][:n]
    return np.concatenate([best, np.full(n - len(best), -1)])


# %% wrong: the larger index first
# Turns an ascending order round, and the ties with it.
def cross_category_list(history, similarity, departments, target, buyers, n):
    inside = departments == target
    score = similarity[(history > 0) & ~inside].sum(axis=0)
    candidates = np.flatnonzero(inside & (history == 0))
    order = np.lexsort((buyers[candidates], score[candidates]))[::-1]
    best = candidates[order][:n]
    return np.concatenate([best, np.full(n - len(best), -1)])


# %% wrong: the nearest one decides
# The largest similarity in place of the sum.
def cross_category_list(history, similarity, departments, target, buyers, n):
    inside = departments == target
    score = similarity[(history > 0) & ~inside].max(axis=0, initial=0)
    candidates = np.flatnonzero(inside & (history == 0))
    order = np.lexsort((candidates, -buyers[candidates], -score[candidates]))
    best = candidates[order][:n]
    return np.concatenate([best, np.full(n - len(best), -1)])


# %% wrong: cuts before it filters
# Takes the best n of the catalog and then throws out other departments.
def cross_category_list(history, similarity, departments, target, buyers, n):
    inside = departments == target
    score = similarity[(history > 0) & ~inside].sum(axis=0)
    order = np.lexsort((np.arange(len(score)), -buyers, -score))[:n]
    best = order[(inside & (history == 0))[order]]
    return np.concatenate([best, np.full(n - len(best), -1)])


# %% wrong: empties the history
# Strikes the department out of the caller's history.
def cross_category_list(history, similarity, departments, target, buyers, n):
    inside = departments == target
    candidates = np.flatnonzero(inside & (history == 0))
    history[inside] = 0
    score = similarity[history > 0].sum(axis=0)
    order = np.lexsort((candidates, -buyers[candidates], -score[candidates]))
    best = candidates[order][:n]
    return np.concatenate([best, np.full(n - len(best), -1)])


# %% wrong: the example's answer
# Written for the data that can be seen.
def cross_category_list(history, similarity, departments, target, buyers, n):
    free = np.flatnonzero((departments == target) & (history == 0))
    return np.concatenate([free, np.full(n, -1)])[:n]


# %% right: sorted with a key
# Plain Python: a score for each candidate, then one sort.
def cross_category_list(history, similarity, departments, target, buyers, n):
    bought = [i for i in range(len(history)) if history[i] and departments[i] != target]
    free = [j for j in range(len(history)) if departments[j] == target and not history[j]]
    score = {j: sum(similarity[i, j] for i in bought) for j in free}
    best = sorted(free, key=lambda j: (-score[j], -buyers[j], j))
    return [*best, *[-1] * n][:n]


# %% right: a table
# pandas sorts by three columns.
def cross_category_list(history, similarity, departments, target, buyers, n):
    table = pd.DataFrame({"history": history, "department": departments, "buyers": buyers})
    elsewhere = (table.history > 0) & (table.department != target)
    table["score"] = similarity.T @ elsewhere.to_numpy().astype(float)
    free = table[(table.department == target) & (table.history == 0)]
    best = free.rename_axis("item").sort_values(["score", "buyers", "item"], ascending=[0, 0, 1])
    return np.pad(best.index.to_numpy()[:n], (0, max(0, n - len(best))), constant_values=-1)


# %% right: one number for each item
# Everything closed gets minus infinity; two stable sorts, the lesser key first.
def cross_category_list(history, similarity, departments, target, buyers, n):
    closed = (departments != target) | (history > 0)
    owns = ((history > 0) & (departments != target)).astype(float)
    score = np.where(closed, -np.inf, owns @ similarity)
    popular = np.argsort(-buyers, kind="stable")
    order = popular[np.argsort(-score[popular], kind="stable")]
    places = np.full(max(n, len(order)), -1)
    places[: len(order)] = np.where(closed[order], -1, order)
    return places[:n]
