"""The devices of a shop whose server runs on the till's own PC: `devices.toml` in its data folder."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from devices.agent.build import build_device
from devices.agent.config import read_config
from devices.agent.errors import ConfigError
from devices.device import Device
from pos.core.errors import Malformed

FILE = "devices.toml"


class DevicesFileWrong(Malformed):
    """The file says something that cannot be; `reason` names file and place."""

    code = "devices.file_wrong"


@dataclass(frozen=True, slots=True)
class OwnDevices:
    """`allowed`: registers that may use only some of them, by id."""

    devices: tuple[Device, ...] = ()
    allowed: Mapping[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])


def own_devices(folder: Path) -> OwnDevices:
    """What the file in `folder` names; none without a file. Everything else in it is for an agent of its own.

    Raises `DevicesFileWrong`.
    """
    file = folder / FILE
    if not file.exists():
        return OwnDevices()
    try:
        config = read_config(file)
        devices = tuple(build_device(device) for device in config.devices)
    except ConfigError as error:
        raise DevicesFileWrong(reason=str(error)) from error
    return OwnDevices(devices, {each.id: each.devices for each in config.registers if each.devices is not None})
