"""`python -m tests.serve DSN PORT KEYS`: the document routes alone, as the web application mounts them."""

import json
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import uvicorn
from litestar import Litestar, get
from litestar.connection import Request
from litestar.datastructures import State
from litestar.di import Provide

from pos.core.errors import TillError
from pos.registers.queries import RegisterKey
from pos.sales.record import Recorder
from pos.storage.database import pool_for
from web.errors import expected
from web.till.documents import DocumentController


def app_for(dsn: str, keys: dict[str, RegisterKey]) -> Litestar:
    @asynccontextmanager
    async def running(app: Litestar) -> AsyncGenerator[None, None]:
        async with await pool_for(dsn, 4) as pool, Recorder(pool) as recorder:
            app.state.recorder = recorder
            yield

    async def provide_register(request: Request[Any, Any, Any]) -> RegisterKey:
        return keys[request.headers["authorization"].split(" ", 1)[1].split(".", 1)[0]]

    async def provide_session(state: State) -> None:
        return None

    @get("/health")
    async def health() -> str:
        return "ok"

    return Litestar(
        [DocumentController, health],
        lifespan=[running],
        dependencies={"register": Provide(provide_register), "session": Provide(provide_session)},
        exception_handlers={TillError: expected},
        openapi_config=None,
    )


def main() -> None:
    dsn, port, keys = sys.argv[1], int(sys.argv[2]), json.loads(sys.argv[3])
    known = {register: RegisterKey(UUID(register), 1, UUID(outlet), False) for register, outlet in keys}
    uvicorn.run(app_for(dsn, known), host="127.0.0.1", port=port, access_log=False, log_level="warning", backlog=512)


if __name__ == "__main__":
    main()
