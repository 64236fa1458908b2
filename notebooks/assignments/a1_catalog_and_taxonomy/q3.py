"""Variants of question q3, what leaks all the same."""


# %% wrong: words in their order
# Compares lists of words: COFFEE GROUND and GROUND COFFEE stay two things.
def leaked_share(texts, train, test):
    import re

    words = [tuple(re.findall("[a-z0-9]+", text.lower())) for text in texts]
    known = {words[row] for row in train} - {()}
    return sum(words[row] in known for row in test) / len(test)


# %% wrong: repetition counts
# Sorts the words and forgets that the rule speaks of sets.
def leaked_share(texts, train, test):
    import re

    words = [tuple(sorted(re.findall("[a-z0-9]+", text.lower()))) for text in texts]
    known = {words[row] for row in train} - {()}
    return sum(words[row] in known for row in test) / len(test)


# %% wrong: a part is enough
# Counts a test text whose words are among those of a training text.
def leaked_share(texts, train, test):
    import re

    words = [frozenset(re.findall("[a-z0-9]+", text.lower())) for text in texts]
    known = {words[row] for row in train}
    leaks = [any(words[row] <= other for other in known) and bool(words[row]) for row in test]
    return sum(leaks) / len(test)


# %% wrong: a share of the training rows
# Turns the question round: how much of the training is in the test.
def leaked_share(texts, train, test):
    import re

    words = [frozenset(re.findall("[a-z0-9]+", text.lower())) for text in texts]
    asked = {words[row] for row in test} - {frozenset()}
    return sum(words[row] in asked for row in train) / len(train)


# %% wrong: distinct texts
# Counts each text once, however many test rows it has.
def leaked_share(texts, train, test):
    import re

    words = [frozenset(re.findall("[a-z0-9]+", text.lower())) for text in texts]
    known = {words[row] for row in train} - {frozenset()}
    asked = {words[row] for row in test}
    return len(asked & known) / len(asked)


# %% wrong: duplicates anywhere
# Looks for a second row among all rows, the test's own and unused ones included.
def leaked_share(texts, train, test):
    import re

    words = [frozenset(re.findall("[a-z0-9]+", text.lower())) for text in texts]
    return sum(bool(words[row]) and words.count(words[row]) > 1 for row in test) / len(test)


# %% wrong: not the test is not the training
# Takes every row outside the test as known, rows on no side included.
def leaked_share(texts, train, test):
    import re

    words = [frozenset(re.findall("[a-z0-9]+", text.lower())) for text in texts]
    asked = set(map(int, test))
    known = {w for row, w in enumerate(words) if row not in asked} - {frozenset()}
    return sum(words[row] in known for row in test) / len(test)


# %% wrong: empty equals empty
# Two texts without a word have the same (empty) set.
def leaked_share(texts, train, test):
    import re

    words = [frozenset(re.findall("[a-z0-9]+", text.lower())) for text in texts]
    known = {words[row] for row in train}
    return sum(words[row] in known for row in test) / len(test)


# %% wrong: case counts
# Forgets to lower-case, and finds the capitals only where both are capitals.
def leaked_share(texts, train, test):
    import re

    words = [frozenset(re.findall("[A-Za-z0-9]+", text)) for text in texts]
    known = {words[row] for row in train} - {frozenset()}
    return sum(words[row] in known for row in test) / len(test)


# %% wrong: digits are no words
# Keeps letters only: a cola of twelve ounces is one of sixteen.
def leaked_share(texts, train, test):
    import re

    words = [frozenset(re.findall("[a-z]+", text.lower())) for text in texts]
    known = {words[row] for row in train} - {frozenset()}
    return sum(words[row] in known for row in test) / len(test)


# %% wrong: what Python calls a word
# The class for word signs holds the underscore and all letters of all scripts.
def leaked_share(texts, train, test):
    import re

    words = [frozenset(re.findall(r"\w+", text.lower())) for text in texts]
    known = {words[row] for row in train} - {frozenset()}
    return sum(words[row] in known for row in test) / len(test)


# %% wrong: words by white space
# Splits at blanks: Ground-Coffee is one word, and a sign is a word of its own.
def leaked_share(texts, train, test):
    words = [frozenset(text.lower().split()) for text in texts]
    known = {words[row] for row in train} - {frozenset()}
    return sum(words[row] in known for row in test) / len(test)


# %% wrong: looks rows up by label
# A Series answers `texts[row]` by its index, not by position.
def leaked_share(texts, train, test):
    import re

    def words(row):
        return frozenset(re.findall("[a-z0-9]+", texts[row].lower()))

    known = {words(row) for row in train} - {frozenset()}
    return sum(words(row) in known for row in test) / len(test)


# %% right: two loops
# Compares each test row with each training row.
def leaked_share(texts, train, test):
    import re

    texts = list(texts)
    leaked = 0
    for row in test:
        words = set(re.split("[^a-z0-9]+", texts[row].lower())) - {""}
        for other in train:
            if words and words == set(re.split("[^a-z0-9]+", texts[other].lower())) - {""}:
                leaked += 1
                break
    return leaked / len(test)


# %% right: pandas
# A canonical spelling of each text, then `isin`.
def leaked_share(texts, train, test):
    import pandas as pd

    words = pd.Series(list(texts)).str.lower().str.findall("[a-z0-9]+")
    spelt = words.map(lambda found: " ".join(sorted(set(found))))
    asked, known = spelt.iloc[test], spelt.iloc[train]
    return float((asked.isin(known) & (asked != "")).mean())


# %% right: scikit-learn
# Rows of a binary matrix of words, compared as bytes.
def leaked_share(texts, train, test):
    from sklearn.feature_extraction.text import CountVectorizer

    vectorizer = CountVectorizer(binary=True, token_pattern="[a-z0-9]+")  # noqa: S106
    matrix = vectorizer.fit_transform([*texts, "a word"]).toarray()
    known = {matrix[row].tobytes() for row in train if matrix[row].any()}
    return sum(matrix[row].tobytes() in known for row in test) / len(test)
