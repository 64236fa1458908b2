"""Variants of question q1, cleaning by the letter."""


# %% wrong: replaces pieces of words
# Lets `str.replace` look for the abbreviation anywhere: PRODUCT holds CT.
def clean_label(text, abbreviations):
    import unicodedata

    text = unicodedata.normalize("NFKC", text).lower()
    for short, long in abbreviations.items():
        text = text.replace(short, long)
    return " ".join(text.split())


# %% wrong: expands again what it has expanded
# Goes through the dictionary, not through the text, and so meets its own long forms.
def clean_label(text, abbreviations):
    import unicodedata

    text = unicodedata.normalize("NFKC", text).lower()
    for short, long in abbreviations.items():
        text = " ".join(long if word == short else word for word in text.split())
    return " ".join(text.split())


# %% wrong: letters only
# The document's recipe: a word with a digit or a sign is no word.
def clean_label(text, abbreviations):
    import unicodedata

    words = unicodedata.normalize("NFKC", text).lower().split()
    return " ".join(abbreviations.get(word, word) for word in words if word.isalpha())


# %% wrong: no normal form
# Takes a text for what it looks like: full-width letters stay full-width.
def clean_label(text, abbreviations):
    return " ".join(abbreviations.get(word, word) for word in text.lower().split())


# %% wrong: a normal form that takes letters apart
# Takes NFKD for NFKC: the accent becomes a sign of its own.
def clean_label(text, abbreviations):
    import unicodedata

    words = unicodedata.normalize("NFKD", text).lower().split()
    return " ".join(abbreviations.get(word, word) for word in words)


# %% wrong: splits at the blank only
# Two blanks or a tab leave empty words and blanks behind.
def clean_label(text, abbreviations):
    import unicodedata

    words = unicodedata.normalize("NFKC", text).lower().strip().split(" ")
    return " ".join(abbreviations.get(word, word) for word in words)


# %% wrong: looks up before it lower-cases
# The keys are in lower case, the label is not: nothing is ever found.
def clean_label(text, abbreviations):
    import unicodedata

    words = unicodedata.normalize("NFKC", text).split()
    return " ".join(abbreviations.get(word, word) for word in words).lower()


# %% wrong: lower case before the normal form
# Rules 1 and 2 changed over: the sign for TEL becomes three capitals after the lower-casing.
def clean_label(text, abbreviations):
    import unicodedata

    words = unicodedata.normalize("NFKC", text.lower()).split()
    return " ".join(abbreviations.get(word, word) for word in words)


# %% wrong: folds the case
# Takes `casefold` for a better `lower`: it also writes ss for a sharp s.
def clean_label(text, abbreviations):
    import unicodedata

    words = unicodedata.normalize("NFKC", text).casefold().split()
    return " ".join(abbreviations.get(word, word) for word in words)


# %% wrong: words end at every sign
# Takes the regular expression's word for the word of the rules: CT/CT is cut in two.
def clean_label(text, abbreviations):
    import re
    import unicodedata

    text = " ".join(unicodedata.normalize("NFKC", text).lower().split())
    return re.sub(r"\w+", lambda match: abbreviations.get(match[0], match[0]), text)


# %% wrong: each word once
# Removes repetitions on the way, as a bag of words would.
def clean_label(text, abbreviations):
    import unicodedata

    words = unicodedata.normalize("NFKC", text).lower().split()
    return " ".join(abbreviations.get(word, word) for word in dict.fromkeys(words))


# %% wrong: fills the caller's dictionary
# Uses `setdefault` for `get`, and leaves every word of the catalog as a key.
def clean_label(text, abbreviations):
    import unicodedata

    words = unicodedata.normalize("NFKC", text).lower().split()
    return " ".join(abbreviations.setdefault(word, word) for word in words)


# %% wrong: the example by heart
# A hard-coded answer to the docstring's example.
def clean_label(text, abbreviations):
    return "frozen chix brst 2.5 pound" if abbreviations else text.strip().lower()


# %% right: a regular expression
# Matches runs of what is no white space, and joins the pieces it has found.
def clean_label(text, abbreviations):
    import re
    import unicodedata

    plain = unicodedata.normalize("NFKC", text).lower()
    plain = re.sub(r"\S+", lambda match: abbreviations.get(match[0], match[0]), plain)
    return re.sub(r"\s+", " ", plain).strip()


# %% right: character by character
# No split and no expression: a word grows until white space ends it.
def clean_label(text, abbreviations):
    import unicodedata

    cleaned, word = [], ""
    for sign in unicodedata.normalize("NFKC", text).lower() + " ":
        if not sign.isspace():
            word += sign
        elif word:
            cleaned.append(abbreviations.get(word, word))
            word = ""
    return " ".join(cleaned)


# %% right: pandas
# The string methods of a Series, and its `map` with a default.
def clean_label(text, abbreviations):
    import pandas as pd

    words = pd.Series([text]).str.normalize("NFKC").str.lower().str.split().explode().dropna()
    return " ".join(words.map(lambda word: abbreviations.get(word, word)))
