"""What `verify` does with a fiscal register: it only asks. Nothing is registered, nothing is printed."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from devices.conformance.spec import Check
from devices.device import Device, DeviceError

NOBODYS = "00000000-0000-4000-8000-000000000000"


async def verify(device: Device, say: Callable[[str], None]) -> list[Check]:
    """Ask for the state twice, and for a receipt that never was."""
    first = await _asked("it tells its state", device.ask("state", {}), _is_a_state)
    again = await _asked("it tells the same again", device.ask("state", {}), lambda found: str(found) == first.seen)
    question = {
        "document": NOBODYS,
        "operation": "sale",
        "total": 1,
        "made_at": datetime.now(UTC).isoformat(),
    }
    absent = await _asked(
        "it has no receipt that was never made", device.ask("find", question), lambda found: found["found"] == "absent"
    )
    return [first, again, absent]


async def _asked(name: str, asking: Awaitable[dict[str, Any]], is_right: Callable[[dict[str, Any]], bool]) -> Check:
    try:
        found = await asking
    except DeviceError as error:
        return Check(name, False, f"{error.code} {error.fields}")
    return Check(name, is_right(found), str(found))


def _is_a_state(found: dict[str, Any]) -> bool:
    return found["shift"] in ("open", "closed", "expired") and found["last_document"] >= 0
