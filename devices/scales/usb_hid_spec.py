"""USB scales of the HID class as they are held to account; the simulator sends its reports over TCP."""

from devices.conformance.spec import Golden
from devices.scales.reading import Unit
from devices.scales.simulator import Pan, TalkingSimulator
from devices.scales.spec import scale_spec
from devices.scales.usb_hid import UNITS, ZERO, Report, Status, UsbHid, encode

TABLES = "USB-IF HID Point of Sale Usage Tables 1.02; composed, not captured"
USBSCALE = "fields by usbscale (open client); composed, not captured"

GOLDEN = (
    Golden(bytes.fromhex("03 04 03 fd e2 04"), (Report(Status.STABLE, 3, -3, 1_250),), f"{TABLES}: 1.250 kg"),
    Golden(bytes.fromhex("03 04 0b ff 1b 01"), (Report(Status.STABLE, 11, -1, 283),), f"{USBSCALE}: 28.3 oz"),
    Golden(bytes.fromhex("03 02 02 00 00 00"), (Report(Status.AT_ZERO, 2, 0, 0),), f"{USBSCALE}: at zero"),
    Golden(bytes.fromhex("03 03 02 00 40 01"), (Report(Status.MOTION, 2, 0, 320),), f"{USBSCALE}: in motion"),
    Golden(bytes.fromhex("03 05 02 00 20 00"), (Report(Status.UNDER, 2, 0, 32),), f"{TABLES}: below zero"),
    Golden(bytes.fromhex("03 06 03 fd 00 00"), (Report(Status.OVER, 3, -3, 0),), f"{TABLES}: over"),
    Golden(bytes.fromhex("03 01 03 fd 00 00"), (Report(Status.FAULT, 3, -3, 0),), f"{TABLES}: fault"),
)
NUMBERS = {unit: number for number, unit in UNITS.items()}


class UsbHidSimulator(TalkingSimulator):
    """Sends a report `every` so many seconds and hears of nothing but zero; where it refuses it reports a fault. USB has no
    baud rate."""

    def __init__(self, pan: Pan | None = None, *, every: float = 0.03, baud: int = 0, **line: int) -> None:
        super().__init__(pan, every=every, baud=baud, **line)
        self._request = b""

    def unasked(self) -> bytes:
        reading = self.pan.reading
        digits = 0 if reading.digits is None else min(abs(reading.digits), 0xFFFF)
        return encode(Report(self._status(), NUMBERS[Unit(reading.unit)], -reading.decimals, digits))

    def hear_byte(self, byte: int) -> None:
        self._request = (self._request + bytes([byte]))[-2:]
        if self._request == ZERO:
            self.pan.set_zero()

    def _status(self) -> Status:
        reading = self.pan.reading
        if self.pan.broken or self.faults.refuse:
            return Status.FAULT
        if reading.over:
            return Status.OVER
        if not reading.stable:
            return Status.MOTION
        if reading.under:
            return Status.UNDER
        return Status.AT_ZERO if reading.zero else Status.STABLE


SPEC = scale_spec(UsbHid, "USB scale, HID class", GOLDEN, encode, UsbHidSimulator)
