"""What people type into the forms about a client, read as values; whatever cannot be read names its field."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from uuid import UUID

from pos.core.errors import Malformed
from pos.core.ids import new_id
from pos.core.money import MAX_AMOUNT

SPACES = re.compile(r"[\s ]")
NUMBER = re.compile(r"[0-9]{1,15}(\.[0-9]{1,4})?")


class ClientFormMalformed(Malformed):
    """`field` is the input of the form."""

    code = "client.form_malformed"


class Typed:
    """The fields of one form, stripped. Every reader raises `ClientFormMalformed` with the field."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        self.fields = {name: value.strip() for name, value in fields.items()}

    def get(self, name: str, default: str = "") -> str:
        """As it was typed."""
        return self.fields.get(name, default)

    def needed(self, name: str, most: int) -> str:
        """A text that is there."""
        value = self.get(name)
        if not 1 <= len(value) <= most:
            raise ClientFormMalformed(field=name)
        return value

    def short(self, name: str, most: int) -> str:
        """A text that may be empty."""
        value = self.get(name)
        if len(value) > most:
            raise ClientFormMalformed(field=name)
        return value

    def day(self, name: str) -> date | None:
        if not self.get(name):
            return None
        try:
            return date.fromisoformat(self.get(name))
        except ValueError as error:
            raise ClientFormMalformed(field=name) from error

    def needed_day(self, name: str) -> date:
        day = self.day(name)
        if day is None:
            raise ClientFormMalformed(field=name)
        return day

    def id(self, name: str) -> UUID:
        """An id that the page put there."""
        try:
            return UUID(self.get(name))
        except ValueError as error:
            raise ClientFormMalformed(field=name) from error

    def fresh(self) -> UUID:
        """The id that the page drew for what the form makes, so that a form sent twice makes it once."""
        return self.id("fresh") if self.get("fresh") else new_id()

    def scaled(self, name: str, places: int) -> int:
        """A number with a point or a comma, in parts of `10**places`: "7,5" of two places is 750."""
        bare = SPACES.sub("", self.get(name)).replace(",", ".")
        parts = Decimal(bare).scaleb(places) if NUMBER.fullmatch(bare) else None
        if parts is None or parts != int(parts) or parts > MAX_AMOUNT:
            raise ClientFormMalformed(field=name)
        return int(parts)

    def percent(self, name: str) -> int:
        """Basis points from 0 to 10000."""
        value = self.scaled(name, 2)
        if value > 10_000:
            raise ClientFormMalformed(field=name)
        return value

    def whole(self, name: str, most: int = MAX_AMOUNT) -> int:
        """A whole number; it may be negative."""
        bare = SPACES.sub("", self.get(name)).replace("−", "-").removeprefix("+")
        if not re.fullmatch(r"-?[0-9]{1,16}", bare) or abs(int(bare)) > most:
            raise ClientFormMalformed(field=name)
        return int(bare)
