"""What a decoder is held to without a wire: golden frames, the way back, and every fault that bytes can have.

A value is *sound* if its own frame (`spec.encode`) stands in the input byte for byte, after the one before it: then
nothing was made up out of damaged bytes.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from itertools import product
from typing import Any, cast

from devices.conformance.spec import Check, Decoder, Golden, ProtocolSpec
from devices.simulation.faults import GARBAGE

NOISES = (GARBAGE, b"\x00", b"\r\n", b"\x02", b"9", b"\xff" * 40)
FLOOD = 1 << 16
MOST_HELD = 1 << 16


def parser_checks(spec: ProtocolSpec) -> list[Check]:
    """Every check of the decoder alone."""
    checks = (golden, way_back, split, merged, noise, truncated, turned_bits, flood, silence)
    return [check(spec) for check in checks]


def golden(spec: ProtocolSpec) -> Check:
    """Each golden frame, whole, is its values, and nothing in it counts as damaged."""
    bad = [frame for frame in spec.golden if decoded(spec, frame.frame) != frame.values or _damaged(spec, frame)]
    return _check("golden frames", [_hex(frame) for frame in bad], f"{len(spec.golden)} frames")


def way_back(spec: ProtocolSpec) -> Check:
    """The frame of a decoded value decodes to that value, and stands in the golden frame it came from."""
    if spec.encode is None:
        return Check("way back", True, "a value of this protocol does not hold its whole frame")
    bad: list[str] = []
    for frame in spec.golden:
        again = [value for value in frame.values if decoded(spec, spec.encode(value)) != (value,)]
        bad += [f"{value} of {_hex(frame)}" for value in again]
        bad += [] if is_sound(spec, frame.values, frame.frame) else [f"not in its own frame: {_hex(frame)}"]
    return _check("way back", bad, f"{sum(len(frame.values) for frame in spec.golden)} values")


def split(spec: ProtocolSpec) -> Check:
    """In two pieces, cut at every byte, and byte by byte: the same values."""
    bad: list[str] = []
    for frame in spec.golden:
        data = frame.frame
        cuts: list[tuple[bytes, ...]] = [(data[:k], data[k:]) for k in range(1, len(data))]
        cuts.append(tuple(data[i : i + 1] for i in range(len(data))))
        bad += [f"{_hex(frame)} in {len(cut[0])}+…" for cut in cuts if decoded(spec, *cut) != frame.values]
    return _check("split at every byte", bad, f"{sum(len(frame.frame) for frame in spec.golden)} cuts")


def merged(spec: ProtocolSpec) -> Check:
    """Any two frames in one piece: the values of both."""
    pairs = list(product(spec.golden, repeat=2))
    bad = [(a, b) for a, b in pairs if decoded(spec, a.frame + b.frame) != a.values + b.values]
    return _check("merged", [f"{_hex(a)} | {_hex(b)}" for a, b in bad], f"{len(pairs)} pairs")


def noise(spec: ProtocolSpec) -> Check:
    """Noise before, between and after: nothing is made up, and the second frame after the noise is understood."""
    inputs = [
        (frame, around)
        for frame in spec.golden
        for dirt in NOISES
        for around in (dirt + frame.frame * 2, frame.frame + dirt + frame.frame * 2, frame.frame * 2 + dirt)
    ]
    return _check("noise", _not_recovered(spec, inputs), f"{len(inputs)} inputs")


def truncated(spec: ProtocolSpec) -> Check:
    """Cut short at every byte: no value of what is not there, and the second frame after it is understood, if it can be."""
    bad: list[str] = []
    inputs: list[tuple[Golden, bytes]] = []
    for frame in spec.golden:
        stumps = [frame.frame[:k] for k in range(len(frame.frame))]
        bad += [f"made up from {stump.hex(' ')}" for stump in stumps if not _nothing_new(spec, frame, stump)]
        inputs += [(frame, stump + frame.frame * 2) for stump in stumps]
    bad += _not_recovered(spec, inputs) if spec.resyncs else []
    return _check("truncated at every byte", bad, f"{len(inputs)} stumps")


def turned_bits(spec: ProtocolSpec) -> Check:
    """Every single bit turned: dropped or still equal; without a check sum, or another whole valid frame.

    What else a piece of the frame may be (one byte that is an ACK) is no other value of its kind.
    """
    unseen: list[str] = []
    made_up: list[str] = []
    count = 0
    for frame in spec.golden:
        for turned in turned_frames(frame.frame):
            count += 1
            found = decoded(spec, turned)
            kinds = {type(value) for value in frame.values}
            if all(value in frame.values for value in found if type(value) in kinds):
                continue
            unseen.append(turned.hex(" "))
            made_up += (
                [] if spec.encode is None or is_sound(spec, found, turned) else [f"made up from {turned.hex(' ')}"]
            )
    seen = f"{count} bits, {len(unseen)} of them make another valid frame"
    return _check("every bit turned", made_up + (unseen if spec.checked else []), seen)


def flood(spec: ProtocolSpec) -> Check:
    """A long stream of anything: bounded memory, and after it two frames are enough to be understood again."""
    decoder = spec.decoder()
    starts = b"".join(frame.frame[:-1] for frame in spec.golden) or GARBAGE
    for piece in (starts, GARBAGE, b"\x02", b"0"):
        for _ in range(FLOOD // 4096):
            decoder.feed((piece * (4096 // len(piece) + 1))[:4096])
    held = _held(decoder)
    return Check("flood", held <= MOST_HELD, f"{held} bytes held after {4 * FLOOD}")


def silence(spec: ProtocolSpec) -> Check:
    """Nothing in, nothing out."""
    return Check("silence", not spec.decoder().feed(b""), "no bytes, no values")


def decoded(spec: ProtocolSpec, *pieces: bytes) -> tuple[object, ...]:
    """What a fresh decoder makes of these pieces."""
    decoder = spec.decoder()
    return tuple(value for piece in pieces for value in decoder.feed(piece))


def is_sound(spec: ProtocolSpec, values: Iterable[object], data: bytes) -> bool:
    """Whether each value's own frame stands in `data`, one after another; True where a value does not hold its frame."""
    if spec.encode is None:
        return True
    at = 0
    for value in values:
        for part in spec.traces(value) if spec.traces else (spec.encode(value),):
            at = data.find(part, at) + len(part)
            if at < len(part):
                return False
    return True


def turned_frames(frame: bytes) -> Iterable[bytes]:
    """The frame with each of its bits turned, one at a time."""
    for at in range(len(frame)):
        for bit in range(8):
            yield frame[:at] + bytes([frame[at] ^ 1 << bit]) + frame[at + 1 :]


def _not_recovered(spec: ProtocolSpec, inputs: Sequence[tuple[Golden, bytes]]) -> list[str]:
    """Inputs with a whole frame twice in a row of which a value is made up, or in which the frame is not found."""
    bad: list[str] = []
    for frame, data in inputs:
        found = decoded(spec, data)
        if not is_sound(spec, found, data):
            bad.append(f"made up from {data.hex(' ')}")
        elif not all(value in found for value in frame.values):
            bad.append(f"not found again in {data.hex(' ')}")
    return bad


def _nothing_new(spec: ProtocolSpec, frame: Golden, stump: bytes) -> bool:
    found = decoded(spec, stump)
    return _is_rest(found, frame.values) or is_sound(spec, found, stump)


def _is_rest(found: Sequence[object], values: Sequence[object]) -> bool:
    """Whether `found` is what is left of `values` when some are dropped."""
    left = iter(values)
    return all(any(value == other for other in left) for value in found)


def _damaged(spec: ProtocolSpec, frame: Golden) -> int:
    decoder = spec.decoder()
    decoder.feed(frame.frame)
    return decoder.damaged if frame.values else 0


def _held(thing: Decoder | object, depth: int = 4) -> int:
    """Bytes and items in what an object holds, some levels down."""
    if isinstance(thing, bytes | bytearray | str):
        return len(thing)
    if depth == 0:
        return 0
    if isinstance(thing, list | tuple | set | frozenset | deque):
        items = cast("Iterable[Any]", thing)
        return sum(8 + _held(item, depth - 1) for item in items)
    slots = [name for kind in type(thing).__mro__ for name in getattr(kind, "__slots__", ())]
    named = {**getattr(thing, "__dict__", {}), **{name: getattr(thing, name, None) for name in slots}}
    return sum(_held(value, depth - 1) for value in named.values())


def _hex(frame: Golden) -> str:
    return frame.frame.hex(" ")


def _check(name: str, bad: Sequence[str], seen: str) -> Check:
    """Passed if nothing is bad; else the first few of what is."""
    if not bad:
        return Check(name, True, seen)
    return Check(name, False, f"{len(bad)} wrong: " + "; ".join(bad[:3]))
