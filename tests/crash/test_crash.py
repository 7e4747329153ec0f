"""A short run of `make crash`."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.full_disk import full_disk
from tests.crash.run import crash


@pytest.fixture
def folder() -> Iterator[Path]:
    """Short, and open to the account that the database runs under."""
    made = Path(tempfile.mkdtemp(prefix="tillcard-crash-", dir="/tmp"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made, ignore_errors=True)


async def test_no_acknowledged_sale_is_lost_doubled_or_altered_when_app_and_database_are_killed(folder):
    figures = await crash(folder, sales=150, kills=4)

    assert figures["acknowledged"] >= 150
    assert (figures["lost"], figures["doubled"], figures["altered"], figures["kills"]) == (0, 0, 0, 4)
    assert figures["in_flight_at_kill"] >= 2


async def test_a_full_disk_refuses_sales_keeps_what_was_stored_and_heals_once_there_is_room():
    figures = await full_disk()

    if figures["ran"]:
        assert figures["stored"] > 40
        assert (figures["lost"], figures["half_written"]) == (0, 0)
    else:
        assert figures["why"]
