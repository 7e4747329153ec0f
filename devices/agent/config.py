"""The agent's configuration: where its state lies, who may talk to it, which devices it drives.

```toml
state = "/var/lib/tillcard/agent"          # folder of the journal
port = 9317                                 # of the listener on 127.0.0.1; 0 takes a free one; leave out for none
origins = ["http://127.0.0.1:8080"]         # addresses of the till page, beside the server's own

[server]                                    # the link; leave out where there is no server to dial
url = "wss://till.shop.example/api/agent/link"    # serves the till page too: https://till.shop.example is let in
token = "..."

[[registers]]                               # tills that got their token from the server; others pair by a code
id = "0191c5de-0000-7000-8000-000000000001"
token = "..."
devices = ["receipt"]                       # leave out for all

[[devices]]
id = "receipt"
kind = "receipt-printer"
url = "tcp://192.168.1.50:9100"
model = "epson80"          # this and every further key: options of the driver, see devices/agent/build.py
```
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

from devices.agent.errors import ConfigError

DEFAULT_PORT = 9317
PAGE_SCHEMES = {"http": "http", "https": "https", "ws": "http", "wss": "https"}
"""What a browser calls the road to a server that is dialled so."""
USUAL_PORTS = {"http": 80, "https": 443}
HOST = re.compile(r"[a-z0-9._-]+")
UUID_TEXT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
NAME = re.compile(r"[a-z0-9._-]{1,64}")


@dataclass(frozen=True, slots=True)
class DeviceConfig:
    """One device; `options` are the driver's own business."""

    id: str
    kind: str
    url: str
    options: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class RegisterAccess:
    """A register that may talk to the agent; `devices` None means all of them."""

    id: str
    token: str = ""
    devices: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class ServerLink:
    """Where the agent dials out to, and the token it shows there."""

    url: str
    token: str


@dataclass(frozen=True, slots=True)
class AgentConfig:
    """All the agent needs to know. `port` None means no listener, 0 a free port."""

    state: Path
    port: int | None = DEFAULT_PORT
    origins: frozenset[str] = frozenset()
    server: ServerLink | None = None
    registers: tuple[RegisterAccess, ...] = ()
    devices: tuple[DeviceConfig, ...] = ()

    @property
    def allowed_origins(self) -> frozenset[str]:
        """Where a till page may come from: the written `origins`, and the server that is dialled, for it serves the page."""
        return self.origins if self.server is None else self.origins | {origin_of(self.server.url)}


def read_config(path: Path) -> AgentConfig:
    """The configuration in a TOML file. Raises `ConfigError`, which says what is wrong with it."""
    try:
        value = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror or error}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: {error}") from error
    return _Reader(str(path), path.parent).config(value)


class _Reader:
    """Reads tables of a parsed file; complaints name the file and the key."""

    def __init__(self, source: str, folder: Path) -> None:
        self.source = source
        self.folder = folder

    def fail(self, where: str, why: str) -> ConfigError:
        return ConfigError(f"{self.source}: {where}: {why}")

    def config(self, value: dict[str, Any]) -> AgentConfig:
        port = value.get("port")
        if port is not None and (type(port) is not int or not 0 <= port <= 65_535):
            raise self.fail("port", "must be a number from 0 to 65535")
        devices = tuple(self.device(i, table) for i, table in enumerate(self.tables(value, "devices")))
        ids = [device.id for device in devices]
        if twice := {id for id in ids if ids.count(id) > 1}:
            raise self.fail("devices", f"two devices are called {', '.join(sorted(twice))}")
        registers = tuple(self.register(i, table, ids) for i, table in enumerate(self.tables(value, "registers")))
        return AgentConfig(
            state=self.folder / self.text(value, "state", "state"),
            port=port,
            origins=frozenset(self.origin(item) for item in self.texts(value, "origins", "origins")),
            server=self.server(value["server"]) if "server" in value else None,
            registers=registers,
            devices=devices,
        )

    def device(self, number: int, table: dict[str, Any]) -> DeviceConfig:
        where = f"devices[{number}]"
        id = self.text(table, "id", where)
        if not NAME.fullmatch(id):
            raise self.fail(f"{where}.id", "may hold a-z, 0-9, dot, dash and underscore, at most 64")
        options = {key: option for key, option in table.items() if key not in ("id", "kind", "url")}
        return DeviceConfig(id, self.text(table, "kind", where), self.text(table, "url", where), options)

    def register(self, number: int, table: dict[str, Any], known: list[str]) -> RegisterAccess:
        where = f"registers[{number}]"
        id = self.text(table, "id", where)
        if not UUID_TEXT.fullmatch(id):
            raise self.fail(f"{where}.id", "must be a UUID in lower-case letters")
        devices = frozenset(self.texts(table, "devices", where)) if "devices" in table else None
        if devices is not None and (missing := devices - set(known)):
            raise self.fail(f"{where}.devices", f"no device is called {', '.join(sorted(missing))}")
        return RegisterAccess(id, self.text(table, "token", where), devices)

    def server(self, table: Any) -> ServerLink:
        if not isinstance(table, dict):
            raise self.fail("server", "must be a table")
        values = cast(dict[str, Any], table)
        url = self.text(values, "url", "server")
        try:
            origin_of(url)
        except ValueError as error:
            raise self.fail("server.url", "is not an address like wss://till.shop.example/api/agent/link") from error
        if not is_safe_link(url):
            raise self.fail("server.url", "must begin with wss:// (ws:// only to this computer)")
        return ServerLink(url, self.text(values, "token", "server"))

    def origin(self, text: str) -> str:
        try:
            origin = origin_of(text)
        except ValueError:
            origin = ""
        scheme, _, rest = text.partition("://")
        if scheme not in ("http", "https") or not origin or re.search(r"[/?#@\\]", rest):
            raise self.fail("origins", f"{text!r} is not an address like https://till.shop.example, without a path")
        return origin

    def text(self, table: dict[str, Any], key: str, where: str) -> str:
        value = table.get(key)
        if not isinstance(value, str) or not value:
            raise self.fail(where if where == key else f"{where}.{key}", "is missing or not a text")
        return value

    def texts(self, table: dict[str, Any], key: str, where: str) -> list[str]:
        value = table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in cast(list[Any], value)):
            raise self.fail(where if where == key else f"{where}.{key}", "must be a list of texts")
        return cast(list[str], value)

    def tables(self, value: dict[str, Any], key: str) -> list[dict[str, Any]]:
        found = value.get(key, [])
        if not isinstance(found, list) or not all(isinstance(item, dict) for item in cast(list[Any], found)):
            raise self.fail(key, f"must be written as [[{key}]]")
        return cast(list[dict[str, Any]], found)


def origin_of(url: str) -> str:
    """The `Origin` that a browser sends for pages of the server at this http, https, ws or wss address.

    Lower case, names of other alphabets as they are dialled, no port where it is the usual one. Raises `ValueError` for
    anything else.
    """
    parts = urlsplit(url)
    host, port = parts.hostname, parts.port
    if parts.scheme not in PAGE_SCHEMES or not host:
        raise ValueError(url)
    scheme = PAGE_SCHEMES[parts.scheme]
    if ":" in host:
        name = f"[{IPv6Address(host)}]"
    else:
        name = host.encode("idna").decode().lower()
        if not HOST.fullmatch(name):
            raise ValueError(url)
    return f"{scheme}://{name}" + ("" if port in (None, USUAL_PORTS[scheme]) else f":{port}")


def is_safe_link(url: str) -> bool:
    """Whether the token may travel there: encrypted, or to this very computer."""
    parts = urlsplit(url)
    if parts.scheme == "wss":
        return bool(parts.hostname)
    return parts.scheme == "ws" and is_this_computer(parts.hostname or "")


def is_this_computer(host: str) -> bool:
    """Whether the name or number is a loopback one, which leads nowhere else."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
