"""What goes in and out when a device becomes a register."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


class PairBody(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"code": "7KQ2-M9XB"}]})

    code: Annotated[str, Field(min_length=1, max_length=40)]


class OutletOut(BaseModel):
    id: UUID
    name: str
    zone: str
    language: str


class AgentOut(BaseModel):
    """Where the device agent listens on the till's own PC, and what it accepts."""

    url: str
    token: str


class PairedOut(BaseModel):
    """The key is told this once."""

    register_id: Annotated[UUID, Field(serialization_alias="register")]
    epoch: int
    key: str
    prefix: str
    name: str
    outlet: OutletOut
    agent: AgentOut | None
    database: str
