"""The UnifiedPOS subset of states as a small machine: what a device may say of itself, one state after another."""

import re
from collections.abc import Sequence

from devices.device import DeviceState, Health, Power

CODE = re.compile(r"[a-z][a-z0-9-]*\.[a-z][a-z0-9_]*")


def breaches(told: Sequence[DeviceState]) -> list[str]:
    """What is wrong with the states that a device told, in order; empty if nothing is."""
    found = [f"state {number}: {why}" for number, state in enumerate(told) for why in _wrong(state)]
    if told and told[0].health is Health.OK and told[0].power is Power.ONLINE:
        found.append("state 0: online before anything was heard of it")
    found += [f"state {number + 1}: told twice" for number in range(len(told) - 1) if told[number] == told[number + 1]]
    return found


def _wrong(state: DeviceState) -> list[str]:
    """What one state contradicts in itself."""
    found = [f"{cause!r} is no code" for cause in state.causes if not CODE.fullmatch(cause)]
    if len(set(state.causes)) != len(state.causes):
        found.append("a cause stands twice")
    match state:
        case DeviceState(health=Health.OK, causes=causes) if causes:
            found.append("all is well, with causes")
        case DeviceState(health=Health.ATTENTION | Health.CANNOT_WORK, causes=()):
            found.append("something is wrong, and it does not say what")
        case DeviceState(power=Power.OFFLINE, health=Health.OK | Health.ATTENTION):
            found.append("it is offline and works")
        case _:
            pass
    return found
