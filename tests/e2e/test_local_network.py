"""A till page from an https address and the agent on 127.0.0.1: what Chromium's local network access rules do to them.

The certificate is signed by an authority made here; the browser is told to trust that one key, nothing else is relaxed.
The shop's name leads to this computer, and Chromium is told in which address space it lies, as it would find by itself
for a server in the shop ("local") or on the internet ("public").
"""

import asyncio
import ssl

import pytest
from playwright.async_api import async_playwright

from deploy.chromium import ARGUMENTS, chromium_path
from devices.agent.agent import Agent
from devices.agent.config import AgentConfig, RegisterAccess
from tests.certificates import SHOP, certificates
from tests.devices.agent.kit import TILL, TOKEN, LineDevice, Sink

pytestmark = pytest.mark.browser

HELLO = {"type": "hello", "version": 1, "register": TILL, "token": TOKEN}
DIAL = """([url, hello]) => new Promise((done) => {
  const socket = new WebSocket(url);
  socket.onopen = () => socket.send(JSON.stringify(hello));
  socket.onmessage = (event) => done(JSON.parse(event.data).type);
  socket.onclose = (event) => done(`closed ${event.code}`);
})"""


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """An empty page; a connection on which nothing is asked is closed."""
    if await reader.readline():
        body = b"<!doctype html><title>Till</title>"
        head = b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close\r\ncontent-length: %d\r\n\r\n"
        writer.write(head % len(body) + body)
    writer.close()


@pytest.mark.parametrize(
    ("space", "allowed", "hears"),
    [("local", False, "welcome"), ("public", False, "closed 1006"), ("public", True, "welcome")],
    ids=["server in the shop", "server on the internet", "server on the internet, allowed by the user"],
)
async def test_an_https_till_page_reaches_the_agent_as_chromium_allows(tmp_path, space, allowed, hears):
    pin = certificates(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "chain.pem", tmp_path / "shop.key")
    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]
    origin = f"https://{SHOP}:{port}"
    config = AgentConfig(tmp_path / "agent", 0, frozenset({origin}), registers=(RegisterAccess(TILL, TOKEN),))
    arguments = [
        *ARGUMENTS,
        f"--host-resolver-rules=MAP {SHOP} 127.0.0.1",
        f"--ip-address-space-overrides=127.0.0.1:{port}={space}",
        f"--ignore-certificate-errors-spki-list={pin}",
    ]
    said: list[str] = []
    with Sink() as sink:
        async with Agent(config, [LineDevice("receipt", sink.port)]) as agent, async_playwright() as playwright:
            browser = await playwright.chromium.launch_persistent_context(
                tmp_path / "profile", executable_path=chromium_path(), args=arguments
            )
            if allowed:
                await browser.grant_permissions(["local-network-access"], origin=origin)
            page = browser.pages[0]
            page.on("console", lambda message: said.append(message.text))
            await page.goto(origin)
            secure = await page.evaluate("isSecureContext")
            heard = await page.evaluate(DIAL, [agent.url, HELLO])
            await browser.close()
            refused = agent.counts.refused
    server.close()

    assert secure
    assert heard == hears
    assert refused == 0  # Chromium itself holds it back: the agent never hears of it
    assert any("LOCAL_NETWORK_ACCESS" in line for line in said) is (hears != "welcome")
