"""The back office's menu: four groups of sections. Who may open a section's first page sees it there."""

from pos.staff.rules import Role
from web.rights import RIGHTS, Caller

Section = tuple[str, str]
"""The key of its text (`nav.<key>`), and how the address of each of its pages begins."""

GROUPS: tuple[tuple[str, tuple[Section, ...]], ...] = (
    ("sales", (("today", "/office"), ("sales", "/office/sales"), ("attention", "/office/attention"))),
    (
        "clients",
        (
            ("clients", "/office/clients"),
            ("tiers", "/office/tiers"),
            ("points", "/office/points"),
            ("debts", "/office/debts"),
        ),
    ),
    (
        "prices",
        (
            ("rules", "/office/rules"),
            ("discounts", "/office/discounts"),
            ("coupons", "/office/coupons"),
            ("gift_cards", "/office/gift-cards"),
        ),
    ),
    (
        "shop",
        (
            ("people", "/office/people"),
            ("registers", "/office/registers"),
            ("devices", "/office/devices"),
            ("barcodes", "/office/barcodes"),
            ("labels", "/office/labels"),
            ("lists", "/office/lists"),
            ("imports", "/office/imports"),
        ),
    ),
)
"""Each group by the key of its text (`menu.<key>`), in the order of the menu."""


def groups_for(role: Role) -> list[tuple[str, list[Section]]]:
    """What a person of that role finds in the menu; a group without anything for them is left out."""
    caller = Caller(role)
    found = [(key, [each for each in sections if caller in RIGHTS[("GET", each[1])]]) for key, sections in GROUPS]
    return [(key, sections) for key, sections in found if sections]
