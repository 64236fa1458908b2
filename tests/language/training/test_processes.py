"""Several processes learn what one learns from batches as large as theirs together."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import torch
from torch import nn

import catalogkit
from catalogkit.language.training import TextDataset, TrainingSettings, train

TEXTS = 61
"""Odd, and one more than batches of 4: in the last step one of two processes has nothing."""


class Bag(nn.Module):
    """The mean of word vectors, and two heads of which only one is in use."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        torch.manual_seed(seed)
        self.words, self.head, self.idle = nn.Embedding(50, 8), nn.Linear(8, 3), nn.Linear(8, 3)

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """Return logits [b, 3]."""
        vectors = self.words(input_ids) * attention_mask.unsqueeze(-1)
        logits: torch.Tensor = self.head(vectors.sum(1))
        return logits


def learn(batch_size: int, seed: int, scores: list[float]) -> Bag:
    """Train on made-up texts; the scores would disagree between processes if each used its own."""
    rng = np.random.default_rng(0)
    tokens = [rng.integers(1, 50, rng.integers(1, 9)).tolist() for _ in range(TEXTS)]
    data, model, given = TextDataset(tokens, rng.integers(0, 3, TEXTS)), Bag(seed), iter(scores)
    settings = TrainingSettings(
        epochs=3, batch_size=batch_size, learning_rate=0.01, patience=1, precision="fp32"
    )
    train(model, data, validation=data, score=lambda *_: next(given), settings=settings)
    return model


def test_two_processes_equal_one_with_the_double_batch(tmp_path: Path) -> None:
    """Weights agree to rounding: start, steps, the ragged last one, scores and the stop."""
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    paths = os.pathsep.join([str(Path(catalogkit.__file__).parents[1]), *sys.path])
    use = {"ACCELERATE_USE_CPU": "true", "OMP_NUM_THREADS": "1", "PYTHONPATH": paths}
    command = [*launch, __file__, str(tmp_path)]
    subprocess.run(command, env={**os.environ, **use}, check=True, timeout=120)
    first, second = (np.load(tmp_path / f"{rank}.npz") for rank in "01")
    alone, start = learn(4, seed=0, scores=[0.1, 0.3, 0.2]).state_dict(), Bag(0).state_dict()
    for name, weight in alone.items():
        np.testing.assert_array_equal(first[name], second[name])
        np.testing.assert_allclose(first[name], weight.numpy(), atol=1e-5)
        assert name.startswith("idle") == torch.equal(weight, start[name])


if __name__ == "__main__":
    rank = int(os.environ["RANK"])
    # Another start and another opinion in the second process: both must give way to the first's.
    model = learn(2, seed=rank, scores=[[0.1, 0.3, 0.2], [0.9, 0.3, 0.2]][rank])
    arrays = {name: weight.numpy() for name, weight in model.state_dict().items()}
    np.savez(Path(sys.argv[1]) / f"{rank}.npz", **arrays)
    torch.distributed.destroy_process_group()
