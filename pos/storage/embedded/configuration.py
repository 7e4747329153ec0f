"""The server's settings, written anew at every start; the folder that `initdb` made keeps only an include."""

import os
import sys
from collections.abc import Mapping

import psutil

from pos.storage.embedded.account import own_name
from pos.storage.embedded.binaries import Binaries
from pos.storage.embedded.place import Place

OWNER = "tillcard_owner"
APP = "tillcard_app"
ROLES = (OWNER, APP)
PORT = 5432
"""Only a name on a unix socket; over TCP a free one is chosen."""


def over_tcp() -> bool:
    """Whether the server listens on loopback with passwords: where there is no unix socket with peer names."""
    return sys.platform == "win32"


def initdb_command(binaries: Binaries, place: Place) -> list[str]:
    """Make a cluster whose text sorts and folds alike everywhere: UTF-8, code point order, no ICU, page checksums."""
    command = [str(binaries.program("initdb")), "-D", str(place.data) + ".making", "-U", OWNER]
    command += ["--encoding=UTF8", "--data-checksums", "--no-instructions", "--text-search-config=simple"]
    if binaries.major >= 17:
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    else:
        command += ["--locale-provider=libc", "--locale=" + ("C" if sys.platform == "win32" else "C.UTF-8")]
    if over_tcp():
        return [*command, "--auth=scram-sha-256", f"--pwfile={place.folder / 'owner.password'}"]
    return [*command, "--auth-local=peer", "--auth-host=reject"]


def write_settings(place: Place, extra: Mapping[str, str], port: int = PORT) -> None:
    """tillcard.conf, pg_hba.conf and pg_ident.conf beside the data; `extra` settings come last and win."""
    ours: dict[str, str] = {
        "listen_addresses": "127.0.0.1" if over_tcp() else "",
        "port": str(port),
        "unix_socket_directories": "" if over_tcp() else str(place.run),
        "unix_socket_permissions": "0700",
        "hba_file": str(place.folder / "pg_hba.conf"),
        "ident_file": str(place.folder / "pg_ident.conf"),
        "password_encryption": "scram-sha-256",
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
        "shared_buffers": f"{_share(8, 128, 1024)}MB",
        "effective_cache_size": f"{_share(2, 256, 16_384)}MB",
        "work_mem": "16MB",
        "maintenance_work_mem": "128MB",
        "max_connections": "120",
        "max_wal_size": "2GB",
        "checkpoint_timeout": "15min",
        "wal_compression": "on",
        "random_page_cost": "1.1",
        "jit": "off",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "lc_messages": "C",
        "default_text_search_config": "pg_catalog.simple",
        "logging_collector": "on",
        "log_directory": str(place.log),
        "log_filename": "postgresql-%a.log",
        "log_file_mode": "0600",
        "log_rotation_age": "1d",
        "log_truncate_on_rotation": "on",
        "log_line_prefix": "%m [%p] %q%u@%d ",
        "log_lock_waits": "on",
    }
    settings = {**ours, **extra}
    place.write("tillcard.conf", "".join(f"{name} = '{_quoted(value)}'\n" for name, value in settings.items()))
    place.write("pg_hba.conf", "".join(f"{line}\n" for line in _who_may_connect()))
    place.write("pg_ident.conf", identities(place))


def identities(place: Place) -> str:
    """System users who may be a database role: the one who runs the server and the one who started it."""
    names = sorted({place.account.name, own_name()})
    return "".join(f'tillcard "{name}" {role}\n' for name in names for role in ROLES)


def _who_may_connect() -> list[str]:
    if over_tcp():
        return [f"host all {role} 127.0.0.1/32 scram-sha-256" for role in ROLES]
    return [f"local all {role} peer map=tillcard" for role in ROLES]


def _share(part: int, least: int, most: int) -> int:
    """One `part`-th of the machine's memory in megabytes, within bounds."""
    return max(least, min(most, psutil.virtual_memory().total // part // 2**20))


def _quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "''")


def clean_environment() -> dict[str, str]:
    """What PostgreSQL's programs see: no PG* settings and no locale of whoever started us."""
    kept = ("PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "LD_LIBRARY_PATH")
    return {name: os.environ[name] for name in kept if name in os.environ} | {"LC_ALL": "C", "TZ": "UTC"}
