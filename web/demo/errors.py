"""What can go wrong in the demo shop."""

from pos.core.errors import Conflict, Malformed, NotFound, Unavailable
from pos.storage.said import SaidInEnglish


class ReceiptPictureNotFound(NotFound):
    code = "demo.no_such_receipt"


class SimulatedDeviceNotFound(NotFound):
    """The demo has no simulated device of that name."""

    code = "demo.device_not_found"


class NotUnderstood(Malformed):
    """A simulated device does not know that word."""

    code = "demo.not_understood"


class DiskTooSmall(SaidInEnglish, Unavailable):
    """The database's disk has no room for the history. `needed` and `free` are tenths of a GB as text, `path`."""

    code = "demo.disk_too_small"
    sentence = (
        "This needs about {needed} GB of disk, {free} GB are free at {path}. Free some, ask for less, or choose another "
        "disk with --data. What was loaded so far is whole; the same command goes on from there."
    )


class OtherHistory(SaidInEnglish, Conflict):
    """The shop has a history of another size. `planned`, `asked`."""

    code = "demo.other_history"
    sentence = (
        "This shop already has a history planned for {planned} sales, it cannot become one of {asked}. Ask for {planned}, "
        "or make another shop with --data."
    )
