"""`tillcard devices learn`: a person looks and says, the file knows it afterwards; nothing else in it is touched."""

import asyncio
from collections.abc import Callable, Iterator

import pytest

from devices.agent.config import read_config
from devices.agent.errors import ConfigError
from devices.cli.main import main
from devices.cli.writing import with_options
from devices.receipt.simulator import PrinterSimulator

FILE = """# our till
state = "state"
[[devices]]
id = "scale"   # the old one
kind = "scale"
url = "tcp://192.168.1.51:9100"
dialect = "toledo8217"

[[devices]]   # bought in May
id = "receipt"
kind = "receipt-printer"
url = "{url}"
drawer_open = "unknown"   # not learnt yet

[[devices]]
id = "kitchen"
kind = "receipt-printer"
url = "tcp://192.168.1.52:9100"
"""


@pytest.fixture
async def printer():
    printer = PrinterSimulator()
    yield printer
    await printer.stop()


@pytest.fixture
async def file(tmp_path, printer):
    path = tmp_path / "devices.toml"
    path.write_text(FILE.replace("{url}", await printer.start_tcp()), "utf-8")
    return path


class Person:
    """What is typed, line by line; each line may be something to do first."""

    def __init__(self, lines: Iterator[str | Callable[[], object]]) -> None:
        self.lines = lines

    def readline(self) -> str:
        line = next(self.lines, "")
        if callable(line):
            line()
            return "\n"
        return line


async def learn(monkeypatch, file, what: str, *lines: str | Callable[[], object]) -> int:
    loop = asyncio.get_running_loop()

    def here(work: Callable[[], object]) -> Callable[[], object]:
        async def done() -> None:
            work()

        return lambda: asyncio.run_coroutine_threadsafe(done(), loop).result(5)

    person = Person(iter([here(line) if callable(line) else line for line in lines]))
    monkeypatch.setattr("sys.stdin", person)
    return await asyncio.to_thread(main, ["learn", "--config", str(file), "receipt", what])


async def test_the_numbers_of_code_pages_are_typed_as_seen_and_written_down(monkeypatch, file, printer, capsys):
    before = file.read_text("utf-8")

    status = await learn(monkeypatch, file, "code-pages", "what?\n", "17A 46B\n")

    said = capsys.readouterr().out
    assert status == 0
    assert len(printer.receipts) == 1
    assert b" 17" in printer.receipts[0].data
    assert "not understood: numbers with letters" in said
    assert read_config(file).devices[1].options["pages"] == [["cp866", 17], ["cp1251", 46]]
    added = 'pages = [["cp866", 17], ["cp1251", 46]]\n'
    assert file.read_text("utf-8").replace(added, "") == before


@pytest.mark.parametrize("high", [True, False])
async def test_the_drawers_contact_is_learnt_by_opening_and_shutting_it(monkeypatch, file, printer, capsys, high):
    printer.wired_high = high
    before = file.read_text("utf-8")

    status = await learn(
        monkeypatch,
        file,
        "drawer",
        lambda: printer.set_drawer(opened=True),
        lambda: printer.set_drawer(opened=False),
    )

    level = "high" if high else "low"
    assert status == 0
    assert file.read_text("utf-8") == before.replace('"unknown"', f'"{level}"')
    assert f"drawer_open = {level}" in capsys.readouterr().out


async def test_a_drawer_without_a_contact_leaves_the_file_as_it_was(monkeypatch, file, printer, capsys):
    before = file.read_text("utf-8")

    status = await learn(monkeypatch, file, "drawer", "\n", "\n")

    assert status == 1
    assert "no contact is wired" in capsys.readouterr().err
    assert file.read_text("utf-8") == before


@pytest.mark.parametrize("what", ["drawer", "code-pages"])
async def test_who_types_nothing_changes_nothing(monkeypatch, file, capsys, what):
    before = file.read_text("utf-8")

    status = await learn(monkeypatch, file, what)

    assert status == 1
    assert "nothing was typed" in capsys.readouterr().err
    assert file.read_text("utf-8") == before


async def test_a_printer_that_cannot_print_is_said_to(monkeypatch, file, printer, capsys):
    printer.set_cover(opened=True)

    assert await learn(monkeypatch, file, "code-pages", "17A\n") == 1
    assert "printer.cover_open" in capsys.readouterr().err


def test_a_scale_has_nothing_to_learn(tmp_path, capsys):
    path = tmp_path / "devices.toml"
    path.write_text(FILE.replace("{url}", "tcp://192.168.1.50"), "utf-8")

    assert main(["learn", "--config", str(path), "scale", "drawer"]) == 2
    assert "only a receipt printer" in capsys.readouterr().err


def test_a_table_on_one_line_is_left_alone_and_said_what_to_write():
    text = 'state = "state"\ndevices = [{ id = "receipt", kind = "receipt-printer", url = "tcp://192.168.1.50" }]\n'

    with pytest.raises(ConfigError, match='put into it: drawer_open = "high"'):
        with_options(text, "receipt", {"drawer_open": "high"})
