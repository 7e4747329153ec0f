"""How one receipt printer is set up: where it is, what model it is, how long to wait for it."""

from dataclasses import dataclass, field

from devices.receipt.model import PAPER_80, PrinterModel


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds, but for two.

    `open`, `reply`, `write`: the longest that one of them may take. `fence`: for the printer to finish after the last
    byte. `poll`: between looks at a printer that says nothing while it has a job; `watch`: while it has none. `quiet`:
    silence that ends a row of late answers. `slowest`: bytes a second the printer takes at worst; its time is added
    to `write` and `fence`. `silent_polls`: looks in vain before a printer that waits for a person is given up.
    """

    open: float = 3.0
    reply: float = 1.0
    write: float = 5.0
    fence: float = 10.0
    poll: float = 1.0
    watch: float = 5.0
    quiet: float = 0.3
    slowest: float = 900.0
    silent_polls: int = 3


@dataclass(frozen=True, slots=True)
class PrinterConfig:
    """`address`: "tcp://192.168.1.50:9100" or "serial:///dev/ttyS0?baud=19200", see `devices.ports.address`."""

    id: str
    address: str
    model: PrinterModel = PAPER_80
    timing: Timing = field(default_factory=Timing)
