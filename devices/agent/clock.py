"""The agent's only source of time, so that a test can hold it still."""

import asyncio
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """The time now, aware, in UTC."""
        ...

    async def sleep(self, seconds: float) -> None: ...


class SystemClock:
    """The computer's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def milliseconds(at: datetime) -> int:
    """Whole milliseconds since 1970; the journal's way to keep a time."""
    return int(at.timestamp() * 1_000)


def wire_time(ms: int) -> str:
    """Milliseconds since 1970 as the protocol writes them: `2026-11-22T09:30:00.000Z`."""
    at = datetime.fromtimestamp(ms // 1_000, UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{ms % 1_000:03d}Z"


def read_wire_time(text: str) -> int:
    """The reverse of `wire_time`; any RFC 3339 time with an offset is understood. Raises `ValueError`."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"a time without its zone: {text}")
    return milliseconds(at)
