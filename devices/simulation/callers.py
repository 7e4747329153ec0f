"""A simulator whose host calls anew for every conversation, as one does a web server."""

import asyncio

from devices.simulation.simulator import Simulator

MOST_WAITS = 1_000


class CalledAnew(Simulator):
    """Takes the next caller although the last has only just hung up."""

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in range(MOST_WAITS):
            if self._wire is None:
                break
            await asyncio.sleep(0.001)
        await super()._accept(reader, writer)

    def disconnect(self) -> None:
        """Drop the caller who is there. Between two conversations nobody is, and nobody need come back."""
        if self._wire is None:
            self.connections += 1
        super().disconnect()
