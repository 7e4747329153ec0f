"""`tillcard devices verify --port … --as …`: the harmless part of the conformance suite against a real device."""

import argparse
import asyncio

from devices.cli.protocol import protocol_called
from devices.conformance.suite import against_device


def run(asked: argparse.Namespace) -> int:
    """Print the report; 0 if everything tried is as it should be. Raises `ConfigError`, `BadAddress`."""
    spec = protocol_called(asked.protocol)
    url = asked.port
    if url.startswith("serial:") and "?" not in url and spec.line:
        url = f"{url}?{spec.line}"
    report = asyncio.run(against_device(spec, url, lambda sentence: print(f">> {sentence}", flush=True)))
    print(report.as_text())
    if asked.json is not None:
        asked.json.write_text(report.as_json() + "\n", "utf-8")
    return 0 if report.passed else 1
