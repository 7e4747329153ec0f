"""Our causes as UnifiedPOS names them, for programs that speak OPOS or JavaPOS; nothing of ours is decided by it.

Source: the result codes 101-114 and the extended codes of UnifiedPOS 1.14 as Microsoft's POS for .NET and the OPOS
header files list them. Where UnifiedPOS has no code of its own, a cause is `FAILURE`.
"""

from enum import IntEnum

from devices.device import DeviceState, Health, Power


class ResultCode(IntEnum):
    SUCCESS = 0
    CLOSED = 101
    CLAIMED = 102
    NOT_CLAIMED = 103
    NO_SERVICE = 104
    DISABLED = 105
    ILLEGAL = 106
    NO_HARDWARE = 107
    OFFLINE = 108
    NO_EXIST = 109
    EXISTS = 110
    FAILURE = 111
    TIMEOUT = 112
    BUSY = 113
    EXTENDED = 114


BY_CAUSE: dict[str, tuple[ResultCode, int]] = {
    "printer.cover_open": (ResultCode.EXTENDED, 201),
    "printer.paper_out": (ResultCode.EXTENDED, 203),
    "drawer.reason_missing": (ResultCode.ILLEGAL, 0),
    "scale.over": (ResultCode.EXTENDED, 201),
    "scale.under": (ResultCode.EXTENDED, 202),
    "scale.same": (ResultCode.EXTENDED, 203),
    "scale.unstable": (ResultCode.BUSY, 0),
    "job.kind_unknown": (ResultCode.ILLEGAL, 0),
    "job.expired": (ResultCode.TIMEOUT, 0),
    "device.question_unknown": (ResultCode.ILLEGAL, 0),
    "device.unknown": (ResultCode.NO_EXIST, 0),
    "device.removed": (ResultCode.NO_EXIST, 0),
    "agent.offline": (ResultCode.NO_SERVICE, 0),
    "queue.full": (ResultCode.BUSY, 0),
    "job.differs": (ResultCode.EXISTS, 0),
    "driver.broken": (ResultCode.FAILURE, 0),
}
"""Cause to result code and extended result code (0: none). An extended code counts within its kind of device."""

BY_ENDING = {"offline": ResultCode.OFFLINE, "silent": ResultCode.TIMEOUT, "unavailable": ResultCode.NO_HARDWARE}
"""What the second half of a cause says whatever the device ("scale.silent")."""


def result_code(cause: str) -> tuple[ResultCode, int]:
    """The result code and the extended one of a cause."""
    if cause in BY_CAUSE:
        return BY_CAUSE[cause]
    return BY_ENDING.get(cause.partition(".")[2], ResultCode.FAILURE), 0


def state_code(state: DeviceState) -> tuple[ResultCode, int]:
    """What a call on a device in this state would be answered."""
    if state.health is not Health.CANNOT_WORK:
        return ResultCode.SUCCESS, 0
    if state.causes:
        return result_code(state.causes[0])
    return (ResultCode.OFFLINE if state.power is Power.OFFLINE else ResultCode.FAILURE), 0
