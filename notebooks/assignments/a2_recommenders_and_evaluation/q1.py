"""Variants of question q1, a split of a log at a moment."""


# %% wrong: a line at the moment is training
# Takes "before" for "not after": what is to be foretold has been learned.
def temporal_split(log, moment):
    ordered = log.sort_values("time", kind="stable", ignore_index=True)
    early = ordered.time <= moment
    train, later = ordered[early], ordered[~early]
    known = later.user_id.isin(train.user_id) & later.product_id.isin(train.product_id)
    test = later[known].reset_index(drop=True)
    return train.reset_index(drop=True), test, int((~known).sum())


# %% wrong: counts lines of a log that it takes to be sorted
# Relies on the order in which the lines come.
def temporal_split(log, moment):
    size = int((log.time < moment).sum())
    train, later = log.iloc[:size], log.iloc[size:]
    known = later.user_id.isin(train.user_id) & later.product_id.isin(train.product_id)
    test = later[known].reset_index(drop=True)
    return train.reset_index(drop=True), test, int((~known).sum())


# %% wrong: sorts the log that it was given
# `inplace` changes the caller's table.
def temporal_split(log, moment):
    log.sort_values("time", kind="stable", ignore_index=True, inplace=True)
    early = log.time < moment
    train, later = log[early], log[~early]
    known = later.user_id.isin(train.user_id) & later.product_id.isin(train.product_id)
    test = later[known].reset_index(drop=True)
    return train.reset_index(drop=True), test, int((~known).sum())


# %% wrong: leaves new products in the test
# Thinks only of new users.
def temporal_split(log, moment):
    ordered = log.sort_values("time", kind="stable", ignore_index=True)
    early = ordered.time < moment
    train, later = ordered[early], ordered[~early]
    known = later.user_id.isin(train.user_id)
    test = later[known].reset_index(drop=True)
    return train.reset_index(drop=True), test, int((~known).sum())


# %% wrong: a product is known when the log has it
# Asks the whole log, future and all, which products there are: leakage.
def temporal_split(log, moment):
    ordered = log.sort_values("time", kind="stable", ignore_index=True)
    early = ordered.time < moment
    train, later = ordered[early], ordered[~early]
    known = later.user_id.isin(train.user_id) & later.product_id.isin(log.product_id)
    test = later[known].reset_index(drop=True)
    return train.reset_index(drop=True), test, int((~known).sum())


# %% wrong: keeps one purchase of each pair
# Takes repeated purchases for errors in the log.
def temporal_split(log, moment):
    ordered = log.sort_values("time", kind="stable", ignore_index=True)
    early = ordered.time < moment
    train, later = ordered[early], ordered[~early]
    known = later.user_id.isin(train.user_id) & later.product_id.isin(train.product_id)
    test = later[known].drop_duplicates(["user_id", "product_id"], ignore_index=True)
    return train.reset_index(drop=True), test, int((~known).sum())


# %% wrong: compares days
# Forgets that a moment has hours.
def temporal_split(log, moment):
    ordered = log.sort_values("time", kind="stable", ignore_index=True)
    early = ordered.time.dt.normalize() < moment.normalize()
    train, later = ordered[early], ordered[~early]
    known = later.user_id.isin(train.user_id) & later.product_id.isin(train.product_id)
    test = later[known].reset_index(drop=True)
    return train.reset_index(drop=True), test, int((~known).sum())


# %% wrong: sorts lines of the same time by user
# Gives up the order of the log where times are equal.
def temporal_split(log, moment):
    ordered = log.sort_values(["time", "user_id"], ignore_index=True)
    early = ordered.time < moment
    train, later = ordered[early], ordered[~early]
    known = later.user_id.isin(train.user_id) & later.product_id.isin(train.product_id)
    test = later[known].reset_index(drop=True)
    return train.reset_index(drop=True), test, int((~known).sum())


# %% wrong: counts new users and new products
# A line whose user and product are both new is left out twice.
def temporal_split(log, moment):
    ordered = log.sort_values("time", kind="stable", ignore_index=True)
    early = ordered.time < moment
    train, later = ordered[early], ordered[~early]
    user, product = later.user_id.isin(train.user_id), later.product_id.isin(train.product_id)
    test = later[user & product].reset_index(drop=True)
    return train.reset_index(drop=True), test, int((~user).sum() + (~product).sum())


# %% wrong: finds lines by their index
# Drops by label: an index with repetitions takes more lines than were meant.
def temporal_split(log, moment):
    ordered = log.sort_values("time", kind="stable")
    train = ordered[ordered.time < moment]
    later = ordered.drop(train.index)
    known = later.user_id.isin(train.user_id) & later.product_id.isin(train.product_id)
    test = later[known].reset_index(drop=True)
    return train.reset_index(drop=True), test, int((~known).sum())


# %% wrong: the example's answer
# Written for the data that can be seen.
def temporal_split(log, moment):
    ordered = log.sort_values("time", kind="stable", ignore_index=True)
    train = ordered[:2]
    if len(set(log.user_id)) == 3:
        return train, ordered[2:3].reset_index(drop=True), 1
    return train, ordered[2:].reset_index(drop=True), 0


# %% right: masks on columns of NumPy
# No table is sorted: a stable argsort of the times, then masks.
def temporal_split(log, moment):
    order = np.argsort(log["time"].to_numpy(), kind="stable")
    time, user, product = (log[c].to_numpy()[order] for c in ("time", "user_id", "product_id"))
    early = time < np.datetime64(moment)
    known = np.isin(user, user[early]) & np.isin(product, product[early])
    parts = [order[early], order[~early & known]]
    train, test = (log.iloc[rows].reset_index(drop=True) for rows in parts)
    return train, test, int((~early & ~known).sum())


# %% right: a loop over lines
# Records and sets of plain Python.
def temporal_split(log, moment):
    records = sorted(log.to_dict("records"), key=lambda line: line["time"])
    train = [line for line in records if line["time"] < moment]
    users, products = {r["user_id"] for r in train}, {r["product_id"] for r in train}
    later = records[len(train) :]
    test = [r for r in later if r["user_id"] in users and r["product_id"] in products]
    tables = [pd.DataFrame(part, columns=log.columns) for part in (train, test)]
    return *tables, len(later) - len(test)


# %% right: joins
# Known users and products are tables, joined to the later lines.
def temporal_split(log, moment):
    lines = log.reset_index(drop=True).rename_axis("place").reset_index()
    lines = lines.sort_values(["time", "place"])
    train, later = lines.query("time < @moment"), lines.query("time >= @moment")
    test = later.merge(train[["user_id"]].drop_duplicates(), on="user_id")
    test = test.merge(train[["product_id"]].drop_duplicates(), on="product_id")
    test = test.sort_values(["time", "place"])
    train, test, size = train.drop(columns="place"), test.drop(columns="place"), len(later)
    return train.reset_index(drop=True), test.reset_index(drop=True), size - len(test)
