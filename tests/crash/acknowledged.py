"""A process of its own that keeps what was acknowledged: every line it reads is on disk before it reads on.

`python -m tests.crash.acknowledged FILE < lines`: the harness may be killed, the server certainly is, this file is not.
"""

import os
import subprocess
import sys
from pathlib import Path
from uuid import UUID


class Ledger:
    """The harness's end of the pipe."""

    def __init__(self, path: Path) -> None:
        self.path = path
        command = [sys.executable, "-m", "tests.crash.acknowledged", str(path)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, cwd=Path(__file__).parents[2])

    def add(self, document_id: UUID) -> None:
        assert self.process.stdin
        self.process.stdin.write(f"{document_id}\n".encode())
        self.process.stdin.flush()

    def close(self) -> list[UUID]:
        """Everything that was acknowledged, read back from disk."""
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait()
        return [UUID(line) for line in self.path.read_text().splitlines()]


def main() -> None:
    with open(sys.argv[1], "ab", buffering=0) as file:
        while block := os.read(0, 65_536):
            file.write(block)
            os.fsync(file.fileno())


if __name__ == "__main__":
    main()
