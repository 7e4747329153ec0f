"""A short `make fuzz`: every parser of `devices`, and that the fuzzer would see what is wrong."""

from dataclasses import replace
from random import Random

import pytest

from tests.devices.conformance.sample import SAMPLE, Grams, SampleDecoder
from tests.devices.fuzz.parsers import Parser, every_parser, of_protocol
from tests.devices.fuzz.run import COUNTS, Found, Hang, _Watch, fuzz_piece, summary

SHORT = 2_000


@pytest.mark.parametrize("name", [parser.name for parser in every_parser()])
def test_a_parser_survives_what_nobody_would_send(name):
    found = fuzz_piece(name, f"short {name}", SHORT)

    assert found.shown == []
    assert found.inputs == SHORT


def test_a_made_up_weight_is_seen():
    class Guessing(SampleDecoder):
        def feed(self, data):
            return [Grams(int(data[1:6]))] if data[1:6].isdigit() else []

    parser, chance = of_protocol(replace(SAMPLE, decoder=Guessing)), Random(1)
    verdicts = {parser.read(parser.make(chance), chance) for _ in range(SHORT)}

    assert verdicts == {"", "weight"}


def test_a_parser_that_never_ends_is_stopped():
    def endless(data, chance):
        while True:
            pass

    watch = _Watch(0.02)
    with watch, pytest.raises(Hang):
        Parser("endless", lambda chance: b"", endless).read(b"", Random(1))


def test_everything_that_was_found_is_counted():
    one, other = Found("a", 10), Found("b", 5)
    for what in COUNTS:
        one.note(what, b"", "")
    other.note("hangs", b"", "")

    assert summary([one, other]) == {"parsers": 2, "inputs": 15, **dict.fromkeys(COUNTS, 1), "hangs": 2}
