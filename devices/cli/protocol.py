"""A protocol by the name that was typed."""

from devices.agent.errors import ConfigError
from devices.conformance.spec import ProtocolSpec
from devices.protocols import PROTOCOLS


def protocol_called(name: str) -> ProtocolSpec:
    """Raises `ConfigError`, which names those that there are."""
    if name not in PROTOCOLS:
        raise ConfigError(f"no protocol is called {name!r}; there are: " + ", ".join(sorted(PROTOCOLS)))
    return PROTOCOLS[name]
