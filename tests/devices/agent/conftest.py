from collections.abc import AsyncGenerator, Generator
from pathlib import Path

import pytest

from devices.agent.agent import Agent
from tests.devices.agent.kit import LineDevice, Sink, a_config


@pytest.fixture
def sink() -> Generator[Sink]:
    with Sink() as sink:
        yield sink


@pytest.fixture
async def agent(tmp_path: Path, sink: Sink) -> AsyncGenerator[Agent]:
    """An agent with one device, `receipt`, that speaks to the sink."""
    async with Agent(a_config(tmp_path), [LineDevice("receipt", sink.port)]) as agent:
        yield agent
