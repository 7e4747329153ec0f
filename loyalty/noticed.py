"""What a ledger found about documents after they were recorded: handed to whoever keeps the list of findings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Noticed:
    """One finding about one document. `others` are the documents to be shown beside it: those that took the same."""

    document: UUID
    kind: str
    detail: Mapping[str, Any] = field(default_factory=dict[str, Any])
    others: tuple[UUID, ...] = ()
    alarm: bool = True
