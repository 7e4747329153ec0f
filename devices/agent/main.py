"""`tillcard devices`: the agent on its own, beside the till."""

import argparse
import asyncio
import contextlib
import logging
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from devices.agent.agent import Agent
from devices.agent.build import build_device
from devices.agent.config import read_config
from devices.agent.errors import AgentAlreadyRunning, ConfigError, Refused

OK, WRONG_CONFIG, CANNOT_START = 0, 2, 1


def run(argv: Sequence[str] | None = None) -> int:
    """Run the agent until Ctrl-C or SIGTERM; returns the exit status; standard error says why it cannot start."""
    parser = argparse.ArgumentParser(prog="tillcard devices", description="Drives the devices of this till.")
    parser.add_argument("--config", type=Path, default=Path("devices.toml"), help="default: %(default)s")
    parser.add_argument("--pair", action="store_true", help="print a code by which a till page can be paired")
    options = parser.parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("websockets").setLevel(logging.WARNING)
    try:
        config = read_config(options.config)
        devices = [build_device(device) for device in config.devices]
    except ConfigError as error:
        return _fail(WRONG_CONFIG, str(error))
    try:
        asyncio.run(_run_until_told(Agent(config, devices), pair=options.pair))
    except KeyboardInterrupt:
        return OK
    except AgentAlreadyRunning as error:
        return _fail(CANNOT_START, f"{error}: stop that one first")
    except Refused as error:
        return _fail(CANNOT_START, f"the journal in {config.state} cannot be used: {error.message}")
    except OSError as error:
        return _fail(CANNOT_START, f"cannot start ({error}); if port {config.port} is taken, set another `port`")
    return OK


def _fail(status: int, why: str) -> int:
    print(why, file=sys.stderr)
    return status


async def _run_until_told(agent: Agent, *, pair: bool) -> None:
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
                    f"to pair a till, type this code into its settings within 10 minutes: {code[:4]} {code[4:]}",
                    flush=True,
                )
        await stop.wait()


if __name__ == "__main__":
    sys.exit(run())
