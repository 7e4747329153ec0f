"""`tillcard devices list`: what is configured, and what the system itself knows of what is plugged in."""

import argparse

from devices.agent.config import read_config
from devices.ports.plugged import plugged


def run(asked: argparse.Namespace) -> int:
    """Print both lists; nothing is opened and no byte is sent. Raises `ConfigError` for a file that cannot be read."""
    if asked.config.exists():
        config = read_config(asked.config)
        print(f"configured in {asked.config}:")
        _rows([(device.id, device.kind, device.url) for device in config.devices])
    else:
        print(f"nothing is configured yet: there is no {asked.config}; begin with `tillcard devices add`")
    print("plugged in:")
    _rows([(thing.address, thing.node, thing.what) for thing in plugged()])
    print("network devices are not looked for: give their address, for example tcp://192.168.1.50:9100")
    return 0


def _rows(rows: list[tuple[str, str, str]]) -> None:
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(3)]
    for row in rows:
        print("  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    if not rows:
        print("  nothing")
