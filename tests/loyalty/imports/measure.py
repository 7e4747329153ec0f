"""How long an import takes on a PostgreSQL that waits for its disk: `python -m tests.loyalty.imports.measure 100000`."""

import asyncio
import json
import resource
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from loyalty.accounts.rules import card_number
from loyalty.imports.queries import import_row
from loyalty.imports.service import receive, start_undoing, start_writing
from pos.core.ids import new_id
from pos.storage import migrations
from pos.storage.database import located
from tests.loyalty.imports.shop import HEADINGS, an_open_shop, workbook, worker


def clients(count: int) -> bytes:
    rows = [HEADINGS]
    rows += [
        (
            int(card_number("29", 13, n)),
            f"Петросян{n} Ани Арменовна",
            f"+374{10_000_000 + n}",
            f"{n % 900} {n % 1000:03},50",
            n % 700,
            "Gold" if n % 5 == 0 else "",
            "да",
            "нет",
            "",
            n % 15,
        )
        for n in range(count)
    ]
    return workbook(rows)


async def main(count: int) -> None:
    content = clients(count)
    told: dict[str, float] = {"rows": count, "file_mb": round(len(content) / 1e6, 1)}
    with tempfile.TemporaryDirectory(prefix="imports-measure-") as folder:
        Path(folder).chmod(0o755)
        async with located(folder) as addresses:
            await migrations.upgrade(addresses.owner)
            async with an_open_shop(addresses.app) as database:
                import_id, at = new_id(), datetime.now(UTC)
                began = time.monotonic()
                async with database.transaction() as session:
                    await receive(session, import_id, "clients.xlsx", content, by=None, at=at)
                working = asyncio.create_task(worker(database).run())

                async def until(state: str) -> float:
                    while True:
                        async with database.transaction() as session:
                            found = await import_row(session, import_id)
                        if found.state == state:
                            return round(time.monotonic() - began, 1)
                        await asyncio.sleep(0.05)

                try:
                    told["read_s"] = await until("checking")
                    told["dry_run_s"] = await until("checked")
                    began = time.monotonic()
                    async with database.transaction() as session:
                        await start_writing(session, import_id, rest=False, at=at)
                    told["write_s"] = await until("written")
                    began = time.monotonic()
                    async with database.transaction() as session:
                        await start_undoing(session, import_id, at=at)
                    told["undo_s"] = await until("undone")
                finally:
                    working.cancel()
                    await asyncio.gather(working, return_exceptions=True)
    told["memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps(told))


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000))
