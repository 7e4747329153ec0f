"""What the agent decides, as pure functions: same job or another, too old, what a crash leaves behind."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from devices.device import DeviceState, Health, Outcome, Power

QUEUED, SENDING, SENT = "queued", "sending", "sent"
FINAL = frozenset(outcome.value for outcome in Outcome)


@dataclass(frozen=True, slots=True)
class NewJob:
    """A job as it was handed in. `made_at` is in milliseconds since 1970, `ttl` in seconds."""

    id: str
    register: str
    device: str
    kind: str
    content: dict[str, Any]
    ttl: int
    copy: int
    made_at: int

    def canonical_content(self) -> str:
        """The content as one certain text, whatever the order of its keys.

        Raises `UnicodeEncodeError` for half a surrogate pair.
        """
        text = json.dumps(self.content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        text.encode()
        return text

    def digest(self) -> str:
        """What makes this job this job: register, device, kind, copy and content; not its times."""
        head = json.dumps([self.register, self.device, self.kind, self.copy])
        return hashlib.sha256(f"{head}\n{self.canonical_content()}".encode()).hexdigest()

    def expires_at(self, now: int) -> int:
        """When it is too old to begin, in milliseconds; a `made_at` in the future counts as now."""
        return min(self.made_at, now) + self.ttl * 1_000


def state_after_restart(state: str, *, expires_at: int, now: int, device_known: bool) -> tuple[str, tuple[str, ...]]:
    """What an open job is after the agent died without warning, and why.

    Bytes may have left for `sending` and `sent`: nobody knows, so nobody repeats. `queued` had none.
    """
    if state in (SENDING, SENT):
        return Outcome.UNCERTAIN, ("agent.restarted",)
    if expires_at <= now:
        return Outcome.FAILED, ("job.expired",)
    if not device_known:
        return Outcome.FAILED, ("device.removed",)
    return QUEUED, ()


def out_of_reach(state: DeviceState) -> bool:
    """Whether a job had better wait: there is no connection, or not yet. Paper and covers are the driver's business."""
    return state.power is Power.OFFLINE or (state.power is Power.UNKNOWN and state.health is Health.CANNOT_WORK)


def resume_point(asked: int | None, acked: int | None, newest: int, oldest: int | None) -> tuple[int, bool]:
    """After which event to go on, and whether some before it are lost.

    `asked` wins over the last ack; neither means only new events. `oldest` is the oldest event still kept.
    """
    wanted = asked if asked is not None else acked
    if wanted is None:
        return newest, False
    if wanted > newest:
        return newest, True
    first_kept = newest + 1 if oldest is None else oldest
    return wanted, wanted + 1 < first_kept


def document_digest(text: str) -> str:
    """SHA-256 of the document's UTF-8 bytes. Raises `UnicodeEncodeError` for half a surrogate."""
    return hashlib.sha256(text.encode()).hexdigest()


def worst_first(causes: Sequence[str]) -> list[str]:
    """Causes as they go over the wire: the order they came in, each once."""
    return list(dict.fromkeys(causes))
