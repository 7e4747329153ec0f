"""What a device has counted: the UnifiedPOS statistics that an owner can use."""

from collections import Counter, deque
from typing import Literal

Counted = Literal[
    "comm_errors",
    "reconnects",
    "seconds_online",
    "lines_printed",
    "cuts",
    "failed_cuts",
    "cover_opens",
    "paper_outs",
    "drawer_opens",
    "failed_drawer_opens",
    "good_weights",
    "bad_weights",
    "good_scans",
    "bad_scans",
    "fiscal_documents",
    "payments_approved",
    "payments_refused",
    "labels_printed",
]
LAST_REPLIES = 200


class Statistics:
    """Counts since the agent began to keep them, and how fast the device answered lately."""

    def __init__(self) -> None:
        self.counts: Counter[Counted] = Counter()
        self._replies: deque[int] = deque(maxlen=LAST_REPLIES)

    def count(self, what: Counted, times: int = 1) -> None:
        self.counts[what] += times

    def replied(self, microseconds: int) -> None:
        """One question was answered so fast."""
        self._replies.append(microseconds)

    def as_dict(self) -> dict[str, int]:
        """The counts, and `reply_mean_us` and `reply_p95_us` (microseconds) once there are replies."""
        found: dict[str, int] = {name: self.counts[name] for name in sorted(self.counts)}
        if self._replies:
            replies = sorted(self._replies)
            found["reply_mean_us"] = sum(replies) // len(replies)
            found["reply_p95_us"] = replies[(len(replies) * 95 - 1) // 100]
        return found
