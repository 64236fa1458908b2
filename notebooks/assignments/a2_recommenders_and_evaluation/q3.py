"""Variants of question q3, cosines of items with their k nearest others."""


# %% wrong: an item is its own neighbor
# Forgets the diagonal: nearest to everything is the thing itself.
def item_neighbours(bought, k):
    owns = (bought > 0).astype(float)
    together = (owns.T @ owns).toarray()
    buyers = together.diagonal()
    cosine = together / np.sqrt(np.maximum(np.outer(buyers, buyers), 1))
    kept = np.zeros_like(cosine)
    rows, nearest = np.arange(len(cosine))[:, None], np.argsort(-cosine, 1, kind="stable")[:, :k]
    kept[rows, nearest] = cosine[rows, nearest]
    return sparse.csr_array(kept)


# %% wrong: the item counts among the k
# Takes the diagonal out after the choice: k - 1 neighbors are left.
def item_neighbours(bought, k):
    owns = (bought > 0).astype(float)
    together = (owns.T @ owns).toarray()
    buyers = together.diagonal()
    cosine = together / np.sqrt(np.maximum(np.outer(buyers, buyers), 1))
    np.fill_diagonal(cosine, 2)
    kept = np.zeros_like(cosine)
    rows, nearest = np.arange(len(cosine))[:, None], np.argsort(-cosine, 1, kind="stable")[:, :k]
    kept[rows, nearest] = cosine[rows, nearest]
    np.fill_diagonal(kept, 0)
    return sparse.csr_array(kept)


# %% wrong: drops the first of the sorted for the item itself
# With a tie at 1 the first is another item with the same buyers.
def item_neighbours(bought, k):
    owns = (bought > 0).astype(float)
    together = (owns.T @ owns).toarray()
    buyers = together.diagonal()
    cosine = together / np.sqrt(np.maximum(np.outer(buyers, buyers), 1))
    nearest = np.argsort(-cosine, axis=1, kind="stable")[:, 1 : k + 1]
    kept = np.zeros_like(cosine)
    rows = np.arange(len(cosine))[:, None]
    kept[rows, nearest] = cosine[rows, nearest]
    return sparse.csr_array(kept)


# %% wrong: cosines of counts
# Who buys milk fifty times weighs fifty times.
def item_neighbours(bought, k):
    together = (bought.T @ bought).toarray().astype(float)
    length = np.sqrt(together.diagonal())
    cosine = together / np.maximum(np.outer(length, length), 1e-9)
    np.fill_diagonal(cosine, 0)
    nearest = np.argsort(-cosine, axis=1, kind="stable")[:, :k]
    kept = np.zeros_like(cosine)
    rows = np.arange(len(cosine))[:, None]
    kept[rows, nearest] = cosine[rows, nearest]
    return sparse.csr_array(kept)


# %% wrong: counts in common
# Forgets to divide: everything is near to bananas.
def item_neighbours(bought, k):
    owns = (bought > 0).astype(float)
    cosine = (owns.T @ owns).toarray()
    np.fill_diagonal(cosine, 0)
    nearest = np.argsort(-cosine, axis=1, kind="stable")[:, :k]
    kept = np.zeros_like(cosine)
    rows = np.arange(len(cosine))[:, None]
    kept[rows, nearest] = cosine[rows, nearest]
    return sparse.csr_array(kept)


# %% wrong: neighbors of users
# Multiplies the wrong way round.
def item_neighbours(bought, k):
    owns = (bought > 0).astype(float).T
    together = (owns.T @ owns).toarray()
    buyers = together.diagonal()
    cosine = together / np.sqrt(np.maximum(np.outer(buyers, buyers), 1))
    np.fill_diagonal(cosine, 0)
    nearest = np.argsort(-cosine, axis=1, kind="stable")[:, :k]
    kept = np.zeros_like(cosine)
    rows = np.arange(len(cosine))[:, None]
    kept[rows, nearest] = cosine[rows, nearest]
    return sparse.csr_array(kept)


# %% wrong: sorted upwards
# The end of an ascending order: of equally near items the last comes first.
def item_neighbours(bought, k):
    owns = (bought > 0).astype(float)
    together = (owns.T @ owns).toarray()
    buyers = together.diagonal()
    cosine = together / np.sqrt(np.maximum(np.outer(buyers, buyers), 1))
    np.fill_diagonal(cosine, 0)
    nearest = np.argsort(cosine, axis=1, kind="stable")[:, ::-1][:, :k]
    kept = np.zeros_like(cosine)
    rows = np.arange(len(cosine))[:, None]
    kept[rows, nearest] = cosine[rows, nearest]
    return sparse.csr_array(kept)


# %% wrong: ties as the partition leaves them
# argpartition finds the k largest, in no order and with any of the equal ones.
def item_neighbours(bought, k):
    owns = (bought > 0).astype(float)
    together = (owns.T @ owns).toarray()
    buyers = together.diagonal()
    cosine = together / np.sqrt(np.maximum(np.outer(buyers, buyers), 1))
    np.fill_diagonal(cosine, 0)
    k = min(k, len(cosine) - 1)
    nearest = np.argpartition(-cosine, k, axis=1)[:, :k]
    kept = np.zeros_like(cosine)
    rows = np.arange(len(cosine))[:, None]
    kept[rows, nearest] = cosine[rows, nearest]
    return sparse.csr_array(kept)


# %% wrong: one more
# Counts the neighbors from 0 to k.
def item_neighbours(bought, k):
    owns = (bought > 0).astype(float)
    together = (owns.T @ owns).toarray()
    buyers = together.diagonal()
    cosine = together / np.sqrt(np.maximum(np.outer(buyers, buyers), 1))
    np.fill_diagonal(cosine, 0)
    nearest = np.argsort(-cosine, axis=1, kind="stable")[:, : k + 1]
    kept = np.zeros_like(cosine)
    rows = np.arange(len(cosine))[:, None]
    kept[rows, nearest] = cosine[rows, nearest]
    return sparse.csr_array(kept)


# %% wrong: divides by zero
# An item without buyers has a row of nan.
def item_neighbours(bought, k):
    owns = (bought > 0).astype(float)
    together = (owns.T @ owns).toarray()
    buyers = together.diagonal()
    cosine = together / np.sqrt(np.outer(buyers, buyers))
    np.fill_diagonal(cosine, 0)
    nearest = np.argsort(-cosine, axis=1, kind="stable")[:, :k]
    kept = np.zeros_like(cosine)
    rows = np.arange(len(cosine))[:, None]
    kept[rows, nearest] = cosine[rows, nearest]
    return sparse.csr_array(kept)


# %% wrong: writes ones into the histories
# Makes counts binary in the matrix of the caller.
def item_neighbours(bought, k):
    bought.data[:] = 1
    together = (bought.T @ bought).toarray().astype(float)
    buyers = together.diagonal()
    cosine = together / np.sqrt(np.maximum(np.outer(buyers, buyers), 1))
    np.fill_diagonal(cosine, 0)
    nearest = np.argsort(-cosine, axis=1, kind="stable")[:, :k]
    kept = np.zeros_like(cosine)
    rows = np.arange(len(cosine))[:, None]
    kept[rows, nearest] = cosine[rows, nearest]
    return sparse.csr_array(kept)


# %% wrong: the example's answer
# Written for the data that can be seen.
def item_neighbours(bought, k):
    items = bought.shape[1]
    kept = np.zeros((items, items))
    if items == 3:
        kept[[0, 1, 2], [2, 2, 0]] = [0.866, 0.577, 0.866]
    return sparse.csr_array(kept)


# %% right: sets of users
# Plain Python: a loop over pairs of items and a sort with a key.
def item_neighbours(bought, k):
    users = [set() for _ in range(bought.shape[1])]
    for user, item in zip(*(bought > 0).nonzero(), strict=True):
        users[item].add(user)
    found = sparse.lil_array((len(users), len(users)))
    for i, mine in enumerate(users):
        near = []
        for j, theirs in enumerate(users):
            if i != j and mine & theirs:
                near.append((-len(mine & theirs) / (len(mine) * len(theirs)) ** 0.5, j))
        for cosine, j in sorted(near)[:k]:
            found[i, j] = -cosine
    return found.tocsr()


# %% right: another library
# scikit-learn's cosines, rounded, so that equal ones are equal in every bit.
def item_neighbours(bought, k):
    from sklearn.metrics.pairwise import cosine_similarity

    cosine = cosine_similarity((bought.toarray() > 0).T.astype(float)).round(12)
    items = np.arange(len(cosine))
    cosine[items, items] = 0
    for row in cosine:
        row[np.lexsort((items, -row))[k:]] = 0
    return sparse.csr_array(cosine)


# %% right: sparse all the way
# Normalizes the columns and sorts only the stored entries of each row.
def item_neighbours(bought, k):
    owns = bought.astype(bool).astype(float).tocsc()
    owns.data /= np.repeat(np.sqrt(np.diff(owns.indptr)), np.diff(owns.indptr))
    table = (owns.T @ owns).tocoo()
    row, item = table.coords
    value = np.where(row == item, 0, table.data.round(12))
    order = np.lexsort((item, -value, row))
    row, item, value = row[order], item[order], value[order]
    place = np.arange(len(row)) - np.searchsorted(row, row)
    kept = (place < k) & (value > 0)
    return sparse.csr_array((value[kept], (row[kept], item[kept])), shape=table.shape)
