"""The learning rate over time, what decays, and the number format of each machine."""

import pytest
import torch
from torch import nn

from catalogkit.language.precision import Capability, Precision, capability, choose_precision
from catalogkit.language.training.optimisation import adamw, frozen, learning_rate_factor

CPU = Capability("cpu", bf16=False, fp16=False)
NEW_CPU = Capability("cpu", bf16=True, fp16=False)
T4 = Capability("cuda", bf16=False, fp16=True)
A100 = Capability("cuda", bf16=True, fp16=True)
P100 = Capability("cuda", bf16=False, fp16=False)


@pytest.mark.parametrize(
    ("decay", "expected"),
    [
        ("linear", [1 / 3, 2 / 3, 1, 0.75, 0.5, 0.25]),
        ("cosine", [1 / 3, 2 / 3, 1, 0.8535534, 0.5, 0.1464466]),
        ("constant", [1 / 3, 2 / 3, 1, 1, 1, 1]),
    ],
)
def test_the_learning_rate_warms_up_and_decays(decay: str, expected: list[float]) -> None:
    """Six steps, two of them warm-up, by hand: a peak, and zero only after the last step."""
    factors = [learning_rate_factor(step, 6, 2, decay) for step in range(6)]  # type: ignore[arg-type]
    assert factors == pytest.approx(expected)


@pytest.mark.parametrize("warmup", [0, 5, 6])
def test_every_step_of_any_schedule_learns(warmup: int) -> None:
    """Without warm-up, or with nothing else, all rates are above zero and at most the peak."""
    factors = [learning_rate_factor(step, 6, warmup, "linear") for step in range(6)]
    assert 0 < min(factors) <= max(factors) <= 1


def test_biases_and_norms_do_not_decay() -> None:
    """With a gradient of zero, only matrices shrink, by learning rate times decay."""
    model = nn.Sequential(nn.Linear(2, 2), nn.LayerNorm(2))
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    for parameter in model.parameters():
        parameter.grad = torch.zeros_like(parameter)
    adamw(model, learning_rate=0.1, weight_decay=0.5).step()
    after = dict(model.named_parameters())
    torch.testing.assert_close(after["0.weight"].detach(), before["0.weight"] * 0.95)
    assert all(torch.equal(after[name], before[name]) for name in before if name != "0.weight")


def test_frozen_weights_are_not_given_to_the_optimiser() -> None:
    """What the caller froze stays so after the block; a model of nothing else is refused."""
    model = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2), nn.Linear(2, 2))
    model[2].requires_grad_(False)
    with frozen(model, ["0.weight", "2"]):
        groups = adamw(model, 0.1, 0.0).param_groups
        assert sum(p.numel() for group in groups for p in group["params"]) == 2 + 4 + 2
        with frozen(model, ["0", "1"]), pytest.raises(ValueError, match="nothing to train"):
            adamw(model, 0.1, 0.0)
    assert [p.requires_grad for p in model.parameters()] == [True] * 4 + [False] * 2


@pytest.mark.parametrize(
    ("wanted", "machine", "chosen"),
    [
        ("auto", CPU, "fp32"),
        ("auto", NEW_CPU, "bf16"),
        ("auto", T4, "fp16"),
        ("auto", A100, "bf16"),
        ("auto", P100, "fp32"),
        ("fp32", A100, "fp32"),
        ("bf16", CPU, "bf16"),
        ("fp16", A100, "fp16"),
    ],
)
def test_the_number_format_fits_the_machine(
    wanted: Precision, machine: Capability, chosen: str
) -> None:
    """Auto takes half precision only where the hardware has units for it; wishes are honoured."""
    assert choose_precision(wanted, machine) == chosen


def test_fp16_on_a_cpu_is_refused() -> None:
    """CPUs emulate fp16: an error says what to choose instead."""
    with pytest.raises(ValueError, match="on a CPU choose"):
        choose_precision("fp16", NEW_CPU)


@pytest.mark.parametrize(
    ("units", "bf16"),
    [((False, False), False), ((True, False), True), ((False, True), True)],
)
def test_a_cpu_is_asked_for_its_units(
    units: tuple[bool, bool], bf16: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Either AVX512-BF16 or AMX makes bf16 fast."""
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: units[0], raising=False)
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: units[1], raising=False)
    assert capability("cpu") == Capability("cpu", bf16=bf16, fp16=False)


@pytest.mark.parametrize(("generation", "expected"), [((7, 5), T4), ((8, 0), A100), ((6, 0), P100)])
def test_a_gpu_is_asked_for_its_generation(
    generation: tuple[int, int], expected: Capability, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Turing has fp16 units, Ampere bf16 as well, Pascal none."""
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda _: generation)
    assert capability("cuda") == expected
