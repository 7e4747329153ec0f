"""A code makes one device a register; a new device ends the one before."""

from datetime import UTC, datetime, timedelta

import pytest

from pos.core.ids import new_id
from pos.registers.errors import PairingCodeExpired, PairingCodeWrong, PrefixTaken, RegisterUnknown
from pos.registers.queries import register_by_key, register_list
from pos.registers.service import add_register, open_outlet, pair, pairing_code, revoke

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


async def a_register(session, prefix="A1"):
    outlet = await open_outlet(session, new_id(), name="Corner shop", zone="Asia/Yerevan")
    return await add_register(session, new_id(), outlet_id=outlet.id, name=f"Till {prefix}", prefix=prefix)


async def test_a_code_gives_a_device_the_first_epoch_and_a_key(session):
    register = await a_register(session)
    code = await pairing_code(session, register.id, at=NOON)

    paired = await pair(session, f" {code[:4].lower()}-{code[4:]} ", at=NOON + timedelta(minutes=14))

    known = await register_by_key(session, register.id, paired.epoch, paired.key)
    assert (paired.epoch, known.revoked) == (1, False)


async def test_a_code_works_once_and_not_after_fifteen_minutes(session):
    register = await a_register(session)
    used = await pairing_code(session, register.id, at=NOON)
    late = await pairing_code(session, register.id, at=NOON)
    await pair(session, used, at=NOON)

    with pytest.raises(PairingCodeWrong):
        await pair(session, used, at=NOON)
    with pytest.raises(PairingCodeExpired):
        await pair(session, late, at=NOON + timedelta(minutes=15))
    with pytest.raises(PairingCodeWrong):
        await pair(session, "AAAA-AAAA", at=NOON)


async def test_a_second_device_opens_the_next_epoch_and_the_first_may_only_deliver(session):
    register = await a_register(session)
    first = await pair(session, await pairing_code(session, register.id, at=NOON), at=NOON)

    second = await pair(session, await pairing_code(session, register.id, at=NOON), at=NOON)

    assert second.epoch == 2
    assert (await register_by_key(session, register.id, 1, first.key)).revoked
    assert not (await register_by_key(session, register.id, 2, second.key)).revoked


async def test_a_key_of_another_epoch_or_register_is_unknown(session):
    register, other = await a_register(session), await a_register(session, prefix="B1")
    paired = await pair(session, await pairing_code(session, register.id, at=NOON), at=NOON)

    for register_id, epoch, key in (
        (register.id, 2, paired.key),
        (other.id, 1, paired.key),
        (register.id, 1, paired.key[:-1] + "~"),
    ):
        with pytest.raises(RegisterUnknown):
            await register_by_key(session, register_id, epoch, key)


async def test_a_prefix_is_never_given_twice(session):
    register = await a_register(session)

    with pytest.raises(PrefixTaken):
        await add_register(session, new_id(), outlet_id=register.outlet_id, name="Till 2", prefix="A1")


async def test_a_revoked_register_is_shown_as_such(session):
    register = await a_register(session)
    await pair(session, await pairing_code(session, register.id, at=NOON), at=NOON)

    await revoke(session, register.id, at=NOON)

    [row] = await register_list(session)
    assert (row.epoch, row.revoked_at) == (1, NOON)
