"""The second copy: byte for byte, on disk before it is confirmed, given back to a wiped browser."""

import hashlib
import random

import pytest

from devices.agent.agent import Agent
from devices.agent.client import AgentError
from devices.agent.second_copy import Document, SecondCopy
from tests.devices.agent.kit import (
    OTHER_TILL,
    OTHER_TOKEN,
    TILL,
    LineDevice,
    a_config,
    a_till,
    new_id,
)

AWKWARD = [
    '{"note":"Կաթ, молоко, milk"}',
    '{"note":"\\u0000 \\ud83d\\ude00 😀"}',
    '{ "spaces" :\t1 ,\r\n"order":2,"a":3}',
    "\u2028\u2029\ufeff\x7f\x00",
    "",
    '{"big":"' + "ю" * 200_000 + '"}',
]


async def test_documents_come_back_byte_for_byte_in_order(agent):
    texts = [*AWKWARD, *("".join(map(chr, random.Random(3).choices(range(0xD7FF), k=500))) for _ in range(5))]
    ids = [new_id() for _ in texts]
    async with a_till(agent) as till:
        for id, text in zip(ids, texts, strict=True):
            kept = await till.keep(id, text, personal=text[:10])
            assert kept["digest"] == hashlib.sha256(text.encode()).hexdigest()
    async with a_till(agent) as wiped:
        found = await wiped.unsent()

    assert [document["id"] for document in found] == ids
    assert [document["bytes"].encode() for document in found] == [text.encode() for text in texts]
    assert [document["personal"] for document in found] == [text[:10] for text in texts]


async def test_a_wrong_digest_is_refused_and_nothing_kept(agent):
    async with a_till(agent) as till:
        with pytest.raises(AgentError) as refused:
            await till.ask("document", id=new_id(), digest="0" * 64, bytes="{}")
        with pytest.raises(AgentError) as malformed:
            await till.ask("document", id=new_id(), digest="0" * 63, bytes="{}")

        assert await till.unsent() == []
    assert refused.value.code == "document.digest_wrong"
    assert malformed.value.fields["field"] == "digest"


async def test_the_same_again_is_kept_another_under_its_id_is_refused(agent):
    id = new_id()
    async with a_till(agent) as till:
        await till.keep(id, "{}")
        await till.keep(id, "{}")
        with pytest.raises(AgentError) as refused:
            await till.keep(id, '{"changed":1}')
        found = await till.unsent()

    assert refused.value.code == "document.differs"
    assert [document["bytes"] for document in found] == ["{}"]
    assert agent.counts.documents_kept == 1


async def test_a_released_document_is_let_go_only_by_its_own_till(agent):
    id = new_id()
    async with a_till(agent) as till, a_till(agent, register=OTHER_TILL, token=OTHER_TOKEN) as other:
        await till.keep(id, "{}")
        await other.tell("released", id=id)
        assert await other.unsent() == []
        assert len(await till.unsent()) == 1
        await till.tell("released", id=id)
        await till.tell("released", id=id)

        assert await till.unsent() == []
    assert agent.counts.documents_released == 1


async def test_many_documents_come_in_pieces(agent):
    text = '{"fill":"' + "x" * 60_000 + '"}'
    ids = [new_id() for _ in range(25)]
    async with a_till(agent) as till:
        for id in ids:
            await till.keep(id, text)
        first = await till.ask("documents")
        found = await till.unsent()

    assert first["more"]
    assert len(first["documents"]) < 25
    assert [document["id"] for document in found] == ids


async def test_there_is_an_end_to_how_much_is_kept(agent):
    small = SecondCopy(agent._store, agent._clock, most_bytes=10)
    text = "123456"
    digest = hashlib.sha256(text.encode()).hexdigest()
    await small.keep(Document(TILL, new_id(), digest, text, None))
    with pytest.raises(Exception, match=r"documents\.full"):
        await small.keep(Document(TILL, new_id(), digest, text, None))

    assert await small.count() == 1


async def test_copies_are_there_after_a_restart(tmp_path, sink):
    id = new_id()
    async with Agent(a_config(tmp_path), [LineDevice("receipt", sink.port)]) as agent, a_till(agent) as till:
        await till.keep(id, AWKWARD[1], personal="{}")
    async with Agent(a_config(tmp_path), [LineDevice("receipt", sink.port)]) as agent, a_till(agent) as till:
        found = await till.unsent()

    assert [(document["id"], document["bytes"]) for document in found] == [(id, AWKWARD[1])]
