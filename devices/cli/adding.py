"""`tillcard devices add`: one more `[[devices]]` table at the end of the file; all else in it stays as it was written."""

import argparse
import tomllib
from collections.abc import Sequence
from typing import Any

from devices.agent.build import build_device
from devices.agent.config import DeviceConfig
from devices.agent.errors import ConfigError
from devices.cli.writing import NEW, draft, text_of, typed, with_table

ORIGINS = 'origins = ["http://127.0.0.1:8080"]   # addresses of the till page\n'


def run(asked: argparse.Namespace) -> int:
    """Check the device and write it down. Raises `ConfigError`; then the file is as it was."""
    options = options_from(asked.options)
    build_device(DeviceConfig(asked.id, asked.kind, asked.url, options))
    text = text_of(asked.config)
    values = {"id": asked.id, "kind": asked.kind, "url": asked.url, **options}
    with draft(asked.config, private=False) as new:
        new.write(with_table(NEW + ORIGINS if text is None else text, "[[devices]]", values))
        new.keep()
    print(f"{asked.id} is in {asked.config}. Try it: {typed(asked.config, 'test', asked.id)}")
    return 0


def options_from(words: Sequence[str]) -> dict[str, Any]:
    """`dialect=toledo8217 columns=42 raster=false`: what TOML would read is that, the rest is text.

    Raises `ConfigError` for a word without `=`.
    """
    found: dict[str, Any] = {}
    for word in words:
        name, sign, value = word.partition("=")
        if not sign or not name.isidentifier():
            raise ConfigError(f"{word!r} is not a setting like dialect=toledo8217")
        try:
            found[name] = tomllib.loads(f"value = {value}")["value"]
        except tomllib.TOMLDecodeError:
            found[name] = value
    return found
