"""Who may ask: API keys of 256 random bits, of which a file holds salted hashes."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from catalogkit.datasets.errors import DataError


@dataclass(frozen=True)
class Key:
    """A key's name, salt and salted sha256, as hexadecimal digits.

    A key is not a password that can be guessed: a slow hash would add nothing to its 256 bits.
    """

    name: str
    salt: str
    hash: str

    def fits(self, secret: str) -> bool:
        """Compare in a time that does not depend on where the two differ."""
        return hmac.compare_digest(self.hash, _hashed(self.salt, secret))


@dataclass(frozen=True)
class Keys:
    """The keys of a service, and the secret under which its logs mask who asked for what."""

    keys: tuple[Key, ...]
    mask: bytes

    def owner(self, secret: str) -> str | None:
        """Return the name of a key, or None; every key is compared, whichever fits."""
        names = [key.name for key in self.keys if key.fits(secret)]
        return names[0] if names else None


def read_keys(path: Path) -> Keys:
    """Read a file that `add_key` wrote. Raises DataError when it is absent, damaged or empty."""
    if not path.is_file():
        raise DataError(f"{path}: no such file; make a key with `catalogkit serve key`.")
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return Keys(tuple(Key(**each) for each in content["keys"]), bytes.fromhex(content["mask"]))
    except (ValueError, KeyError, TypeError):
        raise DataError(f"{path}: is no file of keys, or damaged; make a new one.") from None


def add_key(path: Path, name: str) -> str:
    """Make a key, add its hash to a file and return it; it cannot be had again.

    The file is its owner's alone. Raises DataError for a name that is taken or empty.
    """
    known = read_keys(path) if path.exists() else Keys((), secrets.token_bytes(32))
    if not name.strip() or any(key.name == name for key in known.keys):
        raise DataError(f"{path}: the name {name!r} is empty or taken; choose another.")
    secret, salt = f"ck_{secrets.token_urlsafe(32)}", secrets.token_hex(16)
    _write(path, Keys((*known.keys, Key(name, salt, _hashed(salt, secret))), known.mask))
    return secret


def remove_key(path: Path, name: str) -> None:
    """Take a key out of a file. Raises DataError when it is not there."""
    known = read_keys(path)
    kept = tuple(key for key in known.keys if key.name != name)
    if len(kept) == len(known.keys):
        raise DataError(f"{path}: has no key named {name!r}.")
    _write(path, Keys(kept, known.mask))


def _hashed(salt: str, secret: str) -> str:
    return hashlib.sha256(bytes.fromhex(salt) + secret.encode()).hexdigest()


def _write(path: Path, keys: Keys) -> None:
    """Replace the file whole, readable by its owner alone."""
    content: dict[str, Any] = {
        "mask": keys.mask.hex(),
        "keys": [vars(key) for key in keys.keys],
    }
    partial = path.with_name(f"{path.name}.partial")
    try:
        opened = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    except OSError as error:
        raise DataError(f"{path}: cannot be written ({error.strerror}).") from None
    with os.fdopen(opened, "w", encoding="utf-8") as file:
        json.dump(content, file, indent=1)
    partial.replace(path)
