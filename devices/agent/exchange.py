"""Where callers, devices and the journal meet: who is told what, and which queue takes a job."""

import asyncio
import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from devices.agent.access import Access
from devices.agent.clock import Clock, milliseconds, read_wire_time, wire_time
from devices.agent.errors import Refused
from devices.agent.health import Counts
from devices.agent.journal import Accepted, Journal, concerns, state_message
from devices.agent.queue import DeviceQueue
from devices.agent.rules import NewJob
from devices.agent.second_copy import SecondCopy
from devices.agent.store import Event
from devices.device import Device, DeviceError

log = logging.getLogger(__name__)
LONGEST_ANSWER = 10.0
TO_BEGIN_MS = 5_000
NOBODY = ""
"""A register that has no jobs: only what concerns a device as such is told to it."""


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
    watching: dict[str, set[Listening]] = field(default_factory=dict[str, set[Listening]])
    """Who looks at a device."""

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

    def device_for(self, device: str, register: str) -> Device:
        """The device, if this register may use it. Raises `Refused` device.unknown."""
        queue = self.queues.get(device)
        if queue is None or device not in self.devices_for(register):
            raise Refused("device.unknown", "no such device for this register", device=device)
        return queue.device

    async def ask(self, device: str, question: str, content: dict[str, Any], register: str) -> dict[str, Any]:
        """What the device answers. Raises `Refused` with the device's own code, or device.silent after 10 s."""
        asked = self.device_for(device, register)
        try:
            async with asyncio.timeout(LONGEST_ANSWER):
                return await asked.ask(question, content)
        except TimeoutError:
            raise Refused("device.silent", "it does not answer", device=device) from None
        except DeviceError as error:
            raise Refused(error.code, "the device cannot answer that", device=device, **error.fields) from error
        except Exception as error:
            log.exception("the driver of %s broke on a question", device)
            raise Refused("driver.broken", "the driver broke", device=device) from error

    def watch(self, caller: Listening, device: str, *, watched: bool) -> None:
        """Note who looks at a device; it is told of the first one who does and when the last one has left."""
        watchers = self.watching.setdefault(device, set())
        before = bool(watchers)
        (watchers.add if watched else watchers.discard)(caller)
        if bool(watchers) != before:
            self.queues[device].device.watch(watched=not before)

    def leave(self, caller: Listening) -> None:
        """The caller is gone, and looks at nothing any more."""
        self.listening.discard(caller)
        for device, watchers in self.watching.items():
            if caller in watchers:
                self.watch(caller, device, watched=False)

    def said(self, device: str, what: dict[str, Any]) -> None:
        """Pass on what a device said by itself, to everyone it concerns who is there now; it is not kept."""
        message = {"type": "said", "device": device, "said": what, "at": wire_time(self.now())}
        for caller in list(self.listening):
            if device in self.devices_for(caller.register):
                caller.send(message if caller.register is not None else message | self._owners(device))

    def _owners(self, device: str) -> dict[str, Any]:
        """For the server: whose the device is, where it is not everybody's."""
        owners = sorted(register for register, devices in self.devices_of.items() if device in devices)
        return {"registers": owners} if owners else {}

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

    async def health(self, register: str | None) -> dict[str, Any]:
        """The counts as they are now, and the devices the caller may use, as a message."""
        self.counts.jobs_open = await self.journal.open_jobs()
        self.counts.documents_unsent = await self.second_copy.count()
        self.counts.device_restarts = sum(queue.restarts for queue in self.queues.values())
        counts = self.counts.as_dict()
        allowed = self.devices_for(register)
        devices = [await self._health_of(queue.device) for id, queue in self.queues.items() if id in allowed]
        return {"type": "health", "counts": counts, "since": wire_time(self.since), "devices": devices}

    async def _health_of(self, device: Device) -> dict[str, Any]:
        """State, statistics, and when and why it last needed somebody."""
        log = await self.journal.log_of(device.id, NOBODY)
        told = [event for event in log if event["type"] == "event"]
        pairs = zip([None, *told], told, strict=False)
        bad = next((event for after, event in pairs if event["state"]["causes"] and not _began(event, after)), None)
        return {
            "id": device.id,
            "kind": device.kind,
            "state": state_message(device.state),
            "statistics": device.statistics.as_dict(),
            "error": bad and {"causes": bad["state"]["causes"], "at": bad["at"]},
        }

    async def log(self, device: str, register: str | None) -> list[dict[str, Any]]:
        """What a device and its jobs went through lately. Raises `Refused` device.unknown."""
        if device not in self.queues or device not in self.devices_for(register):
            raise Refused("device.unknown", "no such device for this register", device=device)
        return await self.journal.log_of(device, register)

    def now(self) -> int:
        return milliseconds(self.clock.now())


def _began(event: dict[str, Any], after: dict[str, Any] | None) -> bool:
    """Whether it only says that the driver had not looked yet: nothing was known, and soon after all was well."""
    if event["state"]["power"] != "unknown" or after is None or after["state"]["causes"]:
        return False
    return read_wire_time(after["at"]) - read_wire_time(event["at"]) < TO_BEGIN_MS
