"""What devices have counted, kept across restarts of the agent; written rarely, because nothing hangs on the last minutes."""

from collections.abc import Iterable
from typing import Any, cast

from devices.agent.store import Store, Transaction
from devices.device import Device
from devices.statistics import Counted


class Remembered:
    """Loads the counts of before into the devices' statistics, and writes them down when they have changed."""

    def __init__(self, store: Store, devices: Iterable[Device]) -> None:
        self._store = store
        self._devices = list(devices)
        self._written: dict[str, dict[str, int]] = {}

    async def load(self) -> None:
        """Raises `JournalUnavailable`."""
        rows: list[tuple[str, str, int]] = await self._store.run(
            lambda tx: tx.execute("SELECT device, name, count FROM statistics").fetchall()
        )
        for device in self._devices:
            for owner, name, count in rows:
                if owner == device.id:
                    device.statistics.count(cast(Counted, name), count)
            self._written[device.id] = _counts(device)

    async def keep(self) -> None:
        """Raises `JournalUnavailable`."""
        changed = [device for device in self._devices if _counts(device) != self._written.get(device.id)]
        if not changed:
            return
        now = {device.id: _counts(device) for device in changed}
        rows = [(id, name, count) for id, counts in now.items() for name, count in counts.items()]

        def work(tx: Transaction) -> None:
            for row in rows:
                tx.execute("INSERT OR REPLACE INTO statistics VALUES (?, ?, ?)", row)

        await self._store.run(work)
        self._written |= now


def _counts(device: Device) -> dict[str, int]:
    return dict(cast("dict[Any, int]", device.statistics.counts))
