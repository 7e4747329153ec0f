"""Typed access to one JSON object of a job's content; complaints name the field."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import cast

from devices.fiscal.errors import MalformedContent
from devices.receipt.text_gate import clean

MOST = 2**53 - 1
MOST_CHARACTERS = 1_000
GS = "\x1d"
UUID_TEXT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
DATE_TEXT = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class Fields:
    """The fields of one object; `at` is where it stands ("lines[3].")."""

    def __init__(self, raw: object, at: str = "") -> None:
        self.at = at
        if not isinstance(raw, Mapping):
            raise MalformedContent(field=at.rstrip(".") or "content", why="an object")
        self._raw = cast(Mapping[str, object], raw)

    def wrong(self, name: str, why: str) -> MalformedContent:
        return MalformedContent(field=self.at + name, why=why)

    def has(self, name: str) -> bool:
        return self._raw.get(name) is not None

    def text(self, name: str, *, most: int = MOST_CHARACTERS) -> str:
        """A text that is not blank, as one clean line: what a printer could take for a command is gone."""
        value = clean(self._raw_text(name, most)).strip()
        if not value:
            raise self.wrong(name, "a text that is not blank")
        return value

    def code(self, name: str, *, most: int) -> str:
        """A scanned code: printable ASCII and the GS between its parts."""
        value = self._raw_text(name, most)
        if not all(" " <= character <= "~" or character == GS for character in value):
            raise self.wrong(name, "printable ASCII and GS")
        return value

    def _raw_text(self, name: str, most: int) -> str:
        value = self._raw.get(name)
        if not isinstance(value, str) or not 1 <= len(value) <= most:
            raise self.wrong(name, f"a text of 1 to {most} characters")
        return value

    def optional(self, name: str, *, most: int = MOST_CHARACTERS) -> str | None:
        return self.text(name, most=most) if self.has(name) else None

    def number(self, name: str, least: int = 0, most: int = MOST, default: int | None = None) -> int:
        value = self._raw.get(name)
        if value is None and default is not None:
            return default
        if type(value) is not int or not least <= value <= most:
            raise self.wrong(name, f"a whole number from {least} to {most}")
        return value

    def flag(self, name: str, *, default: bool) -> bool:
        value = self._raw.get(name, default)
        if not isinstance(value, bool):
            raise self.wrong(name, "true or false")
        return value

    def one_of(self, name: str, choices: tuple[str, ...]) -> str:
        value = self._raw.get(name)
        if not isinstance(value, str) or value not in choices:
            raise self.wrong(name, "one of " + ", ".join(choices))
        return value

    def uuid(self, name: str) -> str:
        value = self._raw.get(name)
        if not isinstance(value, str) or not UUID_TEXT.fullmatch(value):
            raise self.wrong(name, "a UUID in lower-case letters")
        return value

    def date(self, name: str) -> date:
        value = self._raw.get(name)
        try:
            if not isinstance(value, str) or not DATE_TEXT.fullmatch(value):
                raise ValueError(value)
            return date.fromisoformat(value)
        except ValueError:
            raise self.wrong(name, "a date such as 2026-11-22") from None

    def moment(self, name: str) -> datetime:
        value = self._raw.get(name)
        try:
            found = datetime.fromisoformat(value) if isinstance(value, str) else None
        except ValueError:
            found = None
        if found is None or found.tzinfo is None:
            raise self.wrong(name, "a time with its zone such as 2026-11-22T09:30:00Z")
        return found

    def object(self, name: str) -> "Fields":
        return Fields(self._raw.get(name), f"{self.at}{name}.")

    def objects(self, name: str, least: int, most: int) -> list["Fields"]:
        value = self._raw.get(name)
        if not isinstance(value, list) or not least <= len(cast(list[object], value)) <= most:
            raise self.wrong(name, f"a list of {least} to {most}")
        return [Fields(item, f"{self.at}{name}[{i}].") for i, item in enumerate(cast(list[object], value))]
