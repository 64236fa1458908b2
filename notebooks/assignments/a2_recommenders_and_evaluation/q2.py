"""Variants of question q2, popularity as the number of different users."""


# %% wrong: counts purchases
# A household that buys milk fifty times counts fifty times.
def popularity(train, products):
    return train.product_id.value_counts().reindex(products, fill_value=0).to_numpy()


# %% wrong: counts visits
# Distinct pairs of user and time are visits, not users.
def popularity(train, products):
    visits = train.drop_duplicates(["user_id", "product_id", "time"])
    return visits.product_id.value_counts().reindex(products, fill_value=0).to_numpy()


# %% wrong: most popular first
# The order of value_counts, not that of the products asked for.
def popularity(train, products):
    pairs = train[["user_id", "product_id"]].drop_duplicates()
    counts = pairs[pairs.product_id.isin(products)].product_id.value_counts()
    return np.concatenate([counts.to_numpy(), np.zeros(len(products) - len(counts), int)])


# %% wrong: in alphabetical order
# The order of groupby, not that of the products asked for.
def popularity(train, products):
    counts = train.groupby("product_id").user_id.nunique()
    return counts.reindex(sorted(products), fill_value=0).to_numpy()


# %% wrong: forgets what nobody bought
# The answer is shorter than the list of products.
def popularity(train, products):
    counts = train.groupby("product_id").user_id.nunique()
    return np.array([counts[product] for product in products if product in counts])


# %% wrong: nan for what nobody bought
# reindex without a fill value makes holes, and floats of the counts.
def popularity(train, products):
    return train.groupby("product_id").user_id.nunique().reindex(products).to_numpy()


# %% wrong: changes the log
# Drops repeated lines from the table of the caller.
def popularity(train, products):
    train.drop_duplicates(["user_id", "product_id"], inplace=True)
    return train.product_id.value_counts().reindex(products, fill_value=0).to_numpy()


# %% wrong: the example's answer
# Written for the data that can be seen.
def popularity(train, products):
    return np.array([1, 0, 2])[: len(products)]


# %% right: sets
# A set of users for each product, plain Python.
def popularity(train, products):
    users = {product: set() for product in products}
    for user, product in zip(train.user_id, train.product_id, strict=True):
        if product in users:
            users[product].add(user)
    return np.array([len(users[product]) for product in products], dtype=int)


# %% right: a sparse matrix
# Users and products become rows and columns; what is stored in a column is counted.
def popularity(train, products):
    item = pd.Index(products).get_indexer(train.product_id)
    user, names = pd.factorize(train.user_id)
    entries = (np.ones((item >= 0).sum()), (user[item >= 0], item[item >= 0]))
    shape = (len(names), len(products))
    bought = sparse.coo_array(entries, shape=shape).tocsc()
    return np.diff(bought.indptr)


# %% right: group by product
# The number of different users in each group.
def popularity(train, products):
    counts = train.groupby("product_id")["user_id"].nunique()
    return np.array([counts.get(product, 0) for product in products], dtype=int)
