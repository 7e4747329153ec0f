"""`tillcard up` drives the devices of the file in its data folder."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, STDOUT

import pytest

from devices.receipt.simulator import PrinterSimulator
from tests.e2e.shop import free_port
from tests.waiting import eventually
from tests.web.cli.test_start import DATABASE, ROOT, refused, tillcard


@pytest.fixture
async def printer():
    printer = PrinterSimulator()
    yield printer
    await printer.stop()


async def up(data, heard: str) -> tuple[asyncio.subprocess.Process, str]:
    """The running shop and what it said up to a line with `heard`."""
    kept = {name: value for name, value in os.environ.items() if name not in DATABASE}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "web.cli", "up", "--data", data, "--port", str(free_port())),
        cwd=ROOT,
        env={**kept, "TILLCARD_AGENT_PORT": "0"},
        stdout=PIPE,
        stderr=STDOUT,
    )
    assert process.stdout is not None
    said = ""
    async for line in process.stdout:
        said += line.decode()
        if heard in said:
            break
    return process, said


async def test_a_printer_added_by_the_command_is_driven_by_the_shop(tmp_path, printer):
    address = await printer.start_tcp()
    data = tmp_path / "shop"
    data.mkdir()
    added = await asyncio.to_thread(
        tillcard, "devices", "add", "receipt", "receipt-printer", address, "--config", data / "devices.toml"
    )
    assert added.returncode == 0, added.stderr

    process, said = await up(data, "devices.toml)")
    try:
        assert f"devices      receipt   ({data / 'devices.toml'})" in said
        await eventually(lambda: printer.connections > 0)
    finally:
        process.send_signal(signal.SIGTERM)
        await process.wait()


async def test_a_shop_without_devices_says_how_to_add_one(tmp_path):
    process, said = await up(tmp_path, "tillcard devices add")
    process.send_signal(signal.SIGTERM)
    await process.wait()

    assert f"--config {tmp_path / 'devices.toml'}" in said


def test_a_file_that_cannot_be_is_named_before_anything_is_made(tmp_path):
    file = tmp_path / "devices.toml"
    file.write_text('state = "state"\n[[devices]]\nid = "receipt"\nkind = "toaster"\nurl = "tcp://192.168.1.50"\n')

    said = refused(tillcard("up", "--data", tmp_path), "devices.file_wrong")

    assert "no driver is called 'toaster'" in said
    assert [each.name for each in tmp_path.iterdir()] == ["devices.toml"]
