"""Starting the agent on its own: its configuration, and what it says when it cannot start."""

import asyncio
import contextlib
import os
import signal
import socket
import sys
from asyncio.subprocess import DEVNULL, PIPE
from pathlib import Path

import pytest

from devices.agent.client import dial
from devices.agent.config import ServerLink, is_safe_link, read_config
from devices.agent.errors import ConfigError
from devices.cli.main import main
from tests.devices.agent.kit import TILL, a_till

WHOLE = f"""
state = "state"
port = 0
origins = ["http://127.0.0.1:8080", "https://till.shop.example"]

[server]
url = "wss://till.shop.example/api/agent/link"
token = "link token"

[[registers]]
id = "{TILL}"
token = "till token"
devices = ["receipt"]

[[devices]]
id = "receipt"
kind = "receipt-printer"
url = "tcp://192.168.1.50:9100"
columns = 42
"""
LEAST = 'state = "state"\nport = 0\norigins = ["http://127.0.0.1:8080"]\n'


def written(folder: Path, text: str) -> Path:
    path = folder / "devices.toml"
    path.write_text(text, "utf-8")
    return path


def test_a_whole_configuration_is_read(tmp_path):
    config = read_config(written(tmp_path, WHOLE))

    assert config.state == tmp_path / "state"
    assert config.origins == {"http://127.0.0.1:8080", "https://till.shop.example"}
    assert config.server == ServerLink("wss://till.shop.example/api/agent/link", "link token")
    assert config.registers[0].devices == {"receipt"}
    assert (config.devices[0].url, config.devices[0].options) == ("tcp://192.168.1.50:9100", {"columns": 42})


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('state = "state"', "", "state"),
        ("port = 0", "port = 70000", "port"),
        ("port = 0", "port = [", "devices.toml"),
        ("https://till.shop.example", "https://till.shop.example/till", "without a path"),
        ("wss://till", "ws://till", "wss://"),
        ("wss://till.shop.example", "wss://[till", "server.url"),
        ("wss://till.shop.example", "wss://till.shop.example:99999", "server.url"),
        ("wss://till.shop.example", "wss:///", "server.url"),
        ("https://till.shop.example", "https://[till", "origins"),
        ("https://till.shop.example", "https://me@till.shop.example", "origins"),
        ('token = "link token"', "", "server.token"),
        (TILL, "till 1", "registers[0].id"),
        ('devices = ["receipt"]', 'devices = ["kitchen"]', "kitchen"),
        ('id = "receipt"', 'id = "Receipt printer"', "devices[0].id"),
        ('kind = "receipt-printer"', "", "devices[0].kind"),
        ("[[devices]]", "[devices]", "[[devices]]"),
    ],
)
def test_what_is_wrong_in_it_is_named(tmp_path, old, new, says):
    assert old in WHOLE
    with pytest.raises(ConfigError) as wrong:
        read_config(written(tmp_path, WHOLE.replace(old, new)))

    assert says in str(wrong.value)


def test_two_devices_may_not_share_a_name(tmp_path):
    twice = '[[devices]]\nid = "a"\nkind = "k"\nurl = "tcp://x:1"\n' * 2
    with pytest.raises(ConfigError, match="two devices are called a"):
        read_config(written(tmp_path, LEAST + twice))


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("wss://till.shop.example/x", True),
        ("ws://127.0.0.1:8080/x", True),
        ("ws://[::1]:8080/x", True),
        ("ws://localhost/x", True),
        ("ws://till.shop.example/x", False),
        ("ws://127.0.0.1.evil.example/x", False),
        ("ws://192.168.1.2/x", False),
        ("http://127.0.0.1/x", False),
        ("wss:///x", False),
    ],
)
def test_the_token_travels_encrypted_or_not_at_all(url, safe):
    assert is_safe_link(url) is safe


def test_a_missing_file_and_an_unknown_kind_of_device_are_explained(tmp_path, capsys):
    assert main(["--config", str(tmp_path / "nowhere.toml")]) == 2
    assert "nowhere.toml" in capsys.readouterr().err

    toaster = LEAST + '[[devices]]\nid = "a"\nkind = "toaster"\nurl = "tcp://x:1"\n'
    assert main(["--config", str(written(tmp_path, toaster))]) == 2
    assert "no driver is called 'toaster'" in capsys.readouterr().err


def test_a_taken_port_is_explained(tmp_path, capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["--config", str(written(tmp_path, LEAST.replace("port = 0", f"port = {port}")))]) == 1

    assert f"port {port}" in capsys.readouterr().err


async def test_on_its_own_it_prints_a_code_pairs_a_till_and_stops_when_told(tmp_path):
    path = written(tmp_path, LEAST)
    arguments = [sys.executable, "-m", "devices.cli", "--config", str(path)]
    process = await asyncio.create_subprocess_exec(*arguments, stdout=PIPE, stderr=DEVNULL)
    try:
        assert process.stdout is not None
        url = (await process.stdout.readline()).decode().split()[-1]
        code = (await process.stdout.readline()).decode().rpartition(":")[2].strip()
        another = (await process.stdout.readline()).decode()
        async with dial(url, origin="http://127.0.0.1:8080") as page:
            token = (await page.ask("pair", code=code, register=TILL))["token"]
        async with a_till(url, token=token) as till:
            assert till.welcome["devices"] == []
        assert another.endswith(f"start it with: tillcard devices --pair --config {path}\n")
        process.send_signal(signal.SIGTERM)
        assert await process.wait() == 0
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()

    if os.name == "posix":
        files = list((tmp_path / "state").iterdir())
        assert files
        assert not any(file.stat().st_mode & 0o077 for file in files)
