"""`tillcard devices simulate PROTOCOL`: a device made of software; lines that are typed do what a person would do to it."""

import argparse
import asyncio
import inspect
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from devices.agent.errors import ConfigError
from devices.cli.protocol import protocol_called
from devices.conformance.spec import ProtocolSpec
from devices.simulation.faults import Faults
from devices.simulation.simulator import Simulator

SWITCH = {"on": True, "off": False}


def run(asked: argparse.Namespace) -> int:
    """Until end of input or Ctrl+C. Raises `ConfigError` for a protocol or fault that there is not."""
    spec = protocol_called(asked.protocol)
    return asyncio.run(_simulate(spec, tcp=asked.tcp, faults=asked.fault))


async def _simulate(spec: ProtocolSpec, *, tcp: int | None, faults: list[str]) -> int:
    simulator = spec.simulator()
    for fault in faults:
        print(obey(simulator, f"fault {fault} on"))
    url = await (simulator.start_pty(spec.line) if tcp is None else simulator.start_tcp(port=tcp))
    print(f"{spec.title} at {url}\n{help_of(simulator)}", flush=True)
    try:
        while line := await asyncio.to_thread(sys.stdin.readline):
            if line.strip():
                print(_answer(simulator, line), flush=True)
    finally:
        await simulator.stop()
    return 0


def _answer(simulator: Simulator, line: str) -> str:
    try:
        return obey(simulator, line)
    except ConfigError as error:
        return str(error)


def obey(simulator: Simulator, line: str) -> str:
    """Do one typed line: a verb of the simulator, `fault NAME on|off|NUMBER`, `disconnect`, `help`.

    Raises `ConfigError` for what cannot be done.
    """
    verb, *words = line.split()
    match verb, words:
        case "help", []:
            return help_of(simulator)
        case "disconnect", []:
            simulator.disconnect()
        case "fault", [name, value]:
            _switch(simulator.faults, name.replace("-", "_"), value)
        case _ if verb in simulator.verbs():
            _call(simulator.verbs()[verb], verb, words)
        case _:
            raise ConfigError(f"{line.strip()!r} is none of:\n{help_of(simulator)}")
    return "ok"


@dataclass(frozen=True, slots=True)
class Verb:
    """A word that a simulator obeys, what it takes, and what it does."""

    word: str
    takes: tuple[str, ...]
    help: str

    @property
    def typed(self) -> str:
        return " ".join((self.word, *(name.upper() for name in self.takes)))


def verbs_of(simulator: Simulator) -> list[Verb]:
    """What can be done to it, in its own order."""
    return [
        Verb(word, tuple(inspect.signature(call).parameters), (inspect.getdoc(call) or "").partition("\n")[0])
        for word, call in simulator.verbs().items()
    ]


def help_of(simulator: Simulator) -> str:
    """What can be typed, a line each."""
    lines = [f"  {verb.typed}   {verb.help}" for verb in verbs_of(simulator)]
    names = ", ".join(field.name for field in fields(Faults))
    return "\n".join([*lines, f"  fault NAME on|off|NUMBER   NAME: {names}", "  disconnect", "  help"])


def _switch(faults: Faults, name: str, value: str) -> None:
    known: Mapping[str, Any] = {field.name: getattr(faults, field.name) for field in fields(Faults)}
    if name not in known:
        raise ConfigError(f"no fault is called {name!r}; there are: " + ", ".join(known))
    try:
        match known[name]:
            case bool():
                setattr(faults, name, SWITCH[value])
            case float():
                setattr(faults, name, 1.0 if value == "off" else float(value))
            case _:
                setattr(faults, name, None if value == "off" else int(value))
    except (KeyError, ValueError):
        raise ConfigError(f"fault {name} takes on or off, or a number where it counts something") from None


def _call(call: Callable[..., object], verb: str, words: list[str]) -> None:
    kinds = [parameter.annotation for parameter in inspect.signature(call).parameters.values()]
    try:
        call(*(int(word) if kind in (int, "int") else word for word, kind in zip(words, kinds, strict=True)))
    except ValueError:
        takes = ", ".join(inspect.signature(call).parameters) or "nothing"
        raise ConfigError(f"{verb} takes {takes}: not {' '.join(words)!r}") from None
