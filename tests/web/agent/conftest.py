"""The first shop of a chain, and its owner in the back office."""

import pytest

from tests.web.agent.chain import first_shop
from tests.web.signed_in import a_known_shop, signed_in


@pytest.fixture
async def known(database):
    return await a_known_shop(database)


@pytest.fixture
def shop(known):
    return first_shop(known)


@pytest.fixture
async def office(client, known):
    await signed_in(client, known)
    return client
