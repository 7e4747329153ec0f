"""From a device's table in the configuration to its driver."""

from devices.agent.config import DeviceConfig
from devices.agent.errors import ConfigError
from devices.device import Device
from devices.ports.port import BadAddress
from devices.receipt.config import printer_config
from devices.receipt.errors import BadOption
from devices.receipt.printer import ReceiptPrinter


def build_device(config: DeviceConfig) -> Device:
    """The driver for this device. Raises `ConfigError` for a kind, an address or an option that it cannot use."""
    try:
        match config.kind:
            case ReceiptPrinter.kind:
                return ReceiptPrinter(printer_config(config.id, config.url, config.options))
            case _:
                raise ConfigError(f"device {config.id}: no driver is called {config.kind!r}")
    except BadAddress as error:
        raise ConfigError(f"device {config.id}: url: {error}") from error
    except BadOption as error:
        raise ConfigError(f"device {config.id}: {error.fields['option']}: {error.fields['why']}") from error
