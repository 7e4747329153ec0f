"""Every protocol that Tillcard speaks with a device, by name."""

from devices.conformance.spec import ProtocolSpec
from devices.displays.spec import SPECS as DISPLAYS
from devices.fiscal.specs import SPECS as FISCAL_REGISTERS
from devices.labels.spec import SPECS as LABEL_PRINTERS
from devices.payment.spec import SPECS as PAYMENT_TERMINALS
from devices.receipt.spec import SPECS as PRINTERS
from devices.scales.specs import SPECS as SCALES
from devices.scanners.spec import SPECS as SCANNERS

PROTOCOLS: dict[str, ProtocolSpec] = {
    spec.name: spec
    for spec in (*PRINTERS, *SCALES, *SCANNERS, *FISCAL_REGISTERS, *PAYMENT_TERMINALS, *LABEL_PRINTERS, *DISPLAYS)
}
