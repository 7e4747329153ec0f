"""The driver on real ptys and sockets: each code once, lost ports found again, faults that sell nothing."""

import asyncio
import os
from dataclasses import replace

import pytest

from devices.agent.build import build_device
from devices.agent.config import DeviceConfig
from devices.agent.errors import ConfigError
from devices.device import DeviceError, DeviceState, Health, Power
from devices.ports.address import port_at
from devices.ports.port import BadAddress
from devices.scanners.config import scanner_config
from devices.scanners.hid_pos import reports_of
from devices.scanners.scan import Scan
from devices.scanners.scanner import Scanner
from devices.scanners.simulator import MILK, SHOES, HidPosSimulator, ScannerSimulator
from tests.devices.scanners.kit import a_counter
from tests.waiting import eventually

ATTENTION = ("attention", ("scanner.unfinished",))


@pytest.mark.parametrize("kind", [ScannerSimulator, HidPosSimulator])
async def test_a_scan_is_told_once_with_all_it_says(kind):
    async with a_counter(kind(baud=0)) as counter:
        counter.simulator.scan(SHOES)
        await counter.until_said(1)

        assert counter.said == [SHOES.read().as_said()]
        assert counter.scanner.statistics.counts["good_scans"] == 1


async def test_paced_over_a_pty_a_code_without_suffix_ends_by_silence():
    async with a_counter(ScannerSimulator(suffix=b"", baud=9600), wire="pty", suffix="none", silence_ms=200) as counter:
        counter.simulator.scan(MILK)
        await counter.until_said(1)
        counter.simulator.scan(SHOES)
        await counter.until_said(2)

        assert counter.codes == [MILK.raw, SHOES.raw]


async def test_the_same_code_at_once_is_the_same_scan():
    async with a_counter(repeat_ms=5_000) as counter:
        for scan in (MILK, MILK, SHOES, MILK):
            counter.simulator.scan(scan)
        await counter.until_said(3)

        assert counter.codes == [MILK.raw, SHOES.raw, MILK.raw]


async def test_where_the_shop_wants_it_every_scan_counts():
    async with a_counter(repeat_ms=0) as counter:
        for _ in range(3):
            counter.simulator.scan(MILK)
        await counter.until_said(3)


async def test_a_label_held_before_the_scanner_is_one_scan_however_long():
    now = 0.0
    scanner = Scanner(scanner_config("scanner", "tcp://127.0.0.1:1", {}), clock=lambda: now)
    said: list[object] = []
    scanner.said = said.append
    for now in (0.0, 0.25, 0.5, 0.75, 1.1):  # noqa: B007 - the clock reads it
        scanner._scanned(MILK)

    assert len(said) == 2


async def test_a_damaged_code_sells_nothing_and_is_counted():
    async with a_counter() as counter:
        counter.simulator.faults.damaged = True
        counter.simulator.scan(MILK)
        counter.simulator.faults.damaged = False
        counter.simulator.scan(MILK)
        await counter.until_said(1)

        assert counter.codes == [MILK.raw]
        assert counter.scanner.statistics.counts["bad_scans"] == 1


async def test_a_scanner_that_sends_no_end_is_told_of_until_a_code_comes_whole():
    async with a_counter(ScannerSimulator(suffix=b"", baud=0)) as counter:
        counter.simulator.scan(MILK)
        await eventually(
            lambda: counter.scanner.state == DeviceState(Power.ONLINE, Health.ATTENTION, ("scanner.unfinished",))
        )
        assert counter.said == []

        counter.simulator.suffix = b"\r"
        counter.simulator.scan(SHOES)
        await counter.until_said(1)

        assert (counter.codes, counter.scanner.state.health) == ([SHOES.raw], "ok")


async def test_a_scanner_that_drops_separators_is_told_of_until_a_marking_code_is_whole():
    broken = replace(SHOES, data=SHOES.data.replace(b"\x1d", b""))
    async with a_counter() as counter:
        for scan, health in ((broken, "attention"), (MILK, "attention"), (SHOES, "ok")):
            counter.simulator.scan(scan)
            await eventually(lambda raw=scan.raw: raw in counter.codes)
            assert counter.scanner.state.health == health


async def test_faults_of_the_line_lose_no_code_that_came_whole():
    async with a_counter() as counter:
        counter.simulator.faults.split = True
        counter.simulator.scan(MILK)
        counter.simulator.faults.merged = True
        counter.simulator.scan(SHOES)
        counter.simulator.scan(MILK)
        await counter.until_said(3)

        assert counter.codes == [MILK.raw, SHOES.raw, MILK.raw]


@pytest.mark.parametrize("said", [0, 7, 16])
async def test_a_scanner_unplugged_in_the_middle_of_a_code_is_found_again(said):
    async with a_counter() as counter:
        counter.simulator.faults.cut_reply_after = said
        counter.simulator.scan(MILK)
        await eventually(lambda: counter.simulator.connections == 2)
        await counter.until_ready()
        counter.simulator.scan(SHOES)
        await counter.until_said(1)

        assert counter.codes == [SHOES.raw]
        assert ("offline", ("scanner.offline",)) in [(state.power, state.causes) for state in counter.states]


async def test_a_person_may_wait_for_the_next_scan():
    async with a_counter() as counter:
        waiting = asyncio.create_task(counter.scanner.ask("scan", {}))
        await asyncio.sleep(0)
        counter.simulator.scan(MILK)

        assert (await waiting)["code"] == MILK.raw
        with pytest.raises(DeviceError, match=r"scanner\.nothing"):
            await counter.scanner.ask("scan", {"milliseconds": 20})
        with pytest.raises(DeviceError, match=r"device\.question_unknown"):
            await counter.scanner.ask("weight", {})


async def test_a_scanner_that_is_away_is_not_waited_for():
    with pytest.raises(DeviceError, match=r"scanner\.offline"):
        await Scanner(scanner_config("scanner", "tcp://127.0.0.1:1", {})).ask("scan", {})


async def test_a_person_may_scan_any_text_by_the_simulator():
    async with a_counter() as counter:
        for code in ("4006381333931", "A-1-23", SHOES.raw.replace("\x1d", "<GS>")):
            counter.simulator.verbs()["scan"](code)
        await counter.until_said(3)

        assert [said["aim"] for said in counter.said] == ["]E0", "]C0", "]d2"]
        assert counter.said[2]["marking"]["whole"]


async def test_reports_are_read_from_a_file_as_linux_shows_it(tmp_path):
    path = tmp_path / "hidraw7"
    os.mkfifo(path)
    device = build_device(DeviceConfig("scanner", "scanner", f"hid:{path}"))
    said: list[dict[str, object]] = []
    running = asyncio.create_task(device.run(lambda state: None, said.append))
    try:
        await eventually(lambda: device.state.health == "ok")
        with path.open("wb") as writing:
            writing.write(b"".join(reports_of(scan) for scan in (MILK, SHOES)))
        await eventually(lambda: len(said) == 2)

        assert [each["raw"] for each in said] == [scan.raw for scan in (MILK, SHOES)]
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


def test_elsewhere_a_hid_device_is_refused_with_the_way_out(monkeypatch):
    monkeypatch.setattr("sys.platform", "win32")

    with pytest.raises(BadAddress, match="USB serial"):
        port_at("hid:/dev/hidraw0")


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("suffix", "tab"),
        ("protocol", "wedge"),
        ("repeat_ms", -1),
        ("silence_ms", "20"),
        ("repeat_ms", True),
        ("prefix", "é"),
        ("beep", True),
    ],
)
def test_an_option_that_cannot_be_used_is_refused_with_its_name(option, value):
    with pytest.raises(ConfigError, match=option):
        build_device(DeviceConfig("scanner", "scanner", "serial:/dev/ttyACM0", {option: value}))


def test_a_long_qr_is_one_scan():
    assert Scan("]Q1", b"7" * 7_089).read().raw == "7" * 7_089
