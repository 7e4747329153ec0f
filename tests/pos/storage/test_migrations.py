"""Upgrades of the schema: one at a time, repeatable after any interruption, refused when versions do not fit."""

import asyncio
import os
import random
import signal
import sys
from pathlib import Path

import asyncpg
import pytest

from pos.storage import migrations
from tests.database import cloned

ROOT = Path(__file__).parents[3]
STEP = """
import sqlalchemy as sa
from alembic import op
revision = "{number:04}"
down_revision = {before}
def upgrade():
    op.execute("CREATE TABLE step_{number} (id int)")
    op.execute("SELECT pg_sleep({sleep})")
    op.execute("INSERT INTO step_{number} VALUES (1)")
"""


@pytest.fixture
async def empty(postgres):
    async with cloned(postgres, "template0") as addresses:
        yield addresses.owner


def steps(folder: Path, count: int, sleep: float = 0) -> Path:
    folder.mkdir(exist_ok=True)
    for number in range(1, count + 1):
        before = repr(f"{number - 1:04}") if number > 1 else None
        (folder / f"{number:04}.py").write_text(STEP.format(number=number, before=before, sleep=sleep))
    return folder


async def test_an_old_schema_is_refused_until_it_is_upgraded(empty, tmp_path):
    await migrations.upgrade(empty, versions=steps(tmp_path / "old", 2))
    new = steps(tmp_path / "new", 3)

    with pytest.raises(migrations.SchemaTooOld) as refused:
        await migrations.check(empty, new)
    assert refused.value.fields == {"found": "0002", "wanted": "0003"}

    assert await migrations.upgrade(empty, versions=new) == "0003"
    await migrations.check(empty, new)


async def test_a_schema_of_a_newer_version_is_refused(empty, tmp_path):
    await migrations.upgrade(empty, versions=steps(tmp_path / "new", 3))
    old = steps(tmp_path / "old", 2)

    with pytest.raises(migrations.SchemaTooNew):
        await migrations.check(empty, old)
    with pytest.raises(migrations.SchemaTooNew):
        await migrations.upgrade(empty, versions=old)


async def test_upgrades_at_the_same_moment_do_the_work_once(empty, tmp_path):
    versions = steps(tmp_path / "versions", 3, sleep=0.05)

    reached = await asyncio.gather(*(migrations.upgrade(empty, versions=versions) for _ in range(4)))

    assert reached == ["0003"] * 4


async def test_an_upgrade_killed_at_any_point_can_be_repeated(empty, tmp_path):
    versions, chance = steps(tmp_path / "versions", 4, sleep=0.1), random.Random(8)
    program = "import asyncio,sys,pathlib; from pos.storage import migrations as m;"
    program += "print('go', flush=True); asyncio.run(m.upgrade(sys.argv[1], versions=pathlib.Path(sys.argv[2])))"

    for _ in range(4):
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-c", program, empty, str(versions), cwd=ROOT, stdout=asyncio.subprocess.PIPE
        )
        assert child.stdout is not None
        await child.stdout.readline()
        await asyncio.sleep(chance.uniform(0.0, 0.4))
        if child.returncode is None:
            os.kill(child.pid, signal.SIGKILL)
        await child.wait()

    assert await migrations.upgrade(empty, versions=versions) == "0004"
    connection = await asyncpg.connect(empty)
    for number in range(1, 5):
        assert await connection.fetchval(f"SELECT count(*) FROM step_{number}") == 1
    await connection.close()


async def test_the_shipped_steps_bring_an_empty_database_to_the_newest_schema(empty):
    await migrations.upgrade(empty)

    await migrations.check(empty)
