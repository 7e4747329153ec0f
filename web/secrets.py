"""Secrets of an installation: drawn once, kept in its data folder, readable by its owner alone."""

import os
import secrets
from pathlib import Path


def kept_secret(data: Path, name: str) -> str:
    """A random text that stays the same for this data folder; only its owner may read the file."""
    folder = data / "secrets"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / name
    if not path.exists():
        new = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(new, "w") as file:
            file.write(secrets.token_urlsafe(32))
    return path.read_text()
