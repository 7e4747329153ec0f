"""From a device's line in the configuration to its driver."""

from devices.agent.config import ConfigError, DeviceConfig
from devices.device import Device


def build_device(config: DeviceConfig) -> Device:
    """The driver for this kind of device. Raises `ConfigError` for a kind or an option it does not know."""
    match config.kind:
        case _:
            raise ConfigError(f"device {config.id}: no driver is called {config.kind!r}")
