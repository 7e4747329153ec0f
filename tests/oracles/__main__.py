"""`make oracles`: programs that no one here wrote, against our device layer. The last line is one JSON object."""

import asyncio
import json
import sys
import time
from typing import Any

from tests.oracles import encoders, hosts, labels, pyshtrih_register

ALL = (*hosts.ORACLES, *encoders.ORACLES, *labels.ORACLES, *pyshtrih_register.ORACLES)


async def main() -> int:
    tried = await asyncio.gather(*(ask(oracle) for oracle in ALL))
    print(json.dumps({"oracles": len(ALL), "failed": tried.count(False)}))
    return 0 if all(tried) else 1


async def ask(oracle: Any) -> bool:
    """Whether it found everything as it should be; says what it saw."""
    began = time.monotonic()
    try:
        seen, well = await oracle(), True
    except Exception as error:  # whatever goes wrong, the others are still asked
        seen, well = f"FAILED: {type(error).__name__} {error}", False
    name = oracle.__name__.replace("_", " ")
    print(f"{oracle.__module__.rsplit('.', 1)[1]}: {name}: {seen} ({time.monotonic() - began:.1f} s)", flush=True)
    return well


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
