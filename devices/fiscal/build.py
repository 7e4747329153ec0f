"""From a fiscal register's options to its driver."""

from collections.abc import Mapping
from typing import Any

from devices.device import Device
from devices.fiscal.atol.config import atol_config
from devices.fiscal.atol.driver import AtolRegister
from devices.fiscal.ehdm.config import ehdm_config
from devices.fiscal.ehdm.driver import EhdmRegister
from devices.fiscal.hdm.config import hdm_config
from devices.fiscal.hdm.driver import HdmRegister
from devices.fiscal.shtrih.config import shtrih_config
from devices.fiscal.shtrih.driver import ShtrihRegister
from devices.options import BadOption

MODELS = ("shtrih-m", "atol", "hdm", "e-hdm")


def fiscal_register(id: str, url: str, options: Mapping[str, Any]) -> Device:
    """The driver of the `model` named. Raises `BadOption`, `BadAddress`."""
    own = {name: value for name, value in options.items() if name != "model"}
    match options.get("model"):
        case "shtrih-m":
            return ShtrihRegister(shtrih_config(id, url, own))
        case "atol":
            return AtolRegister(atol_config(id, url, own))
        case "hdm":
            return HdmRegister(hdm_config(id, url, own))
        case "e-hdm":
            return EhdmRegister(ehdm_config(id, url, own))
        case _:
            raise BadOption(option="model", why="one of " + ", ".join(MODELS))
