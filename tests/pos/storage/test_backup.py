"""One file out, the same shop in again: every table compared, every damage noticed, nothing half-restored."""

import hashlib
import random
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import pytest

from pos.storage import migrations
from pos.storage.backup import (
    BackupDamaged,
    BackupExists,
    BackupFailed,
    BackupTooNew,
    NotABackup,
    PlaceNotEmpty,
    RestoredDiffers,
    backup,
    restore,
    verify,
)
from pos.storage.digest import content
from pos.storage.embedded import Cluster
from pos.storage.embedded.configuration import OWNER
from tests.database import QUICK, cloned, system_binaries

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SHOP = """
CREATE TABLE product (seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, price bigint);
INSERT INTO product (name, price) SELECT 'Молоко ' || n || ' Կաթ ''"\\', n * 10 FROM generate_series(1, 3000) n;
CREATE TABLE document (id uuid PRIMARY KEY, bytes bytea, made_at timestamptz, facts jsonb);
INSERT INTO document SELECT gen_random_uuid(), decode(repeat('00ff0a0d', n % 40), 'hex'), now() + n * interval '1 s',
  jsonb_build_object('n', n) FROM generate_series(1, 2000) n;
CREATE TABLE nothing_yet (id int);
GRANT SELECT, INSERT ON document TO tillcard_app;
"""


@pytest.fixture
async def shop(postgres):
    async with cloned(postgres, "template0") as addresses:
        connection = await asyncpg.connect(addresses.owner)
        await connection.execute(SHOP)
        await connection.close()
        yield addresses


@pytest.fixture
async def empty(postgres):
    async with cloned(postgres, "template0") as addresses:
        yield addresses


@pytest.fixture
async def saved(shop, tmp_path) -> Path:
    await backup(shop.owner, tmp_path / "shop.tillcard", app_version="0.1.0", at=NOON)
    return tmp_path / "shop.tillcard"


async def digest(dsn: str):
    connection = await asyncpg.connect(dsn)
    async with connection.transaction():
        found = await content(connection)
    await connection.close()
    return found


async def test_a_restored_shop_is_the_same_to_the_last_row_and_right(shop, empty, saved):
    header = await restore(empty.owner, saved)

    assert await digest(empty.owner) == await digest(shop.owner) == header.content()
    assert header.tables["public.product"].startswith("3000:")
    assert header.sequences["public.product_seq_seq"] == 3000
    app = await asyncpg.connect(empty.app)
    assert await app.fetchval("SELECT count(*) FROM document") == 2000
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await app.execute("DELETE FROM document")
    await app.close()


async def test_the_digest_sees_one_changed_letter_and_a_doubled_row(shop):
    before = await digest(shop.owner)
    connection = await asyncpg.connect(shop.owner)
    await connection.execute("UPDATE product SET name = 'x' WHERE seq = 7")
    await connection.execute("INSERT INTO nothing_yet VALUES (1), (1)")
    await connection.close()

    assert before.differs_from(await digest(shop.owner)) == ["public.nothing_yet", "public.product"]


async def test_a_backup_belongs_to_us_alone_and_is_never_overwritten(shop, saved):
    assert saved.stat().st_mode & 0o077 == 0
    with pytest.raises(BackupExists):
        await backup(shop.owner, saved, app_version="0.1.0", at=NOON)
    assert [path.name for path in saved.parent.iterdir()] == ["shop.tillcard"]


async def test_every_flipped_byte_is_noticed(saved):
    whole, chance = saved.read_bytes(), random.Random(6)
    places = [0, len(whole) - 1, *(chance.randrange(len(whole)) for _ in range(98))]
    for place in places:
        damaged = bytearray(whole)
        damaged[place] ^= 1 << chance.randrange(8)
        saved.write_bytes(damaged)
        with pytest.raises((BackupDamaged, NotABackup)):
            verify(saved)


@pytest.mark.parametrize("part", [0.01, 0.5, 0.999])
async def test_a_backup_cut_short_is_refused_before_anything_is_touched(empty, saved, part):
    whole = saved.read_bytes()
    saved.write_bytes(whole[: int(len(whole) * part)])

    with pytest.raises((BackupDamaged, NotABackup)):
        await restore(empty.owner, saved)
    assert (await digest(empty.owner)).tables == {}


async def test_a_shop_in_use_is_not_restored_over(shop, saved):
    with pytest.raises(PlaceNotEmpty):
        await restore(shop.owner, saved)


async def test_a_backup_of_another_content_than_it_says_is_not_left_behind(shop, empty, tmp_path):
    path = tmp_path / "lying.tillcard"
    await backup(shop.owner, path, app_version="0.1.0", at=NOON)
    _rewrite_header(
        path, lambda words: words.replace(b'"public.nothing_yet": "0:0:0"', b'"public.nothing_yet": "9:0:0"')
    )

    with pytest.raises(RestoredDiffers) as refused:
        await restore(empty.owner, path)

    assert refused.value.fields == {"tables": "public.nothing_yet"}
    assert (await digest(empty.owner)).tables == {}
    await migrations.current(empty.owner)


async def test_a_backup_of_a_newer_server_is_refused(empty, saved):
    _rewrite_header(saved, lambda words: words.replace(b'"server_major": 1', b'"server_major": 99'))

    with pytest.raises(BackupTooNew):
        await restore(empty.owner, saved)


async def test_a_shop_of_the_systems_postgresql_moves_to_the_newer_one(tmp_path, empty):
    try:
        older = system_binaries()
    except LookupError as missing:
        pytest.skip(str(missing))
    if older.major >= empty.cluster.binaries.major:
        pytest.skip("the test server is not newer than the system's")
    folder = Path(tempfile.mkdtemp(prefix="tillcard-data-", dir="/tmp"))
    folder.chmod(0o755)
    async with await Cluster.open(folder, binaries=older.folder, settings=QUICK) as old:
        connection = await asyncpg.connect(old.dsn(OWNER))
        await migrations.ensure_app_role(old.dsn(OWNER))
        await connection.execute(SHOP)
        await connection.close()
        header = await backup(old.dsn(OWNER), tmp_path / "old.tillcard", app_version="0.1.0", at=NOON)
    shutil.rmtree(folder)

    await restore(empty.owner, tmp_path / "old.tillcard")

    assert header.server_major == older.major
    assert await digest(empty.owner) == header.content()


async def test_a_killed_restore_is_refused_for_serving_and_may_be_repeated(shop, empty, saved):
    connection = await asyncpg.connect(empty.owner)
    name = await connection.fetchval("SELECT current_database()")
    await connection.execute(f"COMMENT ON DATABASE {name} IS '{migrations.RESTORING}'; CREATE TABLE half (id int)")
    await connection.close()

    with pytest.raises(migrations.RestoreUnfinished):
        await migrations.check(empty.owner)
    with pytest.raises(migrations.RestoreUnfinished):
        await migrations.upgrade(empty.owner)
    await restore(empty.owner, saved)

    assert await digest(empty.owner) == await digest(shop.owner)


async def test_a_backup_to_a_folder_that_is_not_there_leaves_nothing(shop, tmp_path):
    with pytest.raises(BackupFailed):
        await backup(shop.owner, tmp_path / "gone" / "shop.tillcard", app_version="0.1.0", at=NOON)


def test_any_other_file_is_named_so(tmp_path):
    shutil.copy(__file__, tmp_path / "notes.txt")

    with pytest.raises(NotABackup):
        verify(tmp_path / "notes.txt")


def _rewrite_header(path: Path, change) -> None:
    """Change the header and make the file whole again, as a forger would."""
    first, header, rest = path.read_bytes().split(b"\n", 2)
    assert change(header) != header
    body = first + b"\n" + change(header) + b"\n" + rest[: -len(b"\nsha256:") - 65]
    path.write_bytes(body + b"\nsha256:" + hashlib.sha256(body).hexdigest().encode() + b"\n")
