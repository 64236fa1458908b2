"""Run an encoder in 8-bit integers on the CPU, with ONNX Runtime; built once, then cached."""

from __future__ import annotations

import hashlib
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import torch

from catalogkit.datasets.sources import home
from catalogkit.language.pooling import SentenceModel
from catalogkit.language.pretrained import Pretrained

if TYPE_CHECKING:
    from transformers import PreTrainedModel

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float32]
Forward = Callable[[IntArray, IntArray], FloatArray]

RECIPE = "sentence vectors, dynamic int8, per channel, 1"
"""What is built; part of the cache's key, so that a change here builds anew."""


def int8_forward(pretrained: Pretrained) -> Forward:
    """Return a function from ids and mask int64[b, t] to unit vectors float32[b, d].

    Activations are scaled by the batch's largest, so a text's vector depends a little on its
    company. As many threads as torch has, which heeds OMP_NUM_THREADS; ONNX Runtime does not.
    Raises ModuleNotFoundError when onnx, onnxscript or onnxruntime is not installed, RuntimeError
    when the quantised model does not do as the model does.
    """
    return _session_forward(int8_file(pretrained))


def int8_file(pretrained: Pretrained) -> Path:
    """Return the quantised model's file under the cache, building it first (10 s for MiniLM).

    The name holds the checksum of the weights; the file appears whole or not at all.
    """
    model = pretrained.model(attention="eager")
    path = home() / "int8" / f"{checksum(model)}.onnx"
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent) as staging:
            whole, small = Path(staging) / "whole.onnx", Path(staging) / "int8.onnx"
            _export(model, whole)
            _quantise(whole, small)
            _check(model, _session_forward(small))
            small.replace(path)
    return path


def checksum(model: PreTrainedModel) -> str:
    """Hash the recipe, the architecture and every weight, as hexadecimal sha256."""
    settings = sorted(model.config.to_dict().items())
    shape = [(key, value) for key, value in settings if not key.startswith(("_", "transformers"))]
    digest = hashlib.sha256(f"{RECIPE} {shape}".encode())
    for name, weight in sorted(model.state_dict().items()):
        digest.update(name.encode())
        digest.update(weight.contiguous().numpy().data)
    return digest.hexdigest()


def _session_forward(path: Path) -> Forward:
    """Open an ONNX file with as many threads as torch has."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = torch.get_num_threads()
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])

    def forward(ids: IntArray, mask: IntArray) -> FloatArray:
        (vectors,) = session.run(None, {"input_ids": ids, "attention_mask": mask})
        return np.asarray(vectors, np.float32)

    return forward


def _export(model: PreTrainedModel, path: Path) -> None:
    """Write the model with pooling as ONNX, for any batch and length."""
    axes = {0: torch.export.Dim("texts", min=1), 1: torch.export.Dim("tokens", min=2)}
    names = ("input_ids", "attention_mask")
    example_ids = torch.ones(2, 8, dtype=torch.long)
    example_mask = torch.ones(2, 8, dtype=torch.long)  # its own: one tensor would be one input
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch's own, about its exporter
        torch.onnx.export(
            SentenceModel(model).eval(),
            (example_ids, example_mask),
            str(path),
            input_names=names,
            output_names=["vectors"],
            dynamic_shapes=dict.fromkeys(names, axes),
            dynamo=True,
            external_data=False,
            verbose=False,
        )


@torch.inference_mode()
def _check(model: PreTrainedModel, forward: Forward) -> None:
    """Compare with torch on ids drawn at random, padding included, before anything is cached.

    Raises RuntimeError when a pair of vectors is less alike than cosine 0.9.
    """
    rng = np.random.default_rng(0)
    ids = rng.integers(0, model.config.vocab_size, (8, 12))
    mask = (np.arange(12) < np.arange(5, 13)[:, None]).astype(np.int64)
    expected = SentenceModel(model)(torch.from_numpy(ids), torch.from_numpy(mask)).numpy()
    cosine = (expected * forward(ids, mask)).sum(1).min()
    if not cosine > 0.9:
        raise RuntimeError(
            f"the int8 model gives other vectors than torch (cosine {cosine:.2f}): this model or "
            "these versions of torch, onnx and onnxruntime cannot be used with backend='int8'"
        )


def _quantise(whole: Path, small: Path) -> None:
    """Keep weights as int8, one scale a channel; activations are scaled as they come."""
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.quantization.shape_inference import quant_pre_process

    marked = whole.with_name("marked.onnx")  # as it was exported; unmarked, advice is logged
    skipped = ("skip_optimization", "skip_onnx_shape", "skip_symbolic_shape")
    quant_pre_process(str(whole), str(marked), **dict.fromkeys(skipped, True))
    quantize_dynamic(str(marked), str(small), per_channel=True, weight_type=QuantType.QInt8)
