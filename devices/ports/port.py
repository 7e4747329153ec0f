"""What every port offers to its one owner, and the errors that leave it."""

from typing import ClassVar, Protocol


class PortError(Exception):
    """A port failed; `code` is stable, the text names the port and the reason."""

    code: ClassVar[str] = "port.error"


class PortUnavailable(PortError):
    """It did not open within its timeout: not plugged in, refused, taken by another program."""

    code = "port.unavailable"


class PortLost(PortError):
    """It was open and is gone: unplugged, closed by the other side, input or output error."""

    code = "port.lost"


class BadAddress(PortError):
    """The address is not one of the forms that `devices.ports.address` lists."""

    code = "port.bad_address"


class Port(Protocol):
    """Bytes to and from one device. One owner; `open` after `close` starts anew, with nothing left in the buffers."""

    name: str

    async def open(self) -> None:
        """Raises `PortUnavailable`, at the latest after the port's open timeout."""
        ...

    def feed(self, data: bytes) -> None:
        """Put bytes at the end of what is to be sent; never waits. Raises `PortLost`."""
        ...

    async def flush(self, seconds: float) -> bool:
        """True once everything fed was handed to the system; False after `seconds`, then nothing is lost:
        the rest is still sent as the device takes it. Raises `PortLost`."""
        ...

    async def read(self) -> bytes:
        """At least one byte, as soon as there is one; cancelling it loses none. Raises `PortLost`."""
        ...

    async def close(self) -> None:
        """Give the port up and drop what was not sent; never raises, may be repeated."""
        ...
