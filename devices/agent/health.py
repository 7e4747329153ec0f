"""What the agent counts, for the owner's device page."""

from dataclasses import asdict, dataclass


@dataclass(slots=True)
class Counts:
    """Counted since the agent started; `jobs_open` and `documents_unsent` are counted in the journal."""

    jobs_accepted: int = 0
    jobs_repeated: int = 0
    """The same job handed in again, and not done again."""
    jobs_done: int = 0
    jobs_sent_unconfirmed: int = 0
    jobs_uncertain: int = 0
    jobs_failed: int = 0
    """All that ended `failed`, the expired ones included."""
    jobs_expired: int = 0
    jobs_open: int = 0
    documents_kept: int = 0
    documents_released: int = 0
    documents_unsent: int = 0
    link_connects: int = 0
    link_failures: int = 0
    device_restarts: int = 0
    """A driver's connection task ended by itself and was started anew."""
    listener_connections: int = 0
    refused: int = 0
    """All refusals below together."""
    refused_host: int = 0
    refused_origin: int = 0
    refused_path: int = 0
    refused_crowd: int = 0
    refused_token: int = 0
    refused_code: int = 0
    refused_message: int = 0

    def as_dict(self) -> dict[str, int]:
        return asdict(self)

    def refuse(self, why: str) -> None:
        """Count one refusal of the kind `why` (the end of a `refused_` name)."""
        name = f"refused_{why}"
        setattr(self, name, getattr(self, name) + 1)
        self.refused += 1
