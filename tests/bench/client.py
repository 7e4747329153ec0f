"""The load client where wrk is not installed: raw sockets, one thread, nothing computed between answers."""

import re
import selectors
import socket
import time
from collections import defaultdict
from collections.abc import Sequence


def whole(answer: bytes) -> bool:
    """Whether head and body have come; they may come apart. Raises `ConnectionError` where nothing came."""
    if not answer:
        raise ConnectionError("the server hung up")
    head, end, body = answer.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)^content-length: *(\d+)", head, re.MULTILINE)
    return bool(end) and (length is None or len(body) >= int(length[1]))


def deliver(port: int, requests: Sequence[bytes], clients: int, seconds: float) -> dict[str, float]:
    """Send `requests` over `clients` connections for `seconds`; counts of answers, and latencies in microseconds."""
    selector = selectors.DefaultSelector()
    waiting = iter(requests)
    began: dict[socket.socket, float] = {}
    heard: defaultdict[socket.socket, bytes] = defaultdict(bytes)
    times: list[float] = []
    stored = others = 0
    processor = time.process_time()
    start = time.perf_counter()
    for _ in range(clients):
        line = socket.create_connection(("127.0.0.1", port))
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(line, selectors.EVENT_READ)
        began[line] = time.perf_counter()
        line.sendall(next(waiting))
    while began:
        for key, _ in selector.select():
            line = key.fileobj
            assert isinstance(line, socket.socket)
            heard[line] += line.recv(65_536)
            if not whole(heard[line]):
                continue
            answer, heard[line] = heard[line], b""
            now = time.perf_counter()
            times.append(now - began.pop(line))
            stored += answer.startswith(b"HTTP/1.1 201")
            others += not answer.startswith(b"HTTP/1.1 201")
            following = next(waiting, None) if now - start < seconds else None
            if following is None:
                selector.unregister(line)
                line.close()
            else:
                began[line] = now
                line.sendall(following)
    times.sort()
    return {
        "stored": stored,
        "others": others,
        "seconds": time.perf_counter() - start,
        "p50_us": times[len(times) // 2] * 1e6,
        "p95_us": times[len(times) * 95 // 100] * 1e6,
        "cpu_s": time.process_time() - processor,
    }
