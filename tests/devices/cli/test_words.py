"""`tillcard devices` and its words, typed as a person would."""

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE

import pytest

from devices.agent.config import read_config
from devices.agent.errors import ConfigError
from devices.cli.main import main, parser
from devices.cli.simulating import obey
from devices.protocols import PROTOCOLS
from devices.receipt.simulator import PrinterSimulator

FILE = """# our till
state = "state"   # beside this file
port = 0
origins = ["http://127.0.0.1:8080"]

[[devices]]
id = "kitchen"   # the old one
kind = "receipt-printer"
url = "tcp://192.168.1.51:9100"
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "devices.toml"
    path.write_text(FILE, "utf-8")
    return path


def typed(*words: str) -> int:
    return main(words)


def test_a_device_is_added_and_what_was_written_before_stays_as_it_was(file, capsys):
    status = typed(
        "add", "--config", str(file), "receipt", "receipt-printer", "tcp://192.168.1.50", "columns=42", "cut=none"
    )

    assert status == 0
    assert file.read_text("utf-8").startswith(FILE)
    added = read_config(file).devices[1]
    assert (added.id, added.kind, added.url, added.options) == (
        "receipt",
        "receipt-printer",
        "tcp://192.168.1.50",
        {"columns": 42, "cut": "none"},
    )
    assert "tillcard devices test receipt" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("kitchen", "receipt-printer", "tcp://192.168.1.50"), "two devices are called kitchen"),
        (("a", "toaster", "tcp://192.168.1.50"), "no driver is called 'toaster'"),
        (("a", "receipt-printer", "gopher://x"), "gopher"),
        (("a", "receipt-printer", "tcp://192.168.1.50", "colour=blue"), "colour"),
        (("a", "receipt-printer", "tcp://192.168.1.50", "columns"), "columns"),
        (("A B", "receipt-printer", "tcp://192.168.1.50"), "a-z"),
    ],
)
def test_what_cannot_be_used_is_said_and_not_written(file, capsys, words, says):
    assert typed("add", "--config", str(file), *words) == 2

    assert says in capsys.readouterr().err
    assert file.read_text("utf-8") == FILE
    assert list(file.parent.iterdir()) == [file]


def test_the_first_device_makes_the_file(tmp_path):
    path = tmp_path / "devices.toml"

    assert typed("add", "--config", str(path), "receipt", "receipt-printer", "tcp://192.168.1.50") == 0
    assert [device.id for device in read_config(path).devices] == ["receipt"]


@pytest.mark.skipif(os.name != "posix", reason="modes of files")
@pytest.mark.parametrize(("before", "after"), [(None, 0o600), (0o600, 0o600), (0o640, 0o640), (0o644, 0o644)])
def test_a_new_file_is_its_owners_alone_and_another_is_readable_as_it_was(tmp_path, before, after):
    path = tmp_path / "devices.toml"
    if before is not None:
        path.write_text(FILE, "utf-8")
        path.chmod(before)

    assert typed("add", "--config", str(path), "receipt", "receipt-printer", "tcp://192.168.1.50") == 0
    assert path.stat().st_mode & 0o777 == after


def test_the_list_shows_what_is_configured(file, capsys):
    assert typed("list", "--config", str(file)) == 0

    shown = capsys.readouterr().out
    assert "kitchen  receipt-printer  tcp://192.168.1.51:9100" in shown
    assert "plugged in:" in shown


async def test_a_printer_is_tried_with_a_test_page_and_its_drawer_with_a_reason(tmp_path, capsys):
    printer = PrinterSimulator()
    path = tmp_path / "devices.toml"
    path.write_text(FILE.replace("tcp://192.168.1.51:9100", await printer.start_tcp()), "utf-8")
    tried = await asyncio.to_thread(typed, "test", "--config", str(path), "kitchen")
    opened = await asyncio.to_thread(typed, "test", "--config", str(path), "kitchen", "--drawer", "change for the till")
    await printer.stop()

    assert (tried, opened) == (0, 0)
    assert b"Tillcard" in printer.receipts[0].data
    assert len(printer.kicks) == 1
    assert "done" in capsys.readouterr().out


def test_a_device_that_is_not_configured_is_not_tried(file, capsys):
    assert typed("test", "--config", str(file), "receipt") == 2
    assert "no device is called receipt" in capsys.readouterr().err


def test_every_word_explains_itself(capsys):
    for words in ([], ["run"], ["list"], ["add"], ["connect"], ["learn"], ["test"], ["verify"], ["simulate"]):
        with pytest.raises(SystemExit) as ended:
            parser().parse_args([*words, "--help"])
        assert ended.value.code == 0
    assert "Sends nothing" in capsys.readouterr().out


SCALE = "scale:toledo8217"


async def test_a_simulated_scale_obeys_what_is_typed_and_is_verified_as_a_real_one(tmp_path):
    words = [sys.executable, "-m", "devices.cli"]
    simulated = await asyncio.create_subprocess_exec(*words, "simulate", SCALE, "--tcp", "0", stdin=PIPE, stdout=PIPE)
    assert simulated.stdin is not None
    assert simulated.stdout is not None
    try:
        url = (await simulated.stdout.readline()).decode().split()[-1]
        simulated.stdin.write(b"put 1250\nfault silent on\nfault silent off\ndance\n")
        heard = [await simulated.stdout.readline()]
        while b"none of" not in heard[-1]:
            heard.append(await simulated.stdout.readline())
        report = tmp_path / "report.json"
        arguments = ["verify", "--port", url, "--as", SCALE, "--json", str(report)]
        verified = await asyncio.create_subprocess_exec(*words, *arguments, stdout=PIPE)
        said, _ = await verified.communicate()
    finally:
        simulated.kill()
        await simulated.wait()

    assert heard.count(b"ok\n") == 3
    assert verified.returncode == 0, said.decode()
    assert "everything tried is as it should be" in said.decode()
    assert json.loads(report.read_text("utf-8"))["protocol"] == SCALE
    assert any("silence" in what for what in json.loads(report.read_text("utf-8"))["not_tried"])


def test_faults_and_verbs_that_there_are_not_are_named():
    simulator = PROTOCOLS[SCALE].simulator()
    assert obey(simulator, "fault slow 2") == "ok"
    assert simulator.faults.slow == 2.0
    for line in ("fault dance on", "fault silent 7x", "put much", "put", "dance"):
        with pytest.raises(ConfigError):
            obey(simulator, line)
    assert "put GRAMS" in obey(simulator, "help")


def test_a_protocol_that_there_is_not_is_answered_with_those_that_there_are(capsys):
    assert typed("simulate", "scale:abacus") == 2
    assert SCALE in capsys.readouterr().err
