"""One loop for every task: what it learns doesn't depend on how the work is divided."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn
from transformers import BertConfig, BertForSequenceClassification

from catalogkit.datasets.errors import DataError
from catalogkit.language.training import (
    TextDataset,
    TrainingDivergedError,
    TrainingSettings,
    accuracy,
    mean_loss,
    predict_logits,
    train,
)
from catalogkit.language.training.batching import Batch
from catalogkit.language.training.objectives import IGNORED, Loss, cross_entropy, logits_of
from catalogkit.language.training.stepping import Stepper

PLAIN = TrainingSettings(epochs=2, batch_size=8, learning_rate=1e-3, precision="fp32")
"""Settings of most tests; sizes are small, so a test takes a fraction of a second."""


def tiny_model(classes: int = 3, dropout: float = 0.0, seed: int = 0) -> nn.Module:
    """BERT with random weights and 32 dimensions."""
    config = BertConfig(
        vocab_size=50,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=48,
        num_labels=classes,
        hidden_dropout_prob=dropout,
        attention_probs_dropout_prob=dropout,
    )
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return BertForSequenceClassification(config)


def first_word(n: int = 60, seed: int = 0) -> TextDataset:
    """Texts of 2 to 9 words whose class is their first word: learnable, and ragged."""
    rng = np.random.default_rng(seed)
    tokens = [rng.integers(4, 50, rng.integers(2, 10)).tolist() for _ in range(n)]
    labels = rng.integers(0, 3, n)
    return TextDataset(
        [[1 + label, *words] for label, words in zip(labels, tokens, strict=True)], labels
    )


def weights(model: nn.Module) -> torch.Tensor:
    """All weights of a model in a row."""
    return nn.utils.parameters_to_vector(model.parameters()).detach()


def trained(settings: TrainingSettings, **arguments: object) -> torch.Tensor:
    """Return the weights after training a tiny model on 60 texts."""
    model = tiny_model()
    train(model, first_word(), settings=settings, **arguments)  # type: ignore[arg-type]
    return weights(model)


def token_loss(model: nn.Module, batch: Batch) -> Loss:
    """Weigh an example by its tokens, as a language model's loss does."""
    losses = nn.functional.cross_entropy(logits_of(model, batch), batch["labels"], reduction="none")
    tokens = batch["attention_mask"].sum(-1)
    return Loss((losses * tokens).sum(), int(tokens.sum()))


def test_a_learnable_task_is_learned() -> None:
    """The loss falls from chance to nearly nothing, and unseen texts are classified."""
    model = tiny_model()
    settings = TrainingSettings(epochs=8, batch_size=8, learning_rate=3e-3, precision="fp32")
    history = train(model, first_word(300), validation=first_word(60, seed=1), settings=settings)
    assert history.epochs[0].train_loss > 0.5
    assert history.epochs[-1].train_loss < 0.05
    assert history.epochs[-1].score == accuracy(model, first_word(60, seed=1)) > 0.95
    assert not model.training


@pytest.mark.parametrize("loss", [cross_entropy, token_loss])
def test_accumulated_steps_equal_large_batches(loss: object) -> None:
    """Micro-batches of 2, 8 a step, move the weights like batches of 16; 60 leave a ragged step."""
    large = trained(TrainingSettings(batch_size=16, precision="fp32", bucket=1), loss=loss)
    small = trained(
        TrainingSettings(batch_size=2, accumulate=8, precision="fp32", bucket=1), loss=loss
    )
    moved = (large - weights(tiny_model())).abs().max()
    assert (large - small).abs().max() < 0.01 * moved


def test_a_step_follows_the_mean_over_tokens() -> None:
    """The gradient of five micro-batches, one ragged, is that of the mean token's loss by torch."""
    data, once, divided = first_word(9), tiny_model(), tiny_model()
    total, weight = token_loss(once, data.batch(np.arange(9)))
    (total / weight).backward()
    settings = TrainingSettings(batch_size=2, accumulate=5, clip=None, precision="fp32")
    sums = Stepper(divided, token_loss, settings, len(data)).step(data, np.arange(9))
    assert sums == (pytest.approx(total.item(), rel=1e-5), weight)
    for one, other in zip(once.bert.parameters(), divided.bert.parameters(), strict=True):
        torch.testing.assert_close(one.grad, other.grad, rtol=1e-4, atol=1e-6)


def test_the_same_seed_gives_the_same_weights_and_another_others() -> None:
    """Order and dropout come from the seed alone."""

    def run(seed: int) -> torch.Tensor:
        model = tiny_model(dropout=0.2)
        train(model, first_word(), settings=TrainingSettings(epochs=1, seed=seed))
        return weights(model)

    assert torch.equal(run(1), run(1))
    assert not torch.allclose(run(1), run(2), atol=1e-5)


def test_random_numbers_of_the_loss_come_from_the_seed() -> None:
    """Dropout and masks repeat with the seed, whatever the caller's random state."""

    def drawn(seed: int) -> list[float]:
        numbers = list[float]()

        def loss(model: nn.Module, batch: Batch) -> Loss:
            numbers.append(torch.rand(1).item())
            return cross_entropy(model, batch)

        train(tiny_model(), first_word(), loss=loss, settings=replace(PLAIN, seed=seed))
        return numbers

    assert drawn(1) == drawn(1)
    assert set(drawn(1)).isdisjoint(drawn(2))


def test_every_epoch_has_its_own_order() -> None:
    """Each of two epochs sees all texts, dealt into other batches."""
    seen = list[int]()

    def loss(model: nn.Module, batch: Batch) -> Loss:
        seen.extend(batch["labels"].tolist())
        return cross_entropy(model, batch)

    data = TextDataset([[5]] * 40, np.arange(40))
    train(tiny_model(classes=40), data, loss=loss, settings=PLAIN)
    assert sorted(seen[:40]) == sorted(seen[40:]) == list(range(40))
    assert seen[:40] != seen[40:]


@pytest.mark.parametrize(("precision", "on"), [("fp32", False), ("bf16", True)])
def test_the_loss_is_computed_in_the_precision_asked_for(precision: str, on: bool) -> None:
    """Only half precision switches autocast on; the weights stay float32, and learn."""
    states = list[bool]()

    def loss(model: nn.Module, batch: Batch) -> Loss:
        states.append(torch.is_autocast_enabled("cpu"))
        return cross_entropy(model, batch)

    model, settings = tiny_model(), replace(PLAIN, precision=precision)
    history = train(model, first_word(), loss=loss, settings=settings)
    assert set(states) == {on}
    assert {parameter.dtype for parameter in model.parameters()} == {torch.float32}
    assert history.epochs[1].train_loss < history.epochs[0].train_loss


def test_gradients_are_clipped_to_their_norm() -> None:
    """A step's gradient of norm about one is cut to 0.01, its direction kept."""
    data, rows = first_word(9), np.arange(9)

    def gradient(clip: float | None) -> torch.Tensor:
        model = tiny_model()
        Stepper(model, cross_entropy, replace(PLAIN, clip=clip), 9).step(data, rows)
        grads = [p.grad for p in model.parameters() if p.grad is not None]
        return nn.utils.parameters_to_vector(grads)

    free, cut = gradient(None), gradient(0.01)
    assert cut.norm().item() == pytest.approx(0.01, rel=1e-3)
    torch.testing.assert_close(cut / cut.norm(), free / free.norm(), rtol=1e-3, atol=1e-6)


def test_random_states_are_left_alone() -> None:
    """Training draws from its own seed: the caller's next random numbers don't change."""
    torch.manual_seed(7)
    np.random.seed(7)  # noqa: NPY002
    before = torch.random.get_rng_state(), np.random.get_state()[1].tolist()  # noqa: NPY002
    train(tiny_model(dropout=0.2), first_word(), settings=PLAIN)
    assert torch.equal(torch.random.get_rng_state(), before[0])
    assert np.random.get_state()[1].tolist() == before[1]  # noqa: NPY002


def test_early_stopping_restores_the_best_epoch() -> None:
    """With scores .1 .9 .5 .4 and patience 2, training stops after four and epoch two is kept."""
    scores, seen = iter([0.1, 0.9, 0.5, 0.4, 1.0]), list[torch.Tensor]()

    def score(model: nn.Module, _: object) -> float:
        seen.append(weights(model).clone())
        return next(scores)

    model = tiny_model()
    settings = TrainingSettings(epochs=5, patience=2, learning_rate=1e-3)
    history = train(model, first_word(), validation=first_word(9), score=score, settings=settings)
    assert (history.kept, history.stopped_early, len(history.epochs)) == (2, True, 4)
    assert torch.equal(weights(model), seen[1])
    assert not torch.equal(seen[3], seen[1])


def test_without_patience_the_last_epoch_is_kept() -> None:
    """A falling score is reported but changes nothing."""
    scores = iter([0.9, 0.1])
    history = train(
        tiny_model(),
        first_word(),
        validation=first_word(9),
        score=lambda *_: next(scores),
        settings=PLAIN,
    )
    assert (history.kept, history.stopped_early) == (2, False)
    assert [epoch.score for epoch in history.epochs] == [0.9, 0.1]


def test_frozen_parts_stay_as_they_are() -> None:
    """Word embeddings keep every bit, all else learns, and they can be trained again afterwards."""
    model, name = tiny_model(), "bert.embeddings.word_embeddings"
    before = {key: value.clone() for key, value in model.state_dict().items()}
    train(model, first_word(), settings=TrainingSettings(epochs=1, frozen=(name,)))
    changed = {k for k, value in model.state_dict().items() if not torch.equal(value, before[k])}
    assert f"{name}.weight" not in changed
    assert {"bert.embeddings.LayerNorm.weight", "classifier.weight"} <= changed
    assert all(parameter.requires_grad for parameter in model.parameters())


def test_the_mode_is_training_in_the_loop_and_evaluation_in_scores() -> None:
    """Every epoch trains with dropout on, also after the validation of the epoch before."""
    modes = list[tuple[str, bool]]()

    def loss(model: nn.Module, batch: Batch) -> Loss:
        modes.append(("loss", model.training))
        return cross_entropy(model, batch)

    def score(model: nn.Module, data: TextDataset) -> float:
        modes.append(("score", model.training))
        return accuracy(model, data)

    settings = TrainingSettings(epochs=2, batch_size=60)
    train(
        tiny_model().eval(),  # as pretrained models come
        first_word(),
        validation=first_word(9),
        loss=loss,
        score=score,
        settings=settings,
    )
    assert modes == [("loss", True), ("score", False)] * 2


def test_history_counts_what_was_done() -> None:
    """Loss averaged over examples, a rate a step, seconds of both kinds, one row an epoch."""
    model, data = tiny_model(), first_word(20)
    untouched = TrainingSettings(
        epochs=2, batch_size=8, learning_rate=1e-30, weight_decay=0, warmup=0, precision="fp32"
    )
    expected = mean_loss(model, data)
    history = train(model, data, settings=untouched)
    assert history.epochs[0].train_loss == pytest.approx(expected, rel=1e-5)
    assert [len(epoch.learning_rates) for epoch in history.epochs] == [3, 3]
    assert list(history.table().index) == [1, 2]
    assert history.table()["learning_rate"].tolist() == pytest.approx([4e-30 / 6, 1e-30 / 6])
    assert history.cpu_seconds > 0
    assert (history.precision, history.processes, history.kept) == ("fp32", 1, 2)


def test_a_diverged_loss_stops_before_it_spoils_the_weights() -> None:
    """A NaN loss in the third step is an error that names it; the weights are still numbers."""
    calls = iter(range(9))

    def loss(model: nn.Module, batch: Batch) -> Loss:
        total, weight = cross_entropy(model, batch)
        return Loss(total * (math.nan if next(calls) == 2 else 1), weight)

    model = tiny_model()
    with pytest.raises(TrainingDivergedError, match=r"nan at step 3 of 16.*try a smaller one"):
        train(model, first_word(), loss=loss, settings=PLAIN)
    assert torch.isfinite(weights(model)).all()


def test_a_diverged_gradient_stops_before_it_spoils_the_weights() -> None:
    """A finite loss may have an infinite gradient: that of a root at zero."""

    def loss(model: nn.Module, batch: Batch) -> Loss:
        total, weight = cross_entropy(model, batch)
        return Loss((total - total.detach()).clamp(min=0).sqrt(), weight)

    model = tiny_model()
    with pytest.raises(TrainingDivergedError, match=r"gradient is (nan|inf) at step 1 of 16"):
        train(model, first_word(), loss=loss, settings=PLAIN)
    assert torch.equal(weights(model), weights(tiny_model()))


def test_ignored_labels_teach_nothing() -> None:
    """Examples without a known label don't move the weights; the others count alone."""
    logits = torch.tensor([[2.0, 0.0], [0.0, 5.0]], requires_grad=True)

    class Fixed(nn.Module):
        def forward(self) -> torch.Tensor:
            return logits

    loss = cross_entropy(Fixed(), {"labels": torch.tensor([0, IGNORED])})
    assert loss.weight == 1
    assert loss.total.item() == pytest.approx(math.log(1 + math.exp(-2)))


def test_predictions_come_in_the_order_of_the_examples() -> None:
    """Batches by length are an inner matter: logits equal those of one text at a time."""
    model, data = tiny_model().eval(), first_word(30)
    one_by_one = [
        logits_of(model, data.batch(np.array([row]))).detach().numpy()[0] for row in range(30)
    ]
    np.testing.assert_allclose(
        predict_logits(model, data, batch_size=7), np.stack(one_by_one), atol=1e-6
    )


@pytest.mark.parametrize(
    ("examples", "arguments", "error", "says"),
    [
        (TextDataset([], np.zeros(0, np.int64)), {}, DataError, "no examples to train on"),
        (TextDataset([[5]], np.array([3])), {}, DataError, "label 3 but the model has 3 classes"),
        (TextDataset([[5]]), {}, DataError, "no labels"),
        (first_word(9), {"settings": TrainingSettings(patience=1)}, ValueError, "validation="),
        (first_word(9), {"validation": TextDataset([])}, DataError, "validation has no examples"),
        (
            first_word(9),
            {"settings": TrainingSettings(frozen=("bert.embedding",))},
            ValueError,
            "no part 'bert.embedding' in the model; it starts with bert",
        ),
    ],
)
def test_what_cannot_be_trained_is_said(
    examples: TextDataset, arguments: dict[str, object], error: type[Exception], says: str
) -> None:
    """Wrong data and settings give one error that says what to do."""
    with pytest.raises(error, match=says):
        train(tiny_model(), examples, **arguments)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "value"),
    [("epochs", 0), ("learning_rate", -1), ("warmup", 1.5), ("decay", "step"), ("frozen", "bert")],
)
def test_settings_that_make_no_sense_are_refused(name: str, value: object) -> None:
    """The message names the setting."""
    with pytest.raises(ValueError, match=f"{name} must be"):
        TrainingSettings(**{name: value})  # type: ignore[arg-type]
