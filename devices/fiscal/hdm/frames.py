"""Frames of an HDM: a request has a mark of its own, an answer has neither mark nor check sum.

Request: `D5 80 D4 B4 D5 84` ("ՀԴՄ" in UTF-8), `00 vv` protocol version, operation, `00`, length (2, high byte first), body.
Answer: protocol version (2), software version (3), code (2, high byte first), length (2), two reserved bytes, body.

Source: integration manual 0.7.3 (its own example of an answer's header does not fit its table); the manual's sample
client (Java, package am.iunetworks.ecr.client.V04), lobotomoe/hdm-am (tried on a Newland N950) and an open C++ client
agree on both. Confirmed by two sources and more.
"""

import struct
from dataclasses import dataclass

MARK = bytes.fromhex("D580D4B4D584")
REQUEST_HEAD, ANSWER_HEAD = 12, 11
BLOCK = 8
MOST_REQUEST = 50 * 1024
"""The manual's limit."""
MOST_BODY = 56 * 1024
VERSIONS = range(3, 10)
"""Second byte of the protocol version: the published ones, and two more."""
CODES = range(100, 600)


@dataclass(frozen=True, slots=True)
class Request:
    version: int
    operation: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """`body` as it came, enciphered."""

    version: int
    software: bytes
    code: int
    body: bytes = b""
    reserved: bytes = b"\x00\x00"


def encode_request(request: Request) -> bytes:
    head = struct.pack(">6sBBBBH", MARK, 0, request.version, request.operation, 0, len(request.body))
    return head + request.body


def encode(answer: Answer) -> bytes:
    head = struct.pack(">BB3sHH2s", 0, answer.version, answer.software, answer.code, len(answer.body), answer.reserved)
    return head + answer.body


class Decoder:
    """What a register says, in any pieces. What cannot be the head of an answer is dropped byte by byte."""

    def __init__(self) -> None:
        self.damaged = 0
        self._held = bytearray()

    def feed(self, data: bytes) -> list[Answer]:
        self._held += data
        found: list[Answer] = []
        dropped = 0
        while len(self._held) - dropped >= ANSWER_HEAD:
            head = self._held[dropped : dropped + ANSWER_HEAD]
            major, version, software, code, length, reserved = struct.unpack(">BB3sHH2s", head)
            if major or not _can_be(version, code, length):
                dropped += 1
                continue
            self._drop(dropped)
            dropped = 0
            if len(self._held) < ANSWER_HEAD + length:
                break
            body = bytes(self._held[ANSWER_HEAD : ANSWER_HEAD + length])
            del self._held[: ANSWER_HEAD + length]
            found.append(Answer(version, software, code, body, reserved))
        self._drop(dropped)
        return found

    def _drop(self, count: int) -> None:
        self.damaged += count > 0
        del self._held[:count]


def _can_be(version: int, code: int, length: int) -> bool:
    return version in VERSIONS and code in CODES and length <= MOST_BODY and length % BLOCK == 0


class RequestDecoder:
    """What a register hears."""

    def __init__(self) -> None:
        self._held = b""

    def feed(self, data: bytes) -> list[Request]:
        self._held += data
        found: list[Request] = []
        while (at := self._held.find(MARK)) >= 0:
            self._held = self._held[at:]
            if len(self._held) < REQUEST_HEAD:
                break
            version, operation, length = struct.unpack(">6xxBBxH", self._held[:REQUEST_HEAD])
            if len(self._held) < REQUEST_HEAD + length:
                break
            found.append(Request(version, operation, self._held[REQUEST_HEAD : REQUEST_HEAD + length]))
            self._held = self._held[REQUEST_HEAD + length :]
        return found
