"""`tillcard devices connect`: a code of the back office makes this computer's agent known to the server."""

import argparse
import re
import sys
from urllib.parse import urlsplit

from devices.agent.config import ServerLink, is_safe_link, origin_of, read_config
from devices.agent.errors import ConfigError
from devices.cli.spending import AGAIN, CannotConnect, spend
from devices.cli.writing import NEW, draft, text_of, typed, with_server

LINK_PATH = "/api/agent/link"
CODE = re.compile(r"([A-Z0-9]{4})([A-Z0-9]{4})")
NOT_YET = "-" * 64
"""Stands for the key while it is tried whether the file takes one."""


def run(asked: argparse.Namespace) -> int:
    """Spend the code and write down the key. All that can be wrong on this side is found before the code is sent.

    Returns 1 where the server gave no key, and says why. Raises `ConfigError`; then the file is as it was.
    """
    origin, url = addresses(asked.server)
    code = code_of("".join(asked.code))
    text = text_of(asked.config)
    if text is not None and not asked.again:
        _not_connected_yet(asked)
    try:
        with draft(asked.config, private=True) as new:
            new.write(_connected(asked, text, ServerLink(url, NOT_YET)))
            spent = spend(origin, code)
            try:
                new.write(_connected(asked, text, ServerLink(url, spent.key)))
                new.keep()
            except ConfigError as error:
                raise CannotConnect(f"{error}. The code is used up and its key is lost: {AGAIN}") from error
    except CannotConnect as error:
        print(str(error), file=sys.stderr)
        return 1
    print(f"this computer is now {spent.name} ({spent.outlet}) at {origin}")
    print(f"written in {asked.config}, with the key by which the server knows it: show that file to nobody")
    print(f"next: start {typed(asked.config)} (anew, if it runs), then type the code that it shows into the till")
    return 0


def addresses(text: str) -> tuple[str, str]:
    """Where the server is, as a browser names it, and where its agents dial. Raises `ConfigError`."""
    try:
        parts, origin = urlsplit(text), origin_of(text)
    except ValueError:
        raise ConfigError(f"{text!r} is not an address like https://till.shop.example") from None
    url = "ws" + origin.removeprefix("http") + LINK_PATH
    if parts.scheme not in ("http", "https") or not is_safe_link(url):
        raise ConfigError(f"{text!r}: the address must begin with https:// (http:// only to this computer)")
    if parts.path not in ("", "/") or parts.query or parts.fragment or "@" in parts.netloc:
        raise ConfigError(f"{text!r}: write the address of the server alone: {origin}")
    return origin, url


def code_of(text: str) -> str:
    """As the server writes it: lower case, blanks and dashes are a person's. Raises `ConfigError`."""
    found = CODE.fullmatch(re.sub(r"[\s-]", "", text).upper())
    if found is None:
        raise ConfigError("that is not a code like 7KQ2-M9XB: the back office shows one, under Devices")
    return f"{found[1]}-{found[2]}"


def _not_connected_yet(asked: argparse.Namespace) -> None:
    server = read_config(asked.config).server
    if server is not None:
        raise ConfigError(
            f"{asked.config} is connected already, to {origin_of(server.url)}: --again puts the new server and key in"
            " place of it; --config FILE writes another file and leaves this one"
        )


def _connected(asked: argparse.Namespace, text: str | None, link: ServerLink) -> str:
    try:
        return with_server(NEW if text is None else text, link)
    except ConfigError as error:
        raise ConfigError(f"{asked.config}: {error}") from error
