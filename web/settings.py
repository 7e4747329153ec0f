"""What the owner of the installation decides: addresses, folders, secrets. Read once at the start."""

from pathlib import Path
from typing import Annotated

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

Port = Annotated[int, Field(ge=0, le=65_535)]


class Settings(BaseSettings):
    """From environment variables `TILLCARD_…` and, for the database of a chain, `DATABASE_URL`."""

    model_config = SettingsConfigDict(env_prefix="TILLCARD_", extra="ignore")

    data: Path = Path("data/shop")
    """Where the embedded database, secrets and the device journal live."""
    host: str = "127.0.0.1"
    port: Port = 8080
    agent_port: Port = 9317
    csrf_secret: str = ""
    """Kept in the data folder when empty."""
    agent_token: str = ""
    """What the server's own device agent dials in with; empty allows none."""
    demo: bool = False
    """Shows the demo shop's PINs and its simulated printer."""
