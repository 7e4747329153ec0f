"""A serial port through pyserial; its blocking calls run in two threads of the port's own."""

import contextlib
import os
import sys
from dataclasses import dataclass

import serial

from devices.ports.plugged import node_of
from devices.ports.threaded import POLL_SECONDS, ThreadedPort, write_some

if sys.platform == "win32":
    PORT_ERRORS: tuple[type[Exception], ...] = (serial.SerialException, OSError)
else:
    import termios

    PORT_ERRORS: tuple[type[Exception], ...] = (serial.SerialException, OSError, termios.error)
"""pyserial lets the system's own errors through in places; `termios.error` is not an `OSError`."""


@dataclass(frozen=True, slots=True)
class Line:
    """Settings of the line. `dtr` and `rts` None leave the signal as the system sets it on opening."""

    baud: int = 9600
    bits: int = 8
    parity: str = "N"
    stop_bits: float = 1
    dtr: bool | None = None
    rts: bool | None = None
    xonxoff: bool = False
    rtscts: bool = False


class SerialPort(ThreadedPort[serial.Serial]):
    """The port at `path` ("/dev/ttyS0", "COM3"); opening ends within `open_timeout` seconds."""

    errors = (*PORT_ERRORS, ValueError, TypeError, LookupError)
    """pyserial reads None after an unplug: a `TypeError`; a `LookupError` is a name that nothing plugged in answers to."""

    def __init__(self, path: str, line: Line | None = None, *, open_timeout: float = 3.0) -> None:
        super().__init__(f"serial:{path}", open_timeout)
        self._path, self._line = path, line or Line()

    def open_now(self) -> serial.Serial:
        line = self._line
        opened = serial.Serial()
        opened.port, opened.baudrate, opened.bytesize = node_of(self._path), line.baud, line.bits
        opened.parity, opened.stopbits = line.parity, line.stop_bits
        opened.xonxoff, opened.rtscts = line.xonxoff, line.rtscts
        opened.timeout = opened.write_timeout = POLL_SECONDS
        if os.name == "posix":
            opened.exclusive = True
        if line.dtr is not None:
            opened.dtr = line.dtr
        if line.rts is not None:
            opened.rts = line.rts
        opened.open()
        if line.parity != "N":
            _check_parity(opened)
        opened.reset_input_buffer()
        return opened

    def read_some(self, opened: serial.Serial) -> bytes:
        return opened.read(max(1, opened.in_waiting))

    def write_some(self, opened: serial.Serial, data: bytes) -> int:
        """pyserial itself would not say how many after a timeout."""
        if os.name != "posix":
            return opened.write(data[:64]) or 0
        return write_some(opened.fileno(), data)

    def interrupt(self, opened: serial.Serial) -> None:
        with contextlib.suppress(AttributeError, OSError):  # not every platform can cut a read short
            opened.cancel_read()

    def close_now(self, opened: serial.Serial) -> None:
        with contextlib.suppress(*PORT_ERRORS):
            opened.reset_output_buffer()
        with contextlib.suppress(*PORT_ERRORS):
            opened.close()


def _check_parity(opened: serial.Serial) -> None:
    """pyserial tells the system to take bytes of wrong parity as they are; make it hand over 00 in their place.

    On a line of eight bits 00 is a byte like any other: there it leaves them out, so that the frame is too short.
    """
    if sys.platform != "win32":
        settings = termios.tcgetattr(opened.fileno())
        settings[0] = (settings[0] | termios.INPCK) & ~(termios.IGNPAR | termios.PARMRK)
        settings[0] |= termios.IGNPAR if opened.bytesize == serial.EIGHTBITS else 0
        termios.tcsetattr(opened.fileno(), termios.TCSANOW, settings)
