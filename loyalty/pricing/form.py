# pyright: strict
"""Reads one JSON object field by field; what does not fit is refused with a stable code and the path of the field."""

import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import TypeVar, cast

from pos.core.errors import Malformed
from pos.core.money import MAX_AMOUNT

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}")
DATE = re.compile(r"(19[7-9][0-9]|[2-9][0-9]{3})-[0-9]{2}-[0-9]{2}")
LONGEST_TEXT = 200

T = TypeVar("T")


class MissingField(Malformed):
    code = "pricing.missing_field"


class UnknownField(Malformed):
    code = "pricing.unknown_field"


class WrongType(Malformed):
    code = "pricing.wrong_type"


class OutOfRange(Malformed):
    code = "pricing.out_of_range"


class UnknownChoice(Malformed):
    code = "pricing.unknown_choice"


class BadCode(Malformed):
    code = "pricing.bad_code"


class BadDate(Malformed):
    code = "pricing.bad_date"


class Form:
    """A JSON object being read. Call `end` when all fields are read: what is left over is refused."""

    def __init__(self, value: object, path: str) -> None:
        if not isinstance(value, dict):
            raise WrongType(field=path)
        self._fields = cast(dict[str, object], value)
        self._path = path
        self._read: set[str] = set()

    def at(self, name: str) -> str:
        return f"{self._path}.{name}" if self._path else name

    def has(self, name: str) -> bool:
        """Whether the field is there and not null."""
        self._read.add(name)
        return self._fields.get(name) is not None

    def has_object(self, name: str) -> bool:
        return self.has(name) and isinstance(self._fields[name], dict)

    def _take(self, name: str) -> object:
        if not self.has(name):
            raise MissingField(field=self.at(name))
        return self._fields[name]

    def integer(self, name: str, low: int = 0, high: int = MAX_AMOUNT) -> int:
        return integer_at(self._take(name), self.at(name), low, high)

    def integer_or(self, name: str, default: T, low: int = 0, high: int = MAX_AMOUNT) -> int | T:
        return self.integer(name, low, high) if self.has(name) else default

    def flag(self, name: str, default: bool) -> bool:
        if not self.has(name):
            return default
        value = self._fields[name]
        if not isinstance(value, bool):
            raise WrongType(field=self.at(name))
        return value

    def text(self, name: str) -> str:
        value = self._take(name)
        if not isinstance(value, str):
            raise WrongType(field=self.at(name))
        if not 1 <= len(value) <= LONGEST_TEXT:
            raise OutOfRange(field=self.at(name))
        return value

    def code(self, name: str) -> str:
        return _code(self._take(name), self.at(name))

    def code_or_none(self, name: str) -> str | None:
        return self.code(name) if self.has(name) else None

    def choice(self, name: str, choices: Sequence[T], default: T | None = None) -> T:
        if default is not None and not self.has(name):
            return default
        value = self._take(name)
        if not isinstance(value, str):
            raise WrongType(field=self.at(name))
        for choice in choices:
            if choice == value:
                return choice
        raise UnknownChoice(field=self.at(name))

    def date(self, name: str) -> str:
        value = self._take(name)
        if not isinstance(value, str):
            raise WrongType(field=self.at(name))
        if not DATE.fullmatch(value):
            raise BadDate(field=self.at(name))
        try:
            date.fromisoformat(value)
        except ValueError:
            raise BadDate(field=self.at(name)) from None
        return value

    def date_or_open(self, name: str) -> str:
        return self.date(name) if self.has(name) else ""

    def form(self, name: str) -> "Form":
        return Form(self._take(name), self.at(name))

    def form_or_empty(self, name: str) -> "Form":
        return self.form(name) if self.has(name) else Form({}, self.at(name))

    def forms(self, name: str, most: int) -> list["Form"]:
        return [Form(value, path) for value, path in self._list(name, most, 0)]

    def forms_or_none(self, name: str, most: int) -> list["Form"]:
        return self.forms(name, most) if self.has(name) else []

    def codes(self, name: str) -> frozenset[str]:
        """Codes of a list that may be left out, but not be empty."""
        return frozenset(self._each(name, _code))

    def integers(self, name: str, low: int, high: int) -> frozenset[int]:
        """Integers of a list that may be left out, but not be empty."""
        return frozenset(self._each(name, lambda value, path: integer_at(value, path, low, high)))

    def _each(self, name: str, read: Callable[[object, str], T]) -> list[T]:
        if not self.has(name):
            return []
        return [read(value, path) for value, path in self._list(name, 100_000, 1)]

    def _list(self, name: str, most: int, least: int) -> list[tuple[object, str]]:
        value = self._take(name)
        if not isinstance(value, list):
            raise WrongType(field=self.at(name))
        items = cast(list[object], value)
        if not least <= len(items) <= most:
            raise OutOfRange(field=self.at(name))
        return [(item, f"{self.at(name)}[{at}]") for at, item in enumerate(items)]

    def list_of_integers(self, name: str, low: int, high: int) -> tuple[int, ...]:
        """Integers in their order; the list may be left out or empty."""
        if not self.has(name):
            return ()
        return tuple(integer_at(value, path, low, high) for value, path in self._list(name, 1_000, 0))

    def list_of_codes(self, name: str) -> frozenset[str]:
        """Codes of a list that may be left out or empty."""
        if not self.has(name):
            return frozenset()
        return frozenset(_code(value, path) for value, path in self._list(name, 1_000, 0))

    def entries(self, name: str) -> list[tuple[str, object, str]]:
        """Key, value and path of each entry of an object used as a table, by key; it may be left out."""
        if not self.has(name):
            return []
        value = self._fields[name]
        if not isinstance(value, dict):
            raise WrongType(field=self.at(name))
        table = cast(dict[str, object], value)
        return [(_code(key, self.at(name)), table[key], f"{self.at(name)}.{key}") for key in sorted(table)]

    def end(self) -> None:
        for name in sorted(self._fields):
            if name not in self._read:
                raise UnknownField(field=self.at(name))


def integer_at(value: object, path: str, low: int, high: int) -> int:
    """`value` as a whole number from `low` to `high`; `path` is the field that a refusal names."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise WrongType(field=path)
    if not low <= value <= high:
        raise OutOfRange(field=path)
    return value


def _code(value: object, path: str) -> str:
    if not isinstance(value, str):
        raise WrongType(field=path)
    if not CODE.fullmatch(value):
        raise BadCode(field=path)
    return value
