"""The device agent of a shop whose server runs on the till's own PC: in the same process, with tokens of its own."""

import socket
from types import TracebackType
from typing import Self

from devices.agent.agent import Agent
from devices.agent.config import AgentConfig, RegisterAccess, ServerLink
from pos.registers.queries import register_list
from pos.storage.database import Database
from web.agent.own_devices import OwnDevices
from web.secrets import kept_secret
from web.settings import Settings


class AgentBeside:
    """Runs an agent for every register of the shop; the till learns its token when it is paired."""

    def __init__(self, settings: Settings, database: Database, own: OwnDevices) -> None:
        self.settings, self.database, self.own = settings, database, own
        self.tokens: dict[str, str] = {}
        self.agent: Agent | None = None

    @property
    def url(self) -> str:
        """Where the till page on this PC finds the agent."""
        return f"ws://127.0.0.1:{self.settings.agent_port}/agent"

    def token_for(self, register_id: str) -> str:
        """What a register shows the agent; one added since the start is let in now."""
        if register_id not in self.tokens and self.agent is not None:
            self.tokens[register_id] = kept_secret(self.settings.data, f"agent-{register_id}")
            self.agent.let_in(self._access(register_id))
        return self.tokens.get(register_id, "")

    def _access(self, register_id: str) -> RegisterAccess:
        return RegisterAccess(register_id, self.tokens[register_id], self.own.allowed.get(register_id))

    async def __aenter__(self) -> Self:
        async with self.database.sessions() as session:
            registers = await register_list(session)
        self.tokens = {
            str(register.id): kept_secret(self.settings.data, f"agent-{register.id}") for register in registers
        }
        port = self.settings.port
        config = AgentConfig(
            state=self.settings.data / "agent",
            port=self.settings.agent_port,
            origins=frozenset({f"http://localhost:{port}"}),
            server=ServerLink(f"ws://127.0.0.1:{port}/api/agent/link", self.settings.agent_token),
            registers=tuple(self._access(id) for id in self.tokens),
        )
        config.state.mkdir(parents=True, exist_ok=True)
        self.agent = Agent(config, self.own.devices)
        await self.agent.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.agent is not None:
            await self.agent.__aexit__(kind, error, trace)


def free_port(wanted: int) -> int:
    """`wanted` if nobody listens there, else one that the system chooses."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return probe.getsockname()[1]
    raise OSError("no free port on 127.0.0.1")
