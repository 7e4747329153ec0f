"""The demo shop's rules: one of each kind a newcomer should see, in the engine's own form (rule-set v2)."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from loyalty.drafts.regulations import written_regulation
from loyalty.points.programme import ProgrammeDraft
from pos.catalog.regulations import RegulationDraft, priced_by

HUNDRED = 10_000
"""Minor units of one hundred drams."""
SPRING = "spring"
"""The demo shop's batch of coupons."""
REGULATIONS: Mapping[str, RegulationDraft] = {
    "alcohol": RegulationDraft(
        names={"en": "Alcohol", "ru": "Алкоголь", "hy": "Ալկոհոլ"},
        no_points=True,
        floor=200 * 100,
        age=18,
    ),
    "tobacco": RegulationDraft(
        names={"en": "Tobacco", "ru": "Табак", "hy": "Ծխախոտ"},
        no_discount=True,
        no_points=True,
        age=18,
        not_returnable=True,
    ),
}
"""What the law says of the demo shop's goods, for its table and its rules alike."""
PROGRAMME = ProgrammeDraft(
    zone="Asia/Yerevan",
    value=100,
    share=3_000,
    least=10,
    pending_days=1,
    life="year_end",
    life_count=1,
    restored_days=30,
    welcome=100,
    birthday=200,
    birthday_before=3,
    birthday_after=4,
    notice_days=14,
    offline="cap",
    offline_cap=500,
)
"""One point for each hundred drams pays one dram, for up to 30 % of a receipt, until the end of the next year."""


NAMES: Mapping[str, dict[str, str]] = {
    "Gold card": {"en": "Gold card", "ru": "Золотая карта", "hy": "Ոսկե քարտ"},
    "Silver card": {"en": "Silver card", "ru": "Серебряная карта", "hy": "Արծաթե քարտ"},
    "Bronze card": {"en": "Bronze card", "ru": "Бронзовая карта", "hy": "Բրոնզե քարտ"},
    "Pensioner": {"en": "Pensioner", "ru": "Пенсионер", "hy": "Կենսաթոշակառու"},
    "Mother with children": {"en": "Mother with children", "ru": "Мать с детьми", "hy": "Երեխաներով մայր"},
    "Personal discount": {"en": "Personal discount", "ru": "Личная скидка", "hy": "Անձնական զեղչ"},
    "Pensioner, proof seen": {
        "en": "Pensioner, proof seen",
        "ru": "Пенсионер, удостоверение показано",
        "hy": "Կենսաթոշակառու, վկայականը ցույց է տրված",
    },
    "Happy hours: fresh bread": {
        "en": "Happy hours: fresh bread",
        "ru": "Счастливые часы: свежий хлеб",
        "hy": "Երջանիկ ժամեր՝ թարմ հաց",
    },
    "Three or more of a drink": {
        "en": "Three or more of a drink",
        "ru": "Три и больше одного напитка",
        "hy": "Նույն ըմպելիքից երեք և ավելի",
    },
    "Sweet weeks": {"en": "Sweet weeks", "ru": "Сладкие недели", "hy": "Քաղցր շաբաթներ"},
    "3 % from 15 000": {"en": "3 % from 15 000", "ru": "3 % от 15 000", "hy": "3 % 15 000-ից"},
    "Coupon: 15 % off sweets": {
        "en": "Coupon: 15 % off sweets",
        "ru": "Купон: 15 % на сладкое",
        "hy": "Զեղչակտրոն՝ 15 % քաղցրավենիքի համար",
    },
    "Price of the week": {"en": "Price of the week", "ru": "Цена недели", "hy": "Շաբաթվա գին"},
    "A point for each 100": {
        "en": "A point for each 100",
        "ru": "Балл за каждые 100",
        "hy": "Միավոր յուրաքանչյուր 100-ի համար",
    },
}
"""What each rule's name reads in each language."""


def rule_set(categories: Mapping[str, int], promoted: Sequence[tuple[int, int]], today: date) -> dict[str, Any]:
    """Rules over the shop's category numbers; `promoted` are products with their fixed promotion prices.

    Tiers, a category on the account and one claimed at the till, a personal percent, happy hours, three of a kind,
    a receipt's sum, fixed prices, and a category's percent for some weeks.
    """
    start, end = (today - timedelta(days=20)).isoformat(), (today + timedelta(days=20)).isoformat()
    rules = [
        _percent("tier-gold", "Gold card", 1_000, {"tiers": ["gold"]}),
        _percent("tier-silver", "Silver card", 500, {"tiers": ["silver"]}),
        _percent("tier-bronze", "Bronze card", 300, {"tiers": ["bronze"]}),
        _percent("pensioner-card", "Pensioner", 500, {"categories": ["pensioner"]}),
        _percent("mother-card", "Mother with children", 700, {"categories": ["mother"]})
        | {"what": {"categories": [categories["baby"], categories["dairy"], categories["fruit"]]}},
        {"id": "personal", "name": "Personal discount", "priority": 10, "effect": {"kind": "personal"}},
        _percent("pensioner-claimed", "Pensioner, proof seen", 500, {"claimed": ["pensioner"]})
        | {"what": {"categories": [categories["bread"], categories["dairy"], categories["grocery"]]}},
        _percent("happy-hours", "Happy hours: fresh bread", 2_000, {})
        | {
            "what": {"categories": [categories["bread"]]},
            "when": {"weekdays": [1, 2, 3, 4, 5], "hours": [{"from": 19 * 60, "until": 21 * 60}]},
        },
        {
            "id": "three-of-a-kind",
            "name": "Three or more of a drink",
            "priority": 30,
            "effect": {
                "kind": "percent",
                "scale": {"by": "quantity", "count": "each", "steps": [{"from": 3_000, "value": 800}]},
            },
            "what": {"categories": [categories["drinks"]]},
        },
        _percent("sweet-weeks", "Sweet weeks", 1_200, {})
        | {"what": {"categories": [categories["sweets"]]}, "when": {"from": start, "until": end}},
        {
            "id": "big-basket",
            "name": "3 % from 15 000",
            "priority": 50,
            "effect": {"kind": "basket_percent", "value": 300},
            "needs_sum": {"at_least": 150 * HUNDRED, "of": "receipt", "basis": "after"},
        },
        {
            "id": "earn-points",
            "name": "A point for each 100",
            "priority": 90,
            "who": {"card": True},
            "effect": {"kind": "earn", "points": 1, "per": HUNDRED},
        },
        _percent("coupon-spring", "Coupon: 15 % off sweets", 1_500, {"coupons": [SPRING]})
        | {"what": {"categories": [categories["sweets"]]}},
    ]
    for product, amount in promoted:
        rules.append(
            {
                "id": f"promo-{product}",
                "name": "Price of the week",
                "priority": 20,
                "effect": {"kind": "price", "value": amount},
                "what": {"products": [product]},
            }
        )
    regulations = [written_regulation(priced_by(code, law)) for code, law in REGULATIONS.items()]
    return {"schema": 2, "groups": [], "regulations": regulations, "rules": rules}


def _percent(id: str, name: str, basis_points: int, who: Mapping[str, Any]) -> dict[str, Any]:
    rule: dict[str, Any] = {
        "id": id,
        "name": name,
        "priority": 20,
        "effect": {"kind": "percent", "value": basis_points},
    }
    return rule | {"who": dict(who)} if who else rule
