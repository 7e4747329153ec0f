"""The worked example of `docs/points.md`, row by row."""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

from loyalty.points.life import end_of, first_day
from loyalty.points.rules import Entry, replay

PAGE = Path(__file__).parents[3] / "docs" / "points.md"
A, BONUS, B, C = (UUID(int=number) for number in (1, 2, 3, 4))


def entry(kind: str, amount: int, on: date, source: UUID, origin: UUID | None = None, *, waits: int = 0) -> Entry:
    days: tuple[date | None, date | None] = (None, None)
    if amount > 0:
        starts = first_day(on, waits)
        days = (on, on + timedelta(days=30)) if kind == "redemption" else (starts, end_of(starts, "month_end", 1))
    return Entry(source, kind, amount, on, datetime(on.year, on.month, on.day, 9, tzinfo=UTC), 1, *days, origin)


HAPPENED = (
    entry("accrual", 60, date(2026, 3, 2), A, waits=14),
    entry("bonus", 20, date(2026, 3, 10), BONUS),
    entry("accrual", 40, date(2026, 3, 25), B, waits=14),
    entry("redemption", -90, date(2026, 4, 9), C),
    entry("redemption", 45, date(2026, 4, 12), UUID(int=5), C),
    entry("accrual", -60, date(2026, 4, 20), UUID(int=6), A),
    entry("redemption", 45, date(2026, 5, 5), UUID(int=7), C),
)


def test_the_page_says_what_the_ledger_gives():
    rows = re.findall(r"^\| (\d+ (?:March|April|May|June)) \|.*\| (\d+) \|$", PAGE.read_text("utf-8"), re.MULTILINE)
    days = [datetime.strptime(f"{day} 2026", "%d %B %Y").replace(tzinfo=UTC).date() for day, _ in rows]

    found = [replay([one for one in HAPPENED if one.day <= day], day).spendable() for day in days]

    assert len(rows) == 8
    assert found == [int(spendable) for _, spendable in rows]


def test_the_lots_at_the_end_are_those_of_the_page():
    book = replay(HAPPENED, date(2026, 5, 5))

    assert [(lot.left, lot.available_on, lot.expires_on) for lot in book.open] == [
        (40, date(2026, 4, 8), date(2026, 6, 1)),
        (20, date(2026, 5, 5), date(2026, 6, 4)),
    ]
