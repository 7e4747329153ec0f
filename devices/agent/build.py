"""From a device's table in the configuration to its driver."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from devices.agent.config import DeviceConfig
from devices.agent.errors import ConfigError
from devices.device import Device
from devices.ports.port import BadAddress
from devices.receipt.config import PrinterConfig
from devices.receipt.model import MODELS, PrinterModel
from devices.receipt.printer import ReceiptPrinter

CHOICES: Mapping[str, tuple[object, ...]] = {
    "fence": ("gs_r", "process_id"),
    "cut": ("partial", "full", "none"),
    "drawer_pin": (2, 5),
}


def build_device(config: DeviceConfig) -> Device:
    """The driver for this device. Raises `ConfigError` for a kind, an address or an option that it cannot use."""
    match config.kind:
        case ReceiptPrinter.kind:
            return _receipt_printer(config)
        case _:
            raise ConfigError(f"device {config.id}: no driver is called {config.kind!r}")


def _receipt_printer(config: DeviceConfig) -> Device:
    """Options: `model`, a name from `MODELS`, and over it any field of `PrinterModel`; `pages` as [["cp866", 17]]."""
    options = dict(config.options)
    name = options.pop("model", "epson80")
    if name not in MODELS:
        raise ConfigError(f"device {config.id}: model must be one of {', '.join(MODELS)}")
    try:
        return ReceiptPrinter(PrinterConfig(config.id, config.url, _model(config.id, MODELS[name], options)))
    except BadAddress as error:
        raise ConfigError(f"device {config.id}: url: {error}") from error


def _model(device: str, model: PrinterModel, options: Mapping[str, Any]) -> PrinterModel:
    usual = {field.name: getattr(model, field.name) for field in fields(model)}
    given: dict[str, Any] = {}
    for name, value in options.items():
        if name not in usual:
            raise ConfigError(f"device {device}: a receipt printer has no option {name!r}")
        if isinstance(usual[name], tuple):
            given[name] = _pairs(device, name, value, int if name == "pages" else str)
        elif type(value) is not type(usual[name]) or value not in CHOICES.get(name, (value,)):
            raise ConfigError(f"device {device}: {name} must be like {usual[name]!r}, not {value!r}")
        else:
            given[name] = value
    return replace(model, **given)


def _pairs(device: str, name: str, value: Any, second: type) -> tuple[tuple[str, Any], ...]:
    """A list of two-part lists, such as a code page and its number on this printer."""
    try:
        pairs = tuple((first, last) for first, last in value)
    except (TypeError, ValueError):
        pairs = ()
    if not pairs or not all(isinstance(first, str) and type(last) is second for first, last in pairs):
        raise ConfigError(f"device {device}: {name} must be a list of pairs")
    return pairs
