"""Where callers, devices and the journal meet: who is told what, and which queue takes a job."""

import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from devices.agent.access import Access
from devices.agent.clock import Clock, milliseconds, wire_time
from devices.agent.errors import Refused
from devices.agent.health import Counts
from devices.agent.journal import Accepted, Journal, concerns, state_message
from devices.agent.queue import DeviceQueue
from devices.agent.rules import NewJob
from devices.agent.second_copy import SecondCopy
from devices.agent.store import Event

log = logging.getLogger(__name__)


class Listening(Protocol):
    """A caller who has said hello. `register` None is the server."""

    register: str | None

    def told(self, event: Event) -> None: ...

    def send(self, message: dict[str, Any]) -> None: ...


@dataclass(slots=True)
class Exchange:
    """The parts every connection works with; one per agent."""

    journal: Journal
    second_copy: SecondCopy
    access: Access
    clock: Clock
    queues: Mapping[str, DeviceQueue]
    devices_of: Mapping[str, frozenset[str]]
    """Registers that may use only some devices."""
    counts: Counts = field(default_factory=Counts)
    since: int = 0
    """When the agent started, in milliseconds."""
    agent: str = ""
    listening: set[Listening] = field(default_factory=set[Listening])

    def devices_for(self, register: str | None) -> Collection[str]:
        """The devices a register may use; the server (None) may use all."""
        if register is None:
            return self.queues.keys()
        return self.devices_of.get(register, self.queues.keys())

    def device_list(self, register: str | None) -> list[dict[str, Any]]:
        """The devices of `welcome`, as they are now."""
        allowed = self.devices_for(register)
        return [
            {"id": queue.device.id, "kind": queue.device.kind, "state": state_message(queue.device.state)}
            for id, queue in self.queues.items()
            if id in allowed
        ]

    async def submit(self, job: NewJob) -> Accepted:
        """Take in a job. Raises `Refused` device.unknown, queue.full or job.differs."""
        queue = self.queues.get(job.device)
        if queue is None or job.device not in self.devices_for(job.register):
            raise Refused("device.unknown", "no such device for this register", job=job.id, device=job.device)
        accepted = await self.journal.accept(job, room=not queue.full)
        if not accepted.fresh:
            self.counts.jobs_repeated += 1
        return accepted

    def told(self, event: Event) -> None:
        """Pass on what has just become durable: to the queue that does it, and to everyone it concerns."""
        if event.expires_at is not None and (queue := self.queues.get(event.device)) is not None:
            queue.add(event.body["job"], event.expires_at)
        if event.body["type"] == "state":
            self._count(event.body)
        for caller in list(self.listening):
            if concerns(caller.register, self.devices_for(caller.register), event.register, event.device):
                caller.told(event)

    def _count(self, body: dict[str, Any]) -> None:
        match body["state"]:
            case "queued" if not body["waiting"]:
                self.counts.jobs_accepted += 1
            case "done":
                self.counts.jobs_done += 1
            case "sent-unconfirmed":
                self.counts.jobs_sent_unconfirmed += 1
            case "uncertain":
                self.counts.jobs_uncertain += 1
            case "failed":
                self.counts.jobs_failed += 1
                self.counts.jobs_expired += "job.expired" in body["causes"]
            case _:
                pass

    def tell_register(self, register: str, message: dict[str, Any]) -> None:
        """Send something unnumbered to the tills of a register that are listening."""
        for caller in list(self.listening):
            if caller.register == register:
                caller.send(message)

    def refuse(self, why: str, detail: str) -> None:
        """Log and count somebody who was not let in; `why` is the end of a `refused_` count."""
        self.counts.refuse(why)
        log.warning("refused (%s): %s", why, detail)

    async def health(self) -> dict[str, Any]:
        """The counts as they are now, as a message."""
        self.counts.jobs_open = await self.journal.open_jobs()
        self.counts.documents_unsent = await self.second_copy.count()
        self.counts.device_restarts = sum(queue.restarts for queue in self.queues.values())
        return {"type": "health", "counts": self.counts.as_dict(), "since": wire_time(self.since)}

    def now(self) -> int:
        return milliseconds(self.clock.now())
