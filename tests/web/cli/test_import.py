"""`tillcard import` on a shop of its own, as a person types it."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.loyalty.imports.shop import an_open_shop, text_file

ROOT = Path(__file__).parents[3]
ROWS = [
    ("Телефон", "ФИО", "?"),
    ("091123456", "Петросян Ани", "5"),
    ("12", "Иванов", "6"),
    ("091123457", "Саргсян Ваган", "7"),
]


def tillcard(addresses, *arguments) -> tuple[int, str]:
    """Exit code, and what was printed."""
    environment = {**os.environ, "DATABASE_URL": addresses.owner, "TILLCARD_APP_DATABASE_URL": addresses.app}
    done = subprocess.run(
        [sys.executable, "-m", "web.cli", "import", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
async def shop(addresses):
    async with an_open_shop(addresses.app) as database:
        yield database


async def test_a_file_is_tried_then_written_then_taken_back(shop, addresses, tmp_path):
    file = tmp_path / "clients.csv"
    file.write_bytes(text_file(ROWS))

    code, said = tillcard(addresses, str(file))
    assert code == 1
    assert "line 3 A   '12': Too few or too many digits for a phone. (phone_length)" in said
    assert await shop.pool.fetchval("SELECT count(*) FROM account") == 0

    code, said = tillcard(addresses, str(file), "--column", "C=turnover", "--write", "--rest")
    assert code == 0, said
    assert await shop.pool.fetchval("SELECT sum(amount)::int FROM turnover_entry") == 1_200

    import_id = re.search(r"import ([0-9a-f-]{36}) --undo", said)[1]
    code, said = tillcard(addresses, import_id, "--undo")
    assert code == 0, said
    assert "2 undone" in said
    assert await shop.pool.fetchval("SELECT count(*) FROM person") == 0


async def test_a_file_that_is_not_there_or_unreadable_is_said_in_a_sentence(shop, addresses, tmp_path):
    code, said = tillcard(addresses, str(tmp_path / "nothing.csv"))
    assert (code, "nothing.csv" in said, "Traceback" in said) == (2, True, False)

    file = tmp_path / "x.pdf"
    file.write_bytes(b"%PDF")
    code, said = tillcard(addresses, str(file))
    assert (code, "Neither Excel nor text" in said) == (2, True)
