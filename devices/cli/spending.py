"""A code of the back office, spent at the server for the key of this computer's agent.

The code works once and the key is told once, so whatever goes wrong says whether the code may be used up by it.
"""

import base64
import json
import re
import socket
import ssl
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection, IncompleteRead
from typing import Any, cast
from urllib.parse import unquote, urljoin, urlsplit
from urllib.request import getproxies, proxy_bypass

from devices.agent.config import UUID_TEXT, is_this_computer, origin_of

PATH = "/api/agent/pair"
ANSWER_WITHIN = 30.0
MOST_BODY = 65_536
KEY = re.compile(r"[!-~]{1,512}")
HEADERS = {"Content-Type": "application/json", "Accept": "application/json", "Accept-Language": "en"}
AGAIN = "make a new code in the back office, under Devices"
UNUSED = "The code was not used."
PERHAPS_USED = f"The code may be used up: if it is not taken again, {AGAIN}."
KNOWN = {
    "pair.code_wrong": "the server does not know this code. Compare it with the back office; if it was used before, it"
    f" works no more: {AGAIN}.",
    "pair.code_expired": f"the code has run out: {AGAIN}.",
    "address.unknown": "this server cannot connect device programs: its Tillcard is older than the one on this computer.",
}


class CannotConnect(Exception):
    """The agent got no key; the text says why, what to do, and whether the code can still be used."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What the code was given for: who the agent is from now on, and what it shows the server."""

    name: str
    outlet: str
    key: str = field(repr=False)


def spend(origin: str, code: str, *, within: float = ANSWER_WITHIN) -> Spent:
    """Ask the server at `https://host[:port]` (`http://` only for this computer) for the key.

    A silence of `within` seconds is the end. Raises `CannotConnect`.
    """
    connection = _dialled(origin, within)
    try:
        try:
            connection.request("POST", PATH, json.dumps({"code": code}), HEADERS)
            answer = connection.getresponse()
            body = answer.read(MOST_BODY + 1)
            if answer.length and len(body) <= MOST_BODY:
                raise IncompleteRead(body, answer.length)
        except (OSError, HTTPException, KeyboardInterrupt) as error:
            why = str(error) or "stopped"
            raise CannotConnect(
                f"the connection to {origin} ended before the whole answer was here ({why}). {PERHAPS_USED}"
            ) from None
    finally:
        connection.close()
    return _spent(origin, answer, body)


def _dialled(origin: str, within: float) -> HTTPConnection:
    """A connection that stands, encrypted as far as it has to be: the code was not said yet."""
    parts = urlsplit(origin)
    host, port = parts.hostname or "", parts.port
    if parts.scheme == "https":
        connection = _secured(host, port or 443, within)
    else:
        connection = HTTPConnection(host, port or 80, timeout=within)
    try:
        connection.connect()
    except ssl.SSLCertVerificationError as error:
        raise CannotConnect(
            f"the certificate of {origin} is not trusted here ({error.verify_message}). Look at the address and at this"
            " computer's clock. If the shop made its certificate itself, install its authority on this computer as on"
            f" the tills. {UNUSED}"
        ) from None
    except ssl.SSLError as error:
        raise CannotConnect(f"no encrypted connection to {origin}: {error.reason or error}. {UNUSED}") from None
    except (OSError, HTTPException) as error:
        unknown = isinstance(error, socket.gaierror)
        why = "no computer of this name is found" if unknown else str(error)
        raise CannotConnect(f"cannot reach {origin}: {why}. Look at the address and the network. {UNUSED}") from None
    return connection


def _secured(host: str, port: int, within: float) -> HTTPSConnection:
    """Encrypted to the server itself, by the proxy that the agent's link will take, if there is one."""
    context = ssl.create_default_context()
    proxy = _proxy(host, port)
    if proxy is None:
        return HTTPSConnection(host, port, timeout=within, context=context)
    try:
        parts, there = urlsplit(proxy), urlsplit(origin_of(proxy))
    except ValueError:
        parts = there = urlsplit("")
    if parts.scheme != "http":
        raise CannotConnect(
            "this computer is set to a proxy that is not written like http://proxy.shop.example:3128: no other kind can"
            f" be used. {UNUSED}"
        )
    connection = HTTPSConnection(there.hostname or "", there.port or 80, timeout=within, context=context)
    who = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}"
    named = {"Proxy-Authorization": f"Basic {base64.b64encode(who.encode()).decode()}"} if parts.username else {}
    connection.set_tunnel(host, port, named)
    return connection


def _proxy(host: str, port: int) -> str | None:
    """The one that `websockets` chooses for a link to there."""
    if is_this_computer(host) or proxy_bypass(f"{host}:{port}"):
        return None
    proxies = getproxies()
    return next((proxies[kind] for kind in ("wss", "socks", "https") if kind in proxies), None)


def _spent(origin: str, answer: HTTPResponse, body: bytes) -> Spent:
    said = _object(body)
    if answer.status == 201:
        texts = [said.get(name) for name in ("agent", "name", "outlet", "key")]
        if all(isinstance(value, str) for value in texts):
            agent, name, outlet, key = cast(list[str], texts)
            if UUID_TEXT.fullmatch(agent) and KEY.fullmatch(key):
                return Spent(_shown(name), _shown(outlet), key)
    if 300 <= answer.status < 400:
        raise CannotConnect(_led_away(origin, answer.headers.get("Location", "")))
    if answer.status == 429:
        raise CannotConnect(_too_often(answer.headers.get("Retry-After", "")))
    code, detail = said.get("code"), said.get("detail")
    if answer.status >= 400 and isinstance(code, str) and isinstance(detail, str):
        why = KNOWN.get(code) or f"{_shown(detail)} ({_shown(code)})"
        raise CannotConnect(f"{origin}: {why}" + (f" {PERHAPS_USED}" if answer.status >= 500 else ""))
    if answer.status >= 500:
        raise CannotConnect(f"{origin} cannot answer now ({answer.status}): try again in a minute. {PERHAPS_USED}")
    raise CannotConnect(
        f"{origin} does not answer as a Tillcard server does ({answer.status}): look at the address. {PERHAPS_USED}"
    )


def _object(body: bytes) -> dict[str, Any]:
    """The JSON object that was answered; empty if it is something else."""
    try:
        said = json.loads(body) if len(body) <= MOST_BODY else None
    except (ValueError, RecursionError):
        said = None
    return cast(dict[str, Any], said) if isinstance(said, dict) else {}


def _led_away(origin: str, location: str) -> str:
    try:
        there = origin_of(urljoin(origin, location))
    except ValueError:
        there = "nowhere"
    return (
        f"{origin} sends on to {there}, and the code was not sent there. If that is your server, type its address"
        f" instead. {PERHAPS_USED}"
    )


def _too_often(seconds: str) -> str:
    wait = f"{-(-int(seconds) // 60)} min" if re.fullmatch(r"[0-9]{1,6}", seconds) else "some minutes"
    return f"too many wrong codes were tried: wait {wait}, then try again. {UNUSED}"


def _shown(text: str) -> str:
    """Fit for a line of the terminal, whatever the other side put in."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())[:200]
