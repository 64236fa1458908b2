"""Variants of question q7, micro and macro accuracy."""


# %% wrong: macro before micro
# The right numbers in the wrong order.
def accuracies(truth, answer):
    import numpy as np

    truth, answer = np.asarray(truth), np.asarray(answer)
    right = truth == answer
    shares = [right[truth == name].mean() for name in np.unique(truth)]
    return float(np.mean(shares)), float(right.mean())


# %% wrong: precision
# Takes the share right among the rows that were *answered* with a category.
def accuracies(truth, answer):
    import numpy as np

    truth, answer = np.asarray(truth), np.asarray(answer)
    right = truth == answer
    shares = [right[answer == name].mean() for name in np.unique(answer)]
    return float(right.mean()), float(np.mean(shares))


# %% wrong: every category that somebody named
# Averages over the answers' categories, too; one that the truth never has counts zero.
def accuracies(truth, answer):
    import numpy as np
    from sklearn.metrics import accuracy_score, recall_score

    truth, answer = np.asarray(truth), np.asarray(answer)
    macro = recall_score(truth, answer, average="macro", zero_division=0)
    return accuracy_score(truth, answer), macro


# %% wrong: macro-F1
# The better known macro average, which is another one.
def accuracies(truth, answer):
    import numpy as np
    from sklearn.metrics import f1_score

    truth, answer = np.asarray(truth), np.asarray(answer)
    macro = f1_score(truth, answer, labels=np.unique(truth), average="macro", zero_division=0)
    return float((truth == answer).mean()), float(macro)


# %% wrong: weighted macro
# Weighs the categories by their size, and has micro once more.
def accuracies(truth, answer):
    import numpy as np

    truth, answer = np.asarray(truth), np.asarray(answer)
    right = truth == answer
    names, size = np.unique(truth, return_counts=True)
    shares = [right[truth == name].mean() for name in names]
    return float(right.mean()), float(np.average(shares, weights=size))


# %% wrong: only categories that were met
# Leaves out a category of which no row was right.
def accuracies(truth, answer):
    import numpy as np

    truth, answer = np.asarray(truth), np.asarray(answer)
    right = truth == answer
    shares = [right[truth == name].mean() for name in np.unique(truth[right])]
    return float(right.mean()), float(np.mean(shares)) if shares else 0.0


# %% wrong: abstaining is free
# Drops the rows without an answer before it counts.
def accuracies(truth, answer):
    import numpy as np

    truth, answer = np.asarray(truth), np.asarray(answer)
    truth, answer = truth[answer != ""], answer[answer != ""]
    right = truth == answer
    shares = [right[truth == name].mean() for name in np.unique(truth)]
    return float(right.mean()), float(np.mean(shares))


# %% wrong: the average category's rows
# Divides the rows that are right by categories and mean size: micro in disguise.
def accuracies(truth, answer):
    import numpy as np

    truth, answer = np.asarray(truth), np.asarray(answer)
    right = truth == answer
    names, size = np.unique(truth, return_counts=True)
    numbers = [right[truth == name].sum() for name in names]
    return float(right.mean()), float(np.mean(numbers) / np.mean(size))


# %% wrong: the median category
# Takes the middle of the shares for their mean.
def accuracies(truth, answer):
    import numpy as np

    truth, answer = np.asarray(truth), np.asarray(answer)
    right = truth == answer
    shares = [right[truth == name].mean() for name in np.unique(truth)]
    return float(right.mean()), float(np.median(shares))


# %% wrong: per cent, rounded
# Two numbers for a slide.
def accuracies(truth, answer):
    import numpy as np

    truth, answer = np.asarray(truth), np.asarray(answer)
    right = truth == answer
    shares = [right[truth == name].mean() for name in np.unique(truth)]
    return round(100 * float(right.mean())), round(100 * float(np.mean(shares)))


# %% wrong: two digits
# Rounds the result, which is right for the example.
def accuracies(truth, answer):
    import numpy as np

    truth, answer = np.asarray(truth), np.asarray(answer)
    right = truth == answer
    shares = [right[truth == name].mean() for name in np.unique(truth)]
    return round(float(right.mean()), 2), round(float(np.mean(shares)), 2)


# %% wrong: compares by index
# Lets pandas align the two Series: rows are matched by label.
def accuracies(truth, answer):
    import pandas as pd

    both = pd.DataFrame({"truth": pd.Series(truth), "answer": pd.Series(answer)})
    both = both.dropna(subset="truth")
    right = both.truth == both.answer
    return float(right.mean()), float(right.groupby(both.truth).mean().mean())


# %% right: pandas
# Two means, one of them of groups.
def accuracies(truth, answer):
    import pandas as pd

    truth = pd.Series(list(truth))
    right = truth == pd.Series(list(answer))
    return right.mean(), right.groupby(truth).mean().mean()


# %% right: counting
# Two counters and no library for numbers.
def accuracies(truth, answer):
    from collections import Counter

    size = Counter(truth)
    right = Counter(name for name, given in zip(truth, answer, strict=True) if name == given)
    macro = sum(right[name] / number for name, number in size.items()) / len(size)
    return sum(right.values()) / sum(size.values()), macro


# %% right: scikit-learn
# Recall by category, of the categories that the truth has.
def accuracies(truth, answer):
    import numpy as np
    from sklearn.metrics import accuracy_score, recall_score

    truth, answer = np.asarray(truth), np.asarray(answer)
    names = np.unique(truth)
    macro = recall_score(truth, answer, labels=names, average="macro", zero_division=0)
    return accuracy_score(truth, answer), macro
