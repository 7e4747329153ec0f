"""PostgreSQL run by Tillcard itself, for a shop without a database server: binaries, data folder, start, stop."""

from pos.storage.embedded.binaries import Binaries, find_binaries
from pos.storage.embedded.cluster import Cluster
from pos.storage.embedded.errors import EmbeddedError
from pos.storage.embedded.supervise import supervised

__all__ = ["Binaries", "Cluster", "EmbeddedError", "find_binaries", "supervised"]
