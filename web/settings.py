"""What the owner of the installation decides: addresses, folders, secrets. Read once at the start."""

from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """From environment variables `TILLCARD_…` and, for the database of a chain, `DATABASE_URL`."""

    model_config = SettingsConfigDict(env_prefix="TILLCARD_", extra="ignore")

    data: Path = Path("data/shop")
    """Where the embedded database, secrets and the device journal live."""
    host: str = "127.0.0.1"
    port: int = 8080
    agent_port: int = 9317
    csrf_secret: str = ""
    """Kept in the data folder when empty."""
    agent_token: str = ""
    """What the server's own device agent dials in with; empty allows none."""
    demo: bool = False
    """Shows the demo shop's PINs and its simulated printer."""
