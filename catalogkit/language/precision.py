"""Choose the number format that the machine is fast at."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Literal

import torch

Precision = Literal["auto", "fp32", "bf16", "fp16"]
Format = Literal["fp32", "bf16", "fp16"]


@dataclass(frozen=True)
class Capability:
    """What a device computes at full speed.

    device: "cpu", "cuda", "mps"; bf16: has bfloat16 units (AVX512-BF16, AMX, Ampere and later);
    fp16: has float16 units (Volta and Turing, such as Colab's T4, and later).
    """

    device: str
    bf16: bool
    fp16: bool


def capability(device: torch.device | str) -> Capability:
    """Ask the hardware behind a device which half-precision formats it has units for."""
    kind = torch.device(device).type
    if kind == "cuda":
        generation = torch.cuda.get_device_capability(device)
        return Capability(kind, bf16=generation >= (8, 0), fp16=generation >= (7, 0))
    if kind == "cpu":
        asks = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")  # absent on some builds
        return Capability(
            kind, bf16=any(getattr(torch.cpu, ask, bool)() for ask in asks), fp16=False
        )
    return Capability(kind, bf16=False, fp16=False)


def choose_precision(wanted: Precision, machine: Capability) -> Format:
    """Turn "auto" into the fastest safe format: bf16, else fp16 (with a scaler), else fp32.

    Raises ValueError when fp16 is wanted on a CPU. bf16 is honoured anywhere, though slow where the
    device emulates it. Source: Micikevicius et al. 2018; Kalamkar et al. 2019.
    """
    if wanted == "fp16" and machine.device == "cpu":
        raise ValueError("precision='fp16' needs a GPU; on a CPU choose 'auto', 'bf16' or 'fp32'")
    if wanted != "auto":
        return wanted
    return "bf16" if machine.bf16 else "fp16" if machine.fp16 else "fp32"


def autocast(precision: Precision, device: torch.device | str) -> AbstractContextManager[object]:
    """Enter the chosen format for forward passes on a device; fp32 leaves things as they are."""
    chosen = choose_precision(precision, capability(device))
    if chosen == "fp32":
        return nullcontext()
    dtype = torch.bfloat16 if chosen == "bf16" else torch.float16
    return torch.autocast(torch.device(device).type, dtype)
