"""`tillcard devices run`: the agent on its own, beside the till."""

import argparse
import asyncio
import contextlib
import signal
import sys

from devices.agent.agent import Agent
from devices.agent.build import build_device
from devices.agent.config import read_config
from devices.agent.errors import AgentAlreadyRunning, Refused
from devices.cli.writing import typed

OK, CANNOT_START = 0, 1


def run(asked: argparse.Namespace) -> int:
    """Run the agent until Ctrl-C or SIGTERM; returns the exit status; standard error says why it cannot start.

    Raises `ConfigError`.
    """
    config = read_config(asked.config)
    devices = [build_device(device) for device in config.devices]
    try:
        asyncio.run(_run_until_told(Agent(config, devices), pair=asked.pair, again=typed(asked.config, "--pair")))
    except AgentAlreadyRunning as error:
        return _fail(f"{error}: stop that one first")
    except Refused as error:
        return _fail(f"the journal in {config.state} cannot be used: {error.message}")
    except OSError as error:
        return _fail(f"cannot start ({error}); if port {config.port} is taken, set another `port`")
    return OK


def _fail(why: str) -> int:
    print(why, file=sys.stderr)
    return CANNOT_START


async def _run_until_told(agent: Agent, *, pair: bool, again: str) -> None:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for name in ("SIGINT", "SIGTERM"):
        with contextlib.suppress(NotImplementedError):  # Windows: Ctrl-C cancels the run instead
            loop.add_signal_handler(getattr(signal, name), stop.set)
    async with agent:
        if agent.port is not None:
            print(f"device agent listens at {agent.url}", flush=True)
            if pair or not agent.access.anyone_paired:
                code = agent.access.open_pairing()
                print(
                    f'to pair the till on this computer, type this code there (the devices\' icon, "Devices of this computer")'
                    f" within 10 minutes: {code[:4]} {code[4:]}\n"
                    f"it works once; for another one stop this (Ctrl+C) and start it with: {again}",
                    flush=True,
                )
        await stop.wait()
