"""The driver's own book of one register: what was tried, what came of it, and the sums since the last Z.

An Armenian register can be asked for a receipt by its number alone, so before each document the book says durably what
the last number was. With a file it outlasts a restart; without one it is forgotten with the program.
"""

import asyncio
import json
import logging
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, cast

from devices.fiscal.answers import Counter, Counters
from devices.fiscal.errors import FiscalError
from devices.options import BadOption

log = logging.getLogger(__name__)

MOST_ATTEMPTS = 200


class BookUnwritable(FiscalError):
    """The book's file could not be written, so nothing was sent."""

    code = "fiscal.book"


class Standing(StrEnum):
    SENT = "sent"
    """Nobody knows what came of it."""
    REGISTERED = "registered"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Attempt:
    """A document on its way.

    `before`: the register's last number as far as it was known; `at`: when it was sent; `seq`: the number of the request;
    `back`: it is a return; `rows`: code and quantity of each row; `total`, `card` and `prepaid` in luma.
    """

    document: str
    back: bool
    kind: int
    total: int
    cash: int
    card: int
    prepaid: int
    rows: tuple[tuple[str, int], ...] = ()
    before: int | None = None
    at: str = ""
    seq: int = 0
    standing: Standing = Standing.SENT
    number: int | None = None
    result: dict[str, Any] | None = None


@dataclass(slots=True)
class Sums:
    """Since the last Z."""

    sales: int = 0
    sales_sum: int = 0
    returns: int = 0
    returns_sum: int = 0
    cash_in: int = 0
    cash_out: int = 0
    cash: int = 0

    def counters(self) -> Counters:
        return Counters(
            Counter(self.sales, self.sales_sum),
            Counter(self.returns, self.returns_sum),
            self.cash_in,
            self.cash_out,
            self.cash,
        )


@dataclass(slots=True)
class _Page:
    """All that the file holds. `seq`: of the last request that was taken."""

    since: str
    last: int | None = None
    seq: int | None = None
    shift: int = 1
    opened_at: int | None = None
    sums: Sums = field(default_factory=Sums)
    attempts: list[Attempt] = field(default_factory=list[Attempt])


class Book:
    """`path` None: in memory. Raises `BadOption` for a file that cannot be read or is no book."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._page = _Page(datetime.now(UTC).isoformat())
        if path is not None and path.exists():
            self._page = _read(path)

    @property
    def last(self) -> int | None:
        """The highest number that a document is known to have."""
        return self._page.last

    @property
    def seq(self) -> int | None:
        return self._page.seq

    @property
    def shift(self) -> int:
        return self._page.shift

    @property
    def opened_at(self) -> int | None:
        """Milliseconds since 1970; None while nothing was done since the last Z."""
        return self._page.opened_at

    @property
    def counters(self) -> Counters:
        return self._page.sums.counters()

    def attempt(self, document: str) -> Attempt | None:
        """The last one of this document."""
        return next((found for found in reversed(self._page.attempts) if found.document == document), None)

    def unsettled(self) -> list[Attempt]:
        """Those of which nobody knows what came of them, the oldest first."""
        return [found for found in self._page.attempts if found.standing is Standing.SENT]

    def covers(self, at: datetime) -> bool:
        """Whether a document of that time would stand here if it had been sent."""
        return datetime.fromisoformat(self._page.since) <= at

    def after(self, attempt: Attempt) -> int | None:
        """The lowest number of what was registered later than this."""
        later = self._page.attempts[self._page.attempts.index(attempt) + 1 :]
        return min((found.number for found in later if found.number is not None), default=None)

    def numbers(self) -> frozenset[int]:
        """Numbers that belong to a document."""
        return frozenset(found.number for found in self._page.attempts if found.number is not None)

    async def begin(self, attempt: Attempt) -> Attempt:
        """Durable when it returns. Raises `BookUnwritable`."""
        attempt = replace(attempt, before=self.last, at=datetime.now(UTC).isoformat())
        kept = [found for found in self._page.attempts if found.document != attempt.document]
        if len(kept) >= MOST_ATTEMPTS:
            self._page.since = kept.pop(0).at
        self._page.attempts = [*kept, attempt]
        if not await self._write():
            raise BookUnwritable(file=str(self._path))
        return attempt

    async def registered(self, attempt: Attempt, number: int, result: Mapping[str, Any], now: int) -> None:
        self._end(replace(attempt, standing=Standing.REGISTERED, number=number, result=dict(result)))
        page, sums = self._page, self._page.sums
        page.last = max(number, page.last or 0)
        page.opened_at = page.opened_at or now
        if attempt.back:
            sums.returns, sums.returns_sum = sums.returns + 1, sums.returns_sum + attempt.total
            sums.cash -= attempt.cash
        else:
            sums.sales, sums.sales_sum = sums.sales + 1, sums.sales_sum + attempt.total
            sums.cash += attempt.cash
        await self._write()

    async def absent(self, attempt: Attempt) -> None:
        self._end(replace(attempt, standing=Standing.ABSENT))
        await self._write()

    async def took(self, seq: int) -> None:
        """The register took the request of this number."""
        self._page.seq = seq
        await self._write()

    async def moved(self, amount: int, now: int) -> None:
        """Cash put in, or taken out where it is negative."""
        sums = self._page.sums
        sums.cash += amount
        sums.cash_in, sums.cash_out = sums.cash_in + max(amount, 0), sums.cash_out + max(-amount, 0)
        self._page.opened_at = self._page.opened_at or now
        await self._write()

    async def open_shift(self, now: int) -> None:
        self._page.opened_at = now
        await self._write()

    async def close_shift(self) -> None:
        self._page.shift, self._page.opened_at, self._page.sums = self._page.shift + 1, None, Sums()
        await self._write()

    def _end(self, ended: Attempt) -> None:
        found = [ended if other.document == ended.document else other for other in self._page.attempts]
        self._page.attempts = found

    async def _write(self) -> bool:
        """What happened has happened: a file that cannot be written is told in the log, and with the next document."""
        if self._path is None:
            return True
        text = json.dumps(asdict(self._page), ensure_ascii=False)
        try:
            await asyncio.to_thread(_replace, self._path, text)
        except OSError:
            log.exception("the book %s cannot be written", self._path)
            return False
        return True


def _replace(path: Path, text: str) -> None:
    """The whole new file or the whole old one, whatever happens meanwhile."""
    beside = path.with_name(path.name + ".new")
    with beside.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _read(path: Path) -> _Page:
    try:
        value = cast(dict[str, Any], json.loads(path.read_text("utf-8")))
        sums = Sums(**value.pop("sums"))
        attempts = [_attempt(found) for found in value.pop("attempts")]
        page = _Page(sums=sums, attempts=attempts, **value)
        datetime.fromisoformat(page.since)
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise BadOption(option="book", why=f"{path} is no book: look at it before anything is sold") from error
    return page


def _attempt(value: dict[str, Any]) -> Attempt:
    rows = tuple((str(code), int(quantity)) for code, quantity in value.pop("rows"))
    return Attempt(rows=rows, standing=Standing(value.pop("standing")), **value)
