"""From a device's table in the configuration to its driver."""

from devices.agent.config import DeviceConfig
from devices.agent.errors import ConfigError
from devices.device import Device
from devices.displays.config import display_config
from devices.displays.display import CustomerDisplay
from devices.fiscal.build import fiscal_register
from devices.labels.config import label_config
from devices.labels.printer import LabelPrinter
from devices.options import BadOption
from devices.payment.build import payment_terminal
from devices.payment.qr.driver import QrTerminal, qr_terminal
from devices.payment.terminal import PaymentTerminal
from devices.ports.port import BadAddress
from devices.receipt.config import printer_config
from devices.receipt.printer import ReceiptPrinter
from devices.scales.config import scale_config
from devices.scales.driver import Scale
from devices.scanners.config import scanner_config
from devices.scanners.scanner import Scanner


def build_device(config: DeviceConfig) -> Device:
    """The driver for this device. Raises `ConfigError` for a kind, an address or an option that it cannot use."""
    try:
        match config.kind:
            case ReceiptPrinter.kind:
                return ReceiptPrinter(printer_config(config.id, config.url, config.options))
            case "fiscal-register":
                return fiscal_register(config.id, config.url, config.options)
            case PaymentTerminal.kind:
                return payment_terminal(config.id, config.url, config.options)
            case QrTerminal.kind:
                return qr_terminal(config.id, config.url, config.options)
            case Scale.kind:
                return Scale(scale_config(config.id, config.url, config.options))
            case CustomerDisplay.kind:
                return CustomerDisplay(display_config(config.id, config.url, config.options))
            case LabelPrinter.kind:
                return LabelPrinter(label_config(config.id, config.url, config.options))
            case Scanner.kind:
                return Scanner(scanner_config(config.id, config.url, config.options))
            case _:
                raise ConfigError(f"device {config.id}: no driver is called {config.kind!r}")
    except BadAddress as error:
        raise ConfigError(f"device {config.id}: url: {error}") from error
    except BadOption as error:
        raise ConfigError(f"device {config.id}: {error.option}: {error.why}") from error
