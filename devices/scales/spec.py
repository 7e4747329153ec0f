"""A dialect as a `ProtocolSpec`, and how a connected scale is tried out without doing it harm."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from devices.conformance.spec import Check, Golden, ProtocolSpec
from devices.device import Device, DeviceError
from devices.scales.config import scale_config
from devices.scales.dialect import AnswersOnce, Dialect
from devices.scales.driver import Scale
from devices.scales.simulator import ScaleSimulator

LOOKS = 5
NO_ANSWER = {
    "scale.offline",
    "scale.silent",
    "scale.damaged",
    "scale.refused",
    "scale.fault",
    "scale.handshake_secret",
    "scale.no_new_weight",
}


def scale_spec(
    dialect: Callable[[], Dialect],
    title: str,
    golden: tuple[Golden, ...],
    encode: Callable[[Any], bytes] | None,
    simulator: Callable[[], ScaleSimulator],
    *,
    checked: bool = False,
    hurry: Mapping[str, Any] | None = None,
) -> ProtocolSpec:
    """The spec of one dialect, with its usual options; its class must stand in `devices.scales.dialects`."""
    usual = dialect()

    def device(id: str, url: str, options: Mapping[str, Any]) -> Device:
        return Scale(scale_config(id, url, {"dialect": usual.name, **options}))

    return ProtocolSpec(
        f"scale:{usual.name}",
        title,
        usual.line,
        golden,
        usual.decoder,
        encode,
        device,
        simulator,
        verify_scale,
        checked,
        hurry=hurry or {},
    )


async def verify_scale(device: Device, say: Callable[[str], None], *, patience: float = 2.0) -> list[Check]:
    """Ask for the weight a few times, and once for one to sell; `patience` seconds for the port to open and the scale
    to answer. Never sets zero or takes a tare."""
    say("Put goods on the scale and leave them there.")
    if isinstance(device, Scale) and isinstance(device.dialect, AnswersOnce):
        sold = await _first_answer(device, patience + 2 * device.dialect.pause, "weight")
        return [Check("gives a weight to sell, or says why not", sold not in NO_ANSWER, sold)]
    first = await _first_answer(device, patience)
    checks = [Check("answers", first not in NO_ANSWER, first)]
    if checks[0].passed:
        seen = [await _ask(device, "reading") for _ in range(LOOKS)]
        checks.append(Check(f"answers {LOOKS} times in a row", not NO_ANSWER & set(seen), ", ".join(seen)))
        sold = await _ask(device, "weight")
        checks.append(Check("gives a weight to sell, or says why not", sold not in NO_ANSWER, sold))
    return checks


async def _first_answer(device: Device, patience: float, question: str = "reading") -> str:
    """The weight shown or the cause, once the port has had time to open."""
    try:
        async with asyncio.timeout(patience):
            while (seen := await _ask(device, question)) in NO_ANSWER:
                await asyncio.sleep(0.1)
            return seen
    except TimeoutError:
        return device.state.causes[0] if device.state.causes else "scale.silent"


async def _ask(device: Device, question: str) -> str:
    try:
        answer = await device.ask(question, {})
    except DeviceError as error:
        return error.code
    return answer["shown"] or answer.get("cause") or "no weight"
