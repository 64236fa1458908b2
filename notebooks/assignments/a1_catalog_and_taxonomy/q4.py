"""Variants of question q4, the nearest centroid."""


# %% wrong: long examples pull harder
# Takes the mean of the vectors as they are, without scaling each to length one.
def nearest_centroid(vectors, labels, queries):
    import numpy as np

    vectors, queries = np.asarray(vectors, float), np.asarray(queries, float)
    names, code = np.unique(np.asarray(labels), return_inverse=True)
    centroids = np.array([vectors[code == c].mean(axis=0) for c in range(len(names))])
    centroids /= np.linalg.norm(centroids, axis=1, keepdims=True)
    answer = names[(queries @ centroids.T).argmax(axis=1)]
    return np.where(queries.any(axis=1), answer, "")


# %% wrong: dot product for cosine
# Leaves the centroid's own length in: categories of like examples win.
def nearest_centroid(vectors, labels, queries):
    import numpy as np
    from sklearn.preprocessing import normalize

    examples, asked = normalize(np.asarray(vectors, float)), np.asarray(queries, float)
    names, code = np.unique(np.asarray(labels), return_inverse=True)
    centroids = np.array([examples[code == c].mean(axis=0) for c in range(len(names))])
    answer = names[(asked @ centroids.T).argmax(axis=1)]
    return np.where(asked.any(axis=1), answer, "")


# %% wrong: distance for angle
# Euclidean distance between the query and the centroid, whose length is below one.
def nearest_centroid(vectors, labels, queries):
    import numpy as np
    from sklearn.preprocessing import normalize

    examples, asked = normalize(np.asarray(vectors, float)), normalize(np.asarray(queries, float))
    names, code = np.unique(np.asarray(labels), return_inverse=True)
    centroids = np.array([examples[code == c].mean(axis=0) for c in range(len(names))])
    distance = np.linalg.norm(asked[:, None] - centroids, axis=2)
    return np.where(asked.any(axis=1), names[distance.argmin(axis=1)], "")


# %% wrong: the nearest neighbour
# Copies the label of the most similar example, as the baseline does.
def nearest_centroid(vectors, labels, queries):
    import numpy as np
    from sklearn.preprocessing import normalize

    examples, asked = normalize(np.asarray(vectors, float)), np.asarray(queries, float)
    answer = np.asarray(labels)[(asked @ examples.T).argmax(axis=1)]
    return np.where(asked.any(axis=1), answer, "")


# %% wrong: the farthest centroid
# Takes the smallest cosine, as one would the smallest distance.
def nearest_centroid(vectors, labels, queries):
    import numpy as np
    from sklearn.preprocessing import normalize

    examples, asked = normalize(np.asarray(vectors, float)), np.asarray(queries, float)
    names, code = np.unique(np.asarray(labels), return_inverse=True)
    centroids = normalize(np.eye(len(names))[code].T @ examples)
    return np.where(asked.any(axis=1), names[(asked @ centroids.T).argmin(axis=1)], "")


# %% wrong: the largest of the whole batch
# The document's slip: no axis, and one answer for all queries.
def nearest_centroid(vectors, labels, queries):
    import numpy as np
    from sklearn.preprocessing import normalize

    examples, asked = normalize(np.asarray(vectors, float)), np.asarray(queries, float)
    names, code = np.unique(np.asarray(labels), return_inverse=True)
    centroids = normalize(np.eye(len(names))[code].T @ examples)
    best = (asked @ centroids.T).argmax() % len(names)
    return np.where(asked.any(axis=1), names[best], "")


# %% wrong: one scale for the whole matrix
# Divides by the norm of the matrix, not of its rows.
def nearest_centroid(vectors, labels, queries):
    import numpy as np
    from sklearn.preprocessing import normalize

    vectors, asked = np.asarray(vectors, float), np.asarray(queries, float)
    names, code = np.unique(np.asarray(labels), return_inverse=True)
    centroids = normalize(np.eye(len(names))[code].T @ (vectors / np.linalg.norm(vectors)))
    return np.where(asked.any(axis=1), names[(asked @ centroids.T).argmax(axis=1)], "")


# %% wrong: an answer to silence
# Gives the empty query the first category instead of none.
def nearest_centroid(vectors, labels, queries):
    import numpy as np
    from sklearn.preprocessing import normalize

    examples, asked = normalize(np.asarray(vectors, float)), np.asarray(queries, float)
    names, code = np.unique(np.asarray(labels), return_inverse=True)
    centroids = normalize(np.eye(len(names))[code].T @ examples)
    return names[(asked @ centroids.T).argmax(axis=1)]


# %% wrong: divides by zero
# An example of length zero turns its whole category into "not a number".
def nearest_centroid(vectors, labels, queries):
    import numpy as np

    examples, asked = np.array(vectors, float), np.asarray(queries, float)
    examples /= np.linalg.norm(examples, axis=1, keepdims=True)
    names, code = np.unique(np.asarray(labels), return_inverse=True)
    centroids = np.array([examples[code == c].mean(axis=0) for c in range(len(names))])
    centroids /= np.linalg.norm(centroids, axis=1, keepdims=True)
    answer = names[np.nan_to_num(asked @ centroids.T, nan=-9).argmax(axis=1)]
    return np.where(asked.any(axis=1), answer, "")


# %% wrong: below a right angle only
# Starts the search for the greatest cosine at zero: negative ones find nothing.
def nearest_centroid(vectors, labels, queries):
    import numpy as np
    from sklearn.preprocessing import normalize

    examples, asked = normalize(np.asarray(vectors, float)), np.asarray(queries, float)
    names, code = np.unique(np.asarray(labels), return_inverse=True)
    cosine = asked @ normalize(np.eye(len(names))[code].T @ examples).T
    return np.where(cosine.max(axis=1) > 0, names[cosine.argmax(axis=1)], "")


# %% wrong: ties by order of examples
# Keeps the categories in the order in which they come.
def nearest_centroid(vectors, labels, queries):
    import numpy as np
    from sklearn.preprocessing import normalize

    examples, asked = normalize(np.asarray(vectors, float)), np.asarray(queries, float)
    names = list(dict.fromkeys(labels))
    code = np.array([names.index(label) for label in labels])
    centroids = normalize(np.eye(len(names))[code].T @ examples)
    answer = np.array(names)[(asked @ centroids.T).argmax(axis=1)]
    return np.where(asked.any(axis=1), answer, "")


# %% wrong: scales in place
# Writes the scaled rows into the caller's arrays.
def nearest_centroid(vectors, labels, queries):
    import numpy as np

    vectors, queries = np.asarray(vectors, float), np.asarray(queries, float)
    for rows in (vectors, queries):
        rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-300)
    names, code = np.unique(np.asarray(labels), return_inverse=True)
    sums = np.eye(len(names))[code].T @ vectors
    cosine = queries @ (sums / np.linalg.norm(sums, axis=1, keepdims=True)).T
    return np.where(queries.any(axis=1), names[cosine.argmax(axis=1)], "")


# %% wrong: numbers for names
# Returns the position of the category.
def nearest_centroid(vectors, labels, queries):
    import numpy as np
    from sklearn.preprocessing import normalize

    examples, asked = normalize(np.asarray(vectors, float)), np.asarray(queries, float)
    names, code = np.unique(np.asarray(labels), return_inverse=True)
    return (asked @ normalize(np.eye(len(names))[code].T @ examples).T).argmax(axis=1)


# %% right: loops and dictionaries
# Plain Python over rows; the sorted names settle ties.
def nearest_centroid(vectors, labels, queries):
    import numpy as np

    sums = dict.fromkeys(sorted(set(labels)), 0)
    for vector, name in zip(np.asarray(vectors, float), labels, strict=True):
        sums[name] = sums[name] + vector / (np.sqrt(vector @ vector) or 1)
    answers = []
    for query in np.asarray(queries, float):
        cosine = {name: query @ s / np.sqrt(s @ s) for name, s in sums.items()}
        answers.append(max(cosine, key=cosine.get) if query.any() else "")
    return np.array(answers, dtype=object)


# %% right: one product of matrices
# A sum points where the mean points, so that no mean is needed.
def nearest_centroid(vectors, labels, queries):
    import numpy as np
    from sklearn.preprocessing import normalize

    names, code = np.unique(np.asarray(labels), return_inverse=True)
    centroids = normalize(np.eye(len(names))[code].T @ normalize(np.asarray(vectors, float)))
    cosine = np.asarray(queries, float) @ centroids.T
    return np.where(np.any(queries, axis=1), names[cosine.argmax(axis=1)], "")


# %% right: pandas and scipy
# Group means as a frame, and the cosine distance of `cdist`.
def nearest_centroid(vectors, labels, queries):
    import numpy as np
    import pandas as pd
    from scipy.spatial.distance import cdist
    from sklearn.preprocessing import normalize

    examples = pd.DataFrame(normalize(np.asarray(vectors, float)))
    centroids = examples.groupby(list(labels)).mean()
    queries = np.asarray(queries, float)
    distance = np.nan_to_num(cdist(queries, centroids, "cosine"), nan=9)
    answer = centroids.index.to_numpy()[distance.argmin(axis=1)]
    return np.where(queries.any(axis=1), answer, "")
