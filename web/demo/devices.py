"""The demo's other simulated devices: a scale and a scanner, and on request a fiscal register and a card terminal."""

import argparse
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from devices.cli.protocol import protocol_called
from devices.conformance.spec import ProtocolSpec
from devices.device import Device
from devices.simulation.simulator import Simulator

ALWAYS = {"scale": "scale:toledo8217", "scanner": "scanner:serial"}


@dataclass(frozen=True, slots=True)
class Simulated:
    """One of them, answering at `address`."""

    id: str
    spec: ProtocolSpec
    simulator: Simulator
    address: str

    def driver(self) -> Device:
        return self.spec.device(self.id, self.address, {})


def devices_wished(asked: argparse.Namespace) -> dict[str, str]:
    """Protocols by the name of their device."""
    fiscal, terminal = getattr(asked, "fiscal", None), getattr(asked, "terminal", None)
    more = {"fiscal": fiscal and f"fiscal:{fiscal}", "terminal": terminal and f"payment:{terminal}"}
    return ALWAYS | {id: name for id, name in more.items() if name}


@asynccontextmanager
async def simulated_devices(protocols: dict[str, str]) -> AsyncGenerator[list[Simulated]]:
    """Each over TCP on a free port of this computer. Raises `ConfigError` for a protocol that there is not."""
    async with AsyncExitStack() as stack:
        found: list[Simulated] = []
        for id, name in protocols.items():
            spec = protocol_called(name)
            simulator = spec.simulator()
            stack.push_async_callback(simulator.stop)
            found.append(Simulated(id, spec, simulator, await simulator.start_tcp()))
        yield found
