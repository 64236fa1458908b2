"""Encode texts as unit vectors, so that a dot product says how alike two texts are."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import numpy.typing as npt
import torch
from sklearn.base import BaseEstimator, TransformerMixin

from catalogkit.datasets.errors import DataWarning
from catalogkit.language.inputs import as_texts
from catalogkit.language.pooling import SentenceModel
from catalogkit.language.precision import Format, capability, choose_precision
from catalogkit.language.pretrained import BUNDLED, Pretrained, find_pretrained

if TYPE_CHECKING:
    from tokenizers import Encoding

Backend = Literal["auto", "fp32", "bf16", "fp16", "int8"]
IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float32]
Forward = Callable[[IntArray, IntArray], FloatArray]

_AT_ONCE = 16_384
"""Texts tokenised together, so that memory does not grow with their number."""


class Encoder(TransformerMixin, BaseEstimator):
    """A pretrained encoder: masked mean of the last layer's token vectors, length one.

    Make one with `Encoder.load`. It is never trained, so as a step of a scikit-learn pipeline
    `fit` does nothing, `transform` is `encode` and a clone is the encoder itself.
    """

    def __init__(
        self, pretrained: Pretrained, forward: Forward, *, backend: str, device: str
    ) -> None:
        self.name, self.backend, self.device = pretrained.name, backend, device
        self.max_tokens = pretrained.max_tokens()
        self._forward = forward
        tokenizer = pretrained.tokenizer()
        self._padding = tokenizer.pad_token_id or 0
        self._tokenizer = tokenizer.backend_tokenizer
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(self.max_tokens)
        self.dimension = forward(*np.ones((2, 1, 2), np.int64)).shape[1]

    @classmethod
    def load(
        cls,
        name: str | Path = BUNDLED,
        *,
        backend: Backend = "auto",
        device: str | None = None,
    ) -> Encoder:
        """Load an encoder by name: the bundled one, a directory, or a model of the hub.

        backend: "fp32"; "bf16" (or "fp16" on a GPU), 1.5 to 3 times as fast where the machine has
        units for it; "int8" (CPU, ONNX Runtime), faster still and coarser; "auto": bf16 or fp16
        where the machine has units for it, else fp32.
        device: "cpu", "cuda", …; None is the GPU if there is one.
        Raises SourceUnavailable when the model cannot be had or is not the one expected,
        ValueError when the backend is unknown or does not run on the device.
        """
        device = device or ("cuda" if torch.cuda.is_available() else "cpu")
        pretrained = find_pretrained(name)
        chosen, forward = _choose(pretrained, backend, device)
        return cls(pretrained, forward, backend=chosen, device=device)

    def encode(self, texts: Iterable[str], *, batch_size: int = 64) -> FloatArray:
        """Encode n texts as unit vectors, float32[n, dimension], in their order.

        Equal texts are encoded once. Batches of at most batch_size hold texts of like length.
        Texts of more than max_tokens tokens are cut, with one DataWarning that counts them;
        `truncated` lists them.
        Raises DataError naming the first row that is not a string.
        """
        rows = as_texts(texts)
        index = {text: i for i, text in enumerate(dict.fromkeys(rows))}
        vectors = np.empty((len(index), self.dimension), np.float32)
        cut: set[int] = set()
        for start, encodings in self._chunks(list(index)):
            vectors[start : start + len(encodings)] = self._vectors(encodings, batch_size)
            cut |= {start + i for i, one in enumerate(encodings) if one.overflowing}
        inverse = np.fromiter((index[text] for text in rows), np.int64, len(rows))
        if cut:
            self._warn(np.flatnonzero(np.isin(inverse, list(cut))), len(rows))
        return vectors[inverse]

    def truncated(self, texts: Iterable[str]) -> IntArray:
        """Return the rows of the texts that have more than max_tokens tokens, int64[m], rising."""
        rows = as_texts(texts)
        cut = (
            start + i
            for start, encodings in self._chunks(rows)
            for i, one in enumerate(encodings)
            if one.overflowing
        )
        return np.fromiter(cut, np.int64)

    def fit(self, texts: Iterable[str], y: object = None) -> Encoder:  # noqa: ARG002
        """Do nothing, as scikit-learn asks."""
        return self

    def transform(self, texts: Iterable[str]) -> FloatArray:
        """Return `encode(texts)`, float32[n, dimension]."""
        return self.encode(texts)

    def get_params(self, deep: bool = True) -> dict[str, Any]:  # noqa: ARG002
        """Return what `load` was told or chose: name, backend, device."""
        return {"name": self.name, "backend": self.backend, "device": self.device}

    def __reduce__(self) -> tuple[Any, ...]:
        load_anew = partial(Encoder.load, **self.get_params())
        return load_anew, ()

    def __sklearn_clone__(self) -> Encoder:
        return self

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def __repr__(self) -> str:
        settings = ", ".join(f"{key}={value!r}" for key, value in self.get_params().items())
        return f"Encoder({settings}, dimension={self.dimension}, max_tokens={self.max_tokens})"

    def _chunks(self, texts: list[str]) -> Iterator[tuple[int, list[Encoding]]]:
        """Tokenise some texts at a time: where they start, and their encodings."""
        for start in range(0, len(texts), _AT_ONCE):
            yield start, self._tokenizer.encode_batch_fast(texts[start : start + _AT_ONCE])

    def _vectors(self, encodings: Sequence[Encoding], batch_size: int) -> FloatArray:
        """Encode tokenised texts, longest first, padding each batch to its longest."""
        tokens = [one.ids for one in encodings]
        lengths = np.fromiter(map(len, tokens), np.int64, len(tokens))
        order = np.argsort(-lengths, kind="stable")
        parts = []
        for rows in np.split(order, range(batch_size, len(order), batch_size)):
            mask = np.arange(lengths[rows[0]]) < lengths[rows, None]
            ids = np.full(mask.shape, self._padding, np.int64)
            ids[mask] = np.concatenate([tokens[row] for row in rows])
            parts.append(self._forward(ids, mask.astype(np.int64)))
        return np.concatenate(parts)[np.argsort(order)]

    def _warn(self, rows: IntArray, total: int) -> None:
        """Say how many texts were cut."""
        warnings.warn(
            f"{len(rows)} of {total} texts have more than {self.max_tokens} tokens and were cut, "
            f"the first in row {rows[0]}; encoder.truncated(texts) lists them",
            DataWarning,
            stacklevel=3,
        )


def _choose(pretrained: Pretrained, backend: Backend, device: str) -> tuple[str, Forward]:
    """Settle on a back end, and return its name and the function that encodes a batch."""
    if backend not in get_args(Backend):
        raise ValueError(f"backend={backend!r}: choose one of {', '.join(get_args(Backend))}")
    if backend != "int8":
        chosen = choose_precision(backend, capability(device))
        return chosen, _torch_forward(pretrained, chosen, device)
    if torch.device(device).type != "cpu":
        raise ValueError(f"backend='int8' runs on the CPU, not on {device!r}")
    from catalogkit.language.quantised import int8_forward

    return "int8", int8_forward(pretrained)


def _torch_forward(pretrained: Pretrained, number_format: Format, device: str) -> Forward:
    """Run the model in torch on a device, its weights in the given format."""
    dtype = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}[number_format]
    model = SentenceModel(pretrained.model()).to(device, dtype).eval()

    @torch.inference_mode()
    def forward(ids: IntArray, mask: IntArray) -> FloatArray:
        vectors = model(torch.from_numpy(ids).to(device), torch.from_numpy(mask).to(device))
        return np.asarray(vectors.cpu().numpy(), np.float32)

    return forward
