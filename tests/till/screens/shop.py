"""A shop with enough on its shelves to look like one: tiles in categories, long names in three languages, people, rules."""

from typing import Any

from tests.till import shop

NAMES: list[tuple[str, str, str, int, str, int]] = [
    ("Milk Ashtarak 3.2 % 1 l", "Молоко Аштарак 3,2 % 1 л", "Կաթ Աշտարակ 3,2 % 1 լ", 50_000, "piece", 12),
    ("Matnakash bread", "Хлеб матнакаш", "Հաց մատնաքաշ", 35_000, "piece", 13),
    ("Apples Golden", "Яблоки Голден", "Խնձոր Գոլդեն", 64_000, "kg", 14),
    ("Eggs, 10", "Яйца, 10 шт.", "Ձու, 10 հատ", 78_000, "piece", 12),
    (
        "Coffee Arabica Premium dark roast, ground, 250 g",
        "Кофе Арабика Премиум тёмной обжарки, молотый, 250 г",
        "Սուրճ Արաբիկա Պրեմիում մուգ բոված, աղացած, 250 գ",
        315_000,
        "piece",
        15,
    ),
    ("Lori cheese", "Сыр лори", "Պանիր լոռի", 420_000, "kg", 12),
    ("Carrier bag", "Пакет", "Տոպրակ", 2_000, "piece", 16),
    ("Cigarettes Ararat", "Сигареты Арарат", "Ծխախոտ Արարատ", 95_000, "piece", 16),
    ("Tomatoes", "Помидоры", "Լոլիկ", 89_000, "kg", 14),
    ("Lavash", "Лаваш", "Լավաշ", 40_000, "piece", 13),
    ("Jermuk 0.5 l", "Джермук 0,5 л", "Ջերմուկ 0,5 լ", 30_000, "piece", 15),
    ("Matsun 500 g", "Мацун 500 г", "Մածուն 500 գ", 42_000, "piece", 12),
    ("Butter 200 g", "Масло 200 г", "Կարագ 200 գ", 115_000, "piece", 12),
    ("Grape juice 1 l", "Сок виноградный 1 л", "Խաղողի հյութ 1 լ", 68_000, "piece", 15),
]
TOBACCO: dict[str, Any] = {
    "code": "tobacco", "names": {"en": "Tobacco", "ru": "Табак", "hy": "Ծխախոտ"}, "no_discount": True, "no_points": False,
    "floor": None, "ceiling": None, "age": 18, "hours": None, "not_returnable": True,
}  # fmt: skip
COFFEE, CIGARETTES, MATSUN, JUICE = 5, 8, 12, 14
CATEGORIES = [
    (12, "Dairy", "Молочное", "Կաթնամթերք"),
    (13, "Bread", "Хлеб", "Հաց"),
    (14, "Fruit and vegetables", "Овощи и фрукты", "Միրգ և բանջարեղեն"),
    (15, "Drinks and coffee", "Напитки и кофе", "Ըմպելիքներ և սուրճ"),
    (16, "Counter", "У кассы", "Դրամարկղի մոտ"),
]


def code(seq: int) -> str:
    """The product's EAN-13; milk, bread and the shared code are those of the small shop."""
    known = {shop.MILK: shop.MILK_CODE, shop.BREAD: shop.BREAD_CODE}
    return known.get(seq, f"48500099{seq:05}")


def products() -> list[dict[str, Any]]:
    rows = []
    for seq, (en, ru, hy, price, unit, category) in enumerate(NAMES, 1):
        codes = [(code(seq), 1000)]
        if seq == shop.MILK:
            codes += [(shop.PACK_CODE, 6000), (shop.SHARED_CODE, 1000)]
        if seq == shop.BREAD:
            codes += [(shop.SHARED_CODE, 2000)]
        row = shop.product(seq, en, price, *codes, unit=unit)
        row |= {"names": {"en": en, "ru": ru, "hy": hy}, "category": [category], "tile": seq}
        if seq == CIGARETTES:
            row["regulation"] = "tobacco"
        rows.append(row)
    return rows


def snapshot() -> dict[str, Any]:
    told = shop.snapshot()
    told["outlet"] = told["outlet"] | {"name": "Tumanyan 12"}
    told["staff"] = [
        shop.person(shop.ANNA, "Anna", "cashier", "1234"),
        shop.person(shop.MARO, "Մարո Սարգսյան", "manager", "9876"),
        shop.person("0191c5de-0000-7000-8000-0000000000cc", "Дмитрий", "cashier", "5555"),
    ]
    told["categories"] = [
        {"id": each, "parent": None, "names": {"en": en, "ru": ru, "hy": hy}, "position": at}
        for at, (each, en, ru, hy) in enumerate(CATEGORIES)
    ]
    told["names"] = {
        "tiers": [{"code": "gold", "names": {"en": "Gold", "ru": "Золото", "hy": "Ոսկե"}, "rank": 1}],
        "categories": [
            {
                "code": "pensioner",
                "names": {"en": "Pensioner", "ru": "Пенсионер", "hy": "Թոշակառու"},
                "claimable": True,
            },
            {
                "code": "many_children",
                "names": {"en": "Many children", "ru": "Многодетные", "hy": "Բազմազավակ"},
                "claimable": True,
            },
        ],
    }
    told["regulations"] = [TOBACCO]
    told["rule_set"] = {
        "version": 7,
        "active_from": 0,
        "body": {
            "rules": [
                *shop.RULES,
                {
                    "id": "coffee3",
                    "name": "3 coffees −15 %",
                    "priority": 30,
                    "source": "promotion",
                    "effect": {"kind": "percent", "value": 1500},
                    "what": {"products": [COFFEE]},
                    "needs_quantity": {"at_least": 3000, "count": "each"},
                },
            ],
            "regulations": [{"code": "tobacco", "no_discount": True}],
        },
    }
    told["product_chunks"] = [[0, len(NAMES)]]
    return told
