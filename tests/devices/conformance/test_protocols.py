"""Every protocol of the list, held to the suite against its own simulator."""

import pytest

from devices.conformance.suite import against_simulator
from devices.protocols import PROTOCOLS


@pytest.mark.parametrize("name", sorted(PROTOCOLS))
async def test_a_protocol_does_what_every_protocol_must(name):
    report = await against_simulator(PROTOCOLS[name])

    assert report.failures == []


@pytest.mark.parametrize("name", sorted(PROTOCOLS))
def test_each_golden_frame_says_where_it_comes_from(name):
    spec = PROTOCOLS[name]

    assert spec.golden
    assert all(frame.source for frame in spec.golden)
