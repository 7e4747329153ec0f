"""The whole suite: of a protocol against its simulator, or the harmless part of it against a real device."""

import asyncio
import platform
from collections.abc import Callable

from devices.conformance.bench import Bench, driven
from devices.conformance.frames import parser_checks
from devices.conformance.report import Report
from devices.conformance.spec import Check, ProtocolSpec
from devices.conformance.states import breaches
from devices.conformance.wire import SCENARIOS, paced, wire_checks

COMES_UP_WITHIN = 15.0
NOT_ON_A_REAL_DEVICE = tuple(f"{scenario.name}: only a simulator can be broken so" for scenario in SCENARIOS[2:])


async def against_simulator(spec: ProtocolSpec) -> Report:
    """Everything: frames, faults on the wire, reconnects, one run at the pace of the line."""
    checks = parser_checks(spec) + await wire_checks(spec) + [await paced(spec)]
    return Report(spec.name, spec.title, "its simulator", tuple(checks), (), versions())


async def against_device(
    spec: ProtocolSpec, url: str, say: Callable[[str], None], *, patience: float = COMES_UP_WITHIN
) -> Report:
    """What a device at `url` can be asked without harm; `say` asks a person to do something."""
    checks = parser_checks(spec)
    made = Bench(spec, spec.simulator(), spec.device("verified", url, {}), patience=patience)
    async with driven(made):
        if await made.until_up():
            checks += await _verified(made, say)
        else:
            causes = ", ".join(made.device.state.causes)
            checks.append(Check("answers", False, f"{made.device.state.power}: {causes}"))
    bad = breaches(made.told)
    checks.append(Check("states", not bad, "; ".join(bad) or f"{len(made.told)} states told"))
    return Report(spec.name, spec.title, url, tuple(checks), NOT_ON_A_REAL_DEVICE, versions())


async def _verified(made: Bench, say: Callable[[str], None]) -> list[Check]:
    """A person needs longer than a simulator: five minutes in all."""
    try:
        async with asyncio.timeout(300):
            return await made.spec.verify(made.device, say)
    except TimeoutError:
        return [Check("verify", False, "did not end in 5 minutes")]


def versions() -> dict[str, str]:
    """What the checks were run with."""
    from importlib.metadata import PackageNotFoundError, version

    found = {"python": platform.python_version(), "system": platform.platform(terse=True)}
    for package in ("tillcard", "pyserial"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed as a package"
    return found
