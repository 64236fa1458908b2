"""Variants of question q6, the weighted cross-entropy and its gradient."""


# %% wrong: softmax over the examples
# Takes the wrong axis: the columns sum to one, not the rows.
def weighted_cross_entropy(z, y, weight):
    import numpy as np
    from scipy.special import log_softmax

    log_p, row = log_softmax(np.asarray(z, float), axis=0), np.arange(len(z))
    share = np.asarray(weight, float)[y]
    share = share / share.sum()
    gradient = np.exp(log_p)
    gradient[row, y] -= 1
    return float(-(share * log_p[row, y]).sum()), share[:, None] * gradient


# %% wrong: the likelihood
# Forgets the minus: the loss is negative, and minimising it makes everything worse.
def weighted_cross_entropy(z, y, weight):
    import numpy as np
    from scipy.special import log_softmax

    log_p, row = log_softmax(np.asarray(z, float), axis=1), np.arange(len(z))
    share = np.asarray(weight, float)[y]
    share = share / share.sum()
    gradient = -np.exp(log_p)
    gradient[row, y] += 1
    return float((share * log_p[row, y]).sum()), share[:, None] * gradient


# %% wrong: the gradient's sign
# The loss is right, the gradient is that of the likelihood.
def weighted_cross_entropy(z, y, weight):
    import numpy as np
    from scipy.special import log_softmax

    log_p, row = log_softmax(np.asarray(z, float), axis=1), np.arange(len(z))
    share = np.asarray(weight, float)[y]
    share = share / share.sum()
    gradient = -np.exp(log_p)
    gradient[row, y] += 1
    return float(-(share * log_p[row, y]).sum()), share[:, None] * gradient


# %% wrong: as printed, one class against the others
# Sums binary losses with the document's missing parentheses.
def weighted_cross_entropy(z, y, weight):
    import numpy as np
    from scipy.special import log_softmax

    log_p = log_softmax(np.asarray(z, float), axis=1)
    share = np.asarray(weight, float)[y][:, None]
    share, p = share / share.sum(), np.exp(log_p)
    truth = np.eye(z.shape[1] if hasattr(z, "shape") else len(z[0]))[y]
    printed = -truth * log_p + (1 - truth) * np.log(np.maximum(1 - p, 1e-12))
    return float((share * printed).sum()), share * (p - truth)


# %% wrong: the weighted sum
# Does not divide by the weights: twice the data, twice the loss.
def weighted_cross_entropy(z, y, weight):
    import numpy as np
    from scipy.special import log_softmax

    log_p, row = log_softmax(np.asarray(z, float), axis=1), np.arange(len(z))
    share = np.asarray(weight, float)[y]
    gradient = np.exp(log_p)
    gradient[row, y] -= 1
    return float(-(share * log_p[row, y]).sum()), share[:, None] * gradient


# %% wrong: divides by the number of examples
# The mean of weighted losses is no weighted mean.
def weighted_cross_entropy(z, y, weight):
    import numpy as np
    from scipy.special import log_softmax

    log_p, row = log_softmax(np.asarray(z, float), axis=1), np.arange(len(z))
    share = np.asarray(weight, float)[y] / len(z)
    gradient = np.exp(log_p)
    gradient[row, y] -= 1
    return float(-(share * log_p[row, y]).sum()), share[:, None] * gradient


# %% wrong: no weights
# The plain cross-entropy: right as long as all weights are one.
def weighted_cross_entropy(z, y, weight):
    import numpy as np
    from scipy.special import log_softmax

    log_p, row = log_softmax(np.asarray(z, float), axis=1), np.arange(len(z))
    gradient = np.exp(log_p)
    gradient[row, y] -= 1
    return float(-log_p[row, y].mean()), gradient / len(z)


# %% wrong: weights in the loss only
# Forgets them in the gradient.
def weighted_cross_entropy(z, y, weight):
    import numpy as np
    from scipy.special import log_softmax

    log_p, row = log_softmax(np.asarray(z, float), axis=1), np.arange(len(z))
    gradient = np.exp(log_p)
    gradient[row, y] -= 1
    loss = np.average(-log_p[row, y], weights=np.asarray(weight, float)[y])
    return float(loss), gradient / len(z)


# %% wrong: the gradient without its mean
# Derives the loss of each example and forgets what stands outside.
def weighted_cross_entropy(z, y, weight):
    import numpy as np
    from scipy.special import log_softmax

    log_p, row = log_softmax(np.asarray(z, float), axis=1), np.arange(len(z))
    share = np.asarray(weight, float)[y]
    gradient = np.exp(log_p)
    gradient[row, y] -= 1
    loss = np.average(-log_p[row, y], weights=share)
    return float(loss), gradient if len(z) == 1 else share[:, None] * gradient


# %% wrong: the gradient by the probabilities
# Stops the chain rule one link early: -1/p at the true class.
def weighted_cross_entropy(z, y, weight):
    import numpy as np
    from scipy.special import log_softmax

    log_p, row = log_softmax(np.asarray(z, float), axis=1), np.arange(len(z))
    share = np.asarray(weight, float)[y]
    share, gradient = share / share.sum(), np.zeros_like(log_p)
    gradient[row, y] = -share / np.exp(log_p[row, y])
    return float(-(share * log_p[row, y]).sum()), gradient


# %% wrong: overflows
# Exponentials of the logits as they come: a thousand is too much.
def weighted_cross_entropy(z, y, weight):
    import numpy as np

    p, row = np.exp(np.asarray(z, float)), np.arange(len(z))
    p /= p.sum(axis=1, keepdims=True)
    share = np.asarray(weight, float)[y]
    share, log_true = share / share.sum(), np.log(p[row, y])
    p[row, y] -= 1
    return float(-(share * log_true).sum()), share[:, None] * p


# %% wrong: a floor under the probability
# Adds a little before the logarithm: no answer can cost more than 28.
def weighted_cross_entropy(z, y, weight):
    import numpy as np
    from scipy.special import softmax

    p, row = softmax(np.asarray(z, float), axis=1), np.arange(len(z))
    share = np.asarray(weight, float)[y]
    share, log_true = share / share.sum(), np.log(p[row, y] + 1e-12)
    p[row, y] -= 1
    return float(-(share * log_true).sum()), share[:, None] * p


# %% wrong: shifts in place
# Subtracts the largest logit from the caller's own array.
def weighted_cross_entropy(z, y, weight):
    import numpy as np

    z, row = np.asarray(z, float), np.arange(len(z))
    z -= z.max(axis=1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    share = np.asarray(weight, float)[y]
    share, gradient = share / share.sum(), np.exp(log_p)
    gradient[row, y] -= 1
    return float(-(share * log_p[row, y]).sum()), share[:, None] * gradient


# %% right: torch
# Its own weighted cross-entropy, and automatic differentiation.
def weighted_cross_entropy(z, y, weight):
    import torch

    logits = torch.tensor(z, dtype=torch.float64, requires_grad=True)
    classes = torch.tensor(y, dtype=torch.long)
    weights = torch.tensor(weight, dtype=torch.float64)
    loss = torch.nn.functional.cross_entropy(logits, classes, weight=weights)
    loss.backward()
    return loss.item(), logits.grad.numpy()


# %% right: a loop over the examples
# Plain Python, one row and one class at a time.
def weighted_cross_entropy(z, y, weight):
    import math

    import numpy as np

    loss, total, gradient = 0.0, sum(weight[c] for c in y), np.zeros((len(z), len(weight)))
    for i, (row, c) in enumerate(zip(z, y, strict=True)):
        top = max(row)
        log_sum = top + math.log(sum(math.exp(value - top) for value in row))
        loss += weight[c] * (log_sum - row[c]) / total
        for k, value in enumerate(row):
            gradient[i, k] = weight[c] * (math.exp(value - log_sum) - (k == c)) / total
    return loss, gradient


# %% right: scipy, and a matrix of weights
# One-hot rows scaled by the weights carry both the loss and the gradient.
def weighted_cross_entropy(z, y, weight):
    import numpy as np
    from scipy.special import log_softmax, softmax

    z, weight = np.asarray(z, float), np.asarray(weight, float)
    share = np.eye(z.shape[1])[y] * weight
    share = share / share.sum()
    loss = -np.sum(share * log_softmax(z, axis=1))
    return loss, softmax(z, axis=1) * share.sum(axis=1, keepdims=True) - share
