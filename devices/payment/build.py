"""From a payment terminal's table in the configuration to its driver."""

from collections.abc import Mapping
from typing import Any

from devices.device import Device
from devices.options import BadOption
from devices.payment.config import terminal_config
from devices.payment.terminal import PaymentTerminal
from devices.payment.typed import TypedTerminal


def payment_terminal(id: str, url: str, options: Mapping[str, Any]) -> Device:
    """`url` "typed:" is a terminal that no wire leads to. Raises `BadOption`, `BadAddress`."""
    if url == "typed:":
        if options:
            raise BadOption(option=min(options), why="a typed terminal has no options")
        return TypedTerminal(id)
    return PaymentTerminal(terminal_config(id, url, options))
