"""Take one step: the mean gradient of its examples, however the work is divided."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from accelerate import PartialState
from accelerate.utils import broadcast, parse_flag_from_env, reduce
from torch import nn
from torch.nn.utils import parameters_to_vector, vector_to_parameters

from catalogkit.language.precision import autocast, capability, choose_precision
from catalogkit.language.training.batching import Examples, IntArray, share
from catalogkit.language.training.objectives import Objective
from catalogkit.language.training.optimisation import adamw, learning_rate_factor
from catalogkit.language.training.settings import TrainingSettings


class TrainingDivergedError(ArithmeticError):
    """The loss is no longer a number; the message names the step and what to try."""


class Stepper:
    """Move a model's weights step by step; every process of a launch holds one.

    The model goes to the process's device, and starts everywhere from the first process's weights.
    examples: how many there are, to plan the learning rate's warm-up and decay.
    """

    def __init__(
        self, model: nn.Module, loss: Objective, settings: TrainingSettings, examples: int
    ) -> None:
        self.here = this_process()
        self.model = model.to(self.here.device)
        self.loss, self.settings = loss, settings
        self.processes = self.here.num_processes
        self.size = settings.batch_size * settings.accumulate * self.processes
        self.taken, self.planned = 0, settings.epochs * -(-examples // self.size)
        self.precision = choose_precision(settings.precision, capability(self.here.device))
        self.scaler = torch.amp.GradScaler(self.here.device.type, enabled=self.precision == "fp16")
        self.optimizer = adamw(model, settings.learning_rate, settings.weight_decay)
        self.trained = [p for p in model.parameters() if p.requires_grad]
        broadcast(list(model.state_dict().values()))

    @property
    def learning_rate(self) -> float:
        """The rate of the next step."""
        warmup = round(self.settings.warmup * self.planned)
        factor = learning_rate_factor(self.taken, self.planned, warmup, self.settings.decay)
        return self.settings.learning_rate * factor

    def step(self, examples: Examples, rows: IntArray) -> tuple[float, float]:
        """Learn from the examples at these positions; return the sum of their losses, and weight.

        Raises TrainingDivergedError, before any weight moves, when that sum or its gradient is not
        finite.
        """
        self.optimizer.zero_grad()
        total, weight = self._losses(examples, rows)
        self._demand_finite(total, "loss")
        self._average_gradients(len(rows) / weight if weight else 0.0)
        self.scaler.unscale_(self.optimizer)
        norm = nn.utils.clip_grad_norm_(self.trained, self.settings.clip or math.inf)
        if not self.scaler.is_enabled():  # else the scaler leaves such a step out
            self._demand_finite(float(norm), "norm of the gradient")
        for group in self.optimizer.param_groups:
            group["lr"] = self.learning_rate
        self.scaler.step(self.optimizer)
        self.scaler.update()
        self.taken += 1
        return total, weight

    def _demand_finite(self, value: float, what: str) -> None:
        if not math.isfinite(value):
            raise TrainingDivergedError(
                f"the {what} is {value} at step {self.taken + 1} of {self.planned}, learning rate "
                f"{self.learning_rate:.2g}: try a smaller one, a longer warm-up or precision='fp32'"
            )

    def _losses(self, examples: Examples, rows: IntArray) -> tuple[float, float]:
        """Add up gradients over this process's micro-batches, losses over all processes'."""
        here, total, weight = self.here, 0.0, 0.0
        for part in share(rows, self.settings.batch_size, here.process_index, self.processes):
            batch = {name: values.to(here.device) for name, values in examples.batch(part).items()}
            with autocast(self.precision, here.device):
                loss = self.loss(self.model, batch)
            self.scaler.scale(loss.total / len(rows)).backward()  # about a mean: fp16 overflows
            total, weight = total + float(loss.total.detach()), weight + loss.weight
        if self.processes > 1:
            sums = torch.tensor([total, weight], dtype=torch.float64, device=here.device)
            total, weight = reduce(sums, "sum").tolist()
        return total, weight

    def _average_gradients(self, factor: float) -> None:
        """Sum the gradients of all processes, and divide by the weight instead of the rows."""
        if self.processes > 1:
            self._sum_gradients()
        for parameter in self.trained if factor != 1 else ():
            if parameter.grad is not None:
                parameter.grad.mul_(factor)

    def _sum_gradients(self) -> None:
        """Add the processes' gradients up; a weight that no process used keeps none."""
        used = [float(p.grad is not None) for p in self.trained]
        users = reduce(torch.tensor(used, device=self.here.device), "sum").tolist()
        for parameter, count in zip(self.trained, users, strict=True):
            if count and parameter.grad is None:
                parameter.grad = torch.zeros_like(parameter)
        gradients = [p.grad for p in self.trained if p.grad is not None]
        vector_to_parameters(reduce(parameters_to_vector(gradients), "sum"), gradients)


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Draw torch's random numbers from a seed, each process its own, and put the state back."""
    with torch.random.fork_rng(devices=range(torch.cuda.device_count())):
        torch.manual_seed(seed + this_process().process_index)
        yield


def this_process() -> PartialState:
    """Say which of how many processes this is, and its device.

    A machine without a GPU counts as asked to use the CPU (ACCELERATE_USE_CPU=true asks for it on
    any): without that word, accelerate would let several CPU processes each train alone.
    """
    has_gpu = torch.cuda.is_available() or torch.xpu.is_available()
    has_gpu = has_gpu or torch.backends.mps.is_available()
    return PartialState(cpu=parse_flag_from_env("ACCELERATE_USE_CPU") or not has_gpu)
