"""How the words change the configuration: a draft beside it, read as the agent will read it, takes its place.

Nothing that a person wrote is lost: text is added or a value exchanged, and what else the file says stays equal.
"""

import contextlib
import json
import os
import re
import tomllib
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

from devices.agent.config import ServerLink, read_config
from devices.agent.errors import ConfigError

DEFAULT = Path("devices.toml")
NEW = 'state = "state"\nport = 9317\n'
"""What a file begins with; whoever makes it adds what he knows of the till page."""
PRIVATE = 0o600
"""The file holds tokens: nobody but its owner reads it, where a system knows owners."""
SERVER_HEAD = re.compile(r"[ \t]*\[[ \t]*server[ \t]*\][ \t]*(#.*)?\r?")
DEVICE_HEAD = re.compile(r"[ \t]*\[\[[ \t]*devices[ \t]*\]\][ \t]*(#.*)?\r?")
ANY_HEAD = re.compile(r"[ \t]*\[")
VALUE = re.compile(
    r"""(?P<before>[ \t]*(?P<name>\w+)[ \t]*=[ \t]*)("(?:[^"\\]|\\.)*"|'[^']*'|[^#]*?)(?P<after>[ \t]*(#.*)?\r?)"""
)


def text_of(path: Path) -> str | None:
    """What stands in the file, line ends and all; None if there is none yet. Raises `ConfigError`."""
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: {error}") from error


class Draft:
    """What a configuration is to become, in a file of its own beside it, with the owner of the first."""

    def __init__(self, path: Path, trial: Path) -> None:
        self._path, self._trial = path, trial

    def write(self, text: str) -> None:
        """Put it on the disk and read it as the agent will. Raises `ConfigError`, also for a disk that does not take it."""
        try:
            with self._trial.open("wb") as file:
                file.write(text.encode("utf-8"))
                file.flush()
                os.fsync(file.fileno())
            read_config(self._trial)
        except ConfigError as error:
            raise ConfigError(str(error).replace(str(self._trial), str(self._path))) from error
        except OSError as error:
            raise ConfigError(f"{self._path}: {error.strerror or error}") from error

    def keep(self) -> None:
        """Take the place of the configuration. Raises `ConfigError`; then that is as it was."""
        try:
            self._trial.replace(os.path.realpath(self._path))
        except OSError as error:
            raise ConfigError(f"{self._path}: {error.strerror or error}") from error


@contextmanager
def draft(path: Path, *, private: bool) -> Generator[Draft]:
    """A draft that is gone afterwards, unless it was kept. Readable as the file was, or by its owner alone if `private`
    or new, from its first moment on. Raises `ConfigError` where none can be made or kept."""
    trial = Path(os.path.realpath(path) + ".new")
    try:
        trial.unlink(missing_ok=True)
        os.close(os.open(trial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE))
    except OSError as error:
        raise ConfigError(f"{path} cannot be written: {trial}: {error.strerror or error}") from error
    try:
        if path.exists():
            _make_alike(path, trial, private=private)
        yield Draft(path, trial)
    finally:
        with contextlib.suppress(OSError):
            trial.unlink(missing_ok=True)


def _make_alike(path: Path, trial: Path, *, private: bool) -> None:
    """Whoever may read the file may read the next one. Raises `ConfigError` if that cannot be, or the file is protected."""
    old, new = path.stat(), trial.stat()
    if not os.access(path, os.W_OK):
        raise ConfigError(f"{path} cannot be written: it is protected, or another user's")
    try:
        if (old.st_uid, old.st_gid) != (new.st_uid, new.st_gid):
            os.chown(trial, old.st_uid, old.st_gid)
        if not private:
            trial.chmod(old.st_mode & 0o777)
    except OSError as error:
        raise ConfigError(f"{path} is another user's: do this as that user") from error


def with_table(text: str, head: str, values: Mapping[str, Any]) -> str:
    """One more table behind all others; a JSON text, whole number or list of them is written the same in TOML."""
    table = [head, *(f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in values.items())]
    end = "\r\n" if "\r\n" in text else "\n"
    return text + ("" if text.endswith("\n") else end) + end + end.join(table) + end


def with_server(text: str, link: ServerLink) -> str:
    """The same configuration with this link: a table at its end, or other values in the one that it has.

    Every other line stays. Raises `ConfigError` for a file that cannot be read, or that writes its link in another way
    than on lines of their own.
    """
    values, old = asdict(link), _read(text)
    table = old.get("server", {})
    wanted = {**old, "server": {**cast(dict[str, Any], table), **values}} if isinstance(table, dict) else None
    written = _exchanged(text, SERVER_HEAD, values) if "server" in old else [with_table(text, "[server]", values)]
    return _the_one(
        written,
        wanted,
        "[server] is written in a way that is not changed here: put it, url and token on a line each, or take it out",
    )


def with_options(text: str, device: str, options: Mapping[str, Any]) -> str:
    """The same configuration with other options of one device; every other line stays.

    Raises `ConfigError`, which says what to write by hand, where its table is not written on lines of its own.
    """
    old = _read(text)
    devices = [{**table, **options} if table.get("id") == device else table for table in old.get("devices", [])]
    lines = "; ".join(f"{name} = {json.dumps(value)}" for name, value in options.items())
    return _the_one(
        _exchanged(text, DEVICE_HEAD, options),
        {**old, "devices": devices},
        f"the table of {device} is written in a way that is not changed here; put into it: {lines}",
    )


def _read(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(str(error)) from error


def _the_one(written: Iterable[str], wanted: dict[str, Any] | None, otherwise: str) -> str:
    """The first that says exactly what is wanted. Raises `ConfigError`."""
    for changed in written:
        with contextlib.suppress(tomllib.TOMLDecodeError):
            if tomllib.loads(changed) == wanted:
                return changed
    raise ConfigError(otherwise)


def _exchanged(text: str, head: re.Pattern[str], values: Mapping[str, Any]) -> Generator[str]:
    """With these values below each line that looks like the head of the table: one of them may stand inside a text."""
    lines = text.split("\n")
    for first, line in enumerate(lines):
        if head.fullmatch(line):
            yield "\n".join([*lines[: first + 1], *_with_values(lines[first + 1 :], values, line.endswith("\r"))])


def _with_values(lines: list[str], values: Mapping[str, Any], carriage: bool) -> Generator[str]:
    missing = dict(values)
    end = next((number for number, line in enumerate(lines) if ANY_HEAD.match(line)), len(lines))
    table = [_with_value(line, missing) for line in lines[:end]]
    yield from (f"{name} = {json.dumps(value)}" + ("\r" if carriage else "") for name, value in missing.items())
    yield from table
    yield from lines[end:]


def _with_value(line: str, missing: dict[str, Any]) -> str:
    found = VALUE.fullmatch(line)
    if found is None or found["name"] not in missing:
        return line
    return found["before"] + json.dumps(missing.pop(found["name"])) + found["after"]


def typed(config: Path, *words: str) -> str:
    """What to type to go on with this configuration."""
    named = () if config == DEFAULT else ("--config", f'"{config}"' if " " in str(config) else str(config))
    return " ".join(("tillcard devices", *words, *named))
