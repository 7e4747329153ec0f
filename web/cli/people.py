"""`tillcard user`: people from the command line, for the first owner and for a forgotten password."""

import argparse
from getpass import getpass

from sqlalchemy import select

from pos.core.ids import new_id
from pos.staff.model import StaffMember
from pos.staff.rules import Role
from pos.staff.service import add_staff, set_password, set_pin
from web.cli.shop import shop_database
from web.settings import Settings


async def user(asked: argparse.Namespace, settings: Settings) -> None:
    """Add the person of that name, or change what is asked for; secrets are typed, never given as arguments."""
    async with shop_database(settings) as database, database.transaction() as session:
        known = await session.scalar(select(StaffMember.id).where(StaffMember.name == asked.name, StaffMember.active))
        member = await add_staff(session, known or new_id(), name=asked.name, role=Role(asked.role))
        if asked.pin:
            await set_pin(session, member.id, getpass("PIN: "))
        if asked.login:
            await set_password(session, member.id, asked.login, getpass("Password: "))
        print(f"{member.name} ({member.role}) {'changed' if known else 'added'}")
