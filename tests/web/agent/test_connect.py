"""The command on a computer with devices, against the real server: from the code of the back office to a printed line."""

import asyncio

from devices.agent.agent import Agent
from devices.agent.config import read_config
from devices.cli.main import main
from tests.devices.agent.kit import LineDevice, Sink
from tests.waiting import eventually
from tests.web.agent.chain import a_tablet, first_shop


def connect(file, address: str, code: str, *more: str) -> int:
    return main(["connect", "--config", str(file), address, code, *more])


async def test_a_code_of_the_back_office_joins_a_computer_once(office, known, tmp_path, capsys):
    file, address = tmp_path / "devices.toml", str(office.base_url).rstrip("/")
    page = await office.post("/office/devices/agents", data={"name": "Till 2", "outlet": str(known.shop.outlet)})
    code = page.text.split("data-code>")[1].split("<")[0]

    joined = await asyncio.to_thread(connect, file, address, code)
    said = capsys.readouterr().out
    again = await asyncio.to_thread(connect, tmp_path / "other.toml", address, code)
    refused = capsys.readouterr().err
    with Sink() as sink:
        async with Agent(read_config(file), [LineDevice("receipt", sink.port)]) as agent:
            await eventually(lambda: agent.connected)
            async with a_tablet(office, first_shop(known)) as tablet:
                await tablet.hello()
                job = await tablet.job("receipt", "line", {})

    assert (joined, again) == (0, 1)
    assert f"this computer is now Till 2 (Corner shop) at {address}" in said
    assert "does not know this code" in refused
    assert sink.arrived == {job: 1}


async def test_too_many_wrong_codes_are_answered_with_a_wait(office, tmp_path, capsys):
    file, address = tmp_path / "devices.toml", str(office.base_url).rstrip("/")
    for _ in range(6):
        assert await asyncio.to_thread(connect, file, address, "AAAA-AAAA") == 1

    assert "(sign_in.locked)" in capsys.readouterr().err
    assert not file.exists()
