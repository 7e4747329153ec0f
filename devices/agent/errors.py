"""What the agent refuses, by the codes of docs/agent-protocol.md."""

from typing import Any


class Refused(Exception):
    """A request the agent will not carry out; `code` and `fields` are what the caller is told."""

    def __init__(self, code: str, message: str, **fields: Any) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.fields = fields


class JournalUnavailable(Refused):
    """The disk did not take it (full, broken, gone): nothing was accepted."""

    def __init__(self, why: str) -> None:
        super().__init__("journal.unavailable", why)


class AgentAlreadyRunning(Exception):
    """Another agent holds this state folder."""


class ConfigError(Exception):
    """The configuration cannot be used; the text says where and why."""
