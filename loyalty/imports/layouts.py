"""What a column holds, told by its heading: in Russian, Armenian and English, and as other systems write it.

Headings of 1C, MoySklad and Subtotal are facts about their exports; a shop's own file rarely has all of them.
"""

import re
from collections.abc import Sequence
from typing import Literal, TypeAlias, get_args

from loyalty.imports.words import folded

Field: TypeAlias = Literal[
    "card",
    "phone",
    "family_given",
    "given_family",
    "family",
    "given",
    "middle",
    "born_on",
    "language",
    "personal",
    "tier",
    "tier_until",
    "turnover",
    "points",
    "points_until",
    "debt",
    "category",
    "category_from",
    "category_until",
    "tags",
    "consent_data",
    "consent_sms",
    "consent_email",
    "opened_on",
    "note",
]
FIELDS: tuple[Field, ...] = get_args(Field)
SEVERAL: frozenset[Field] = frozenset({"card", "phone", "category", "tags"})
"""What may stand in more than one column."""
FIRST_LINES = 20
"""How far down the headings are looked for: 1C writes a title and the chosen filters above them."""

_HEADINGS: dict[Field, str] = {
    "card": "карта|номер карты|номер дисконтной карты|дисконтная карта|карта лояльности|номер карты лояльности|бонусная карта"
    "|штрихкод карты|штрих код карты|штрихкод|код карты|магнитный код|карта клиента|карты"
    "|քարտ|քարտի համար|զեղչի քարտ|զեղչային քարտ|քարտի կոդ|բոնուսային քարտ|քարտեր"
    "|card|card number|card no|loyalty card|discount card|barcode|card code|cards",
    "phone": "телефон|телефоны|номер телефона|мобильный|мобильный телефон|моб телефон|тел|сотовый|контактный телефон|телефон 2"
    "|дополнительный телефон|доп телефон"
    "|հեռախոս|հեռախոսահամար|հեռ|բջջային|բջջային հեռախոս|հեռախոս 2"
    "|phone|phone number|mobile|mobile phone|tel|telephone|cell|phone 2|second phone",
    "family_given": "фио|ф и о|клиент|контрагент|наименование|полное наименование|покупатель|владелец|владелец карты|имя клиента"
    "|держатель карты|фамилия имя отчество|фамилия имя|физическое лицо"
    "|ազգանուն անուն|ազգանուն անուն հայրանուն|հաճախորդ|գնորդ|ա ա հ",
    "given_family": "անուն ազգանուն|name|full name|client|customer|customer name|client name|holder|имя фамилия",
    "family": "фамилия|ազգանուն|family name|last name|surname|family",
    "given": "имя|անուն|given name|first name|given",
    "middle": "отчество|հայրանուն|middle name|patronymic",
    "born_on": "дата рождения|день рождения|др|д р|родился|рождение"
    "|ծննդյան օր|ծննդյան ամսաթիվ|ծննդյան տարեթիվ|ծնվել է|ծննդյան օրը"
    "|birthday|date of birth|birth date|birthdate|dob|born",
    "language": "язык|լեզու|language",
    "personal": "скидка|процент скидки|персональная скидка|скидка %|% скидки|процент|индивидуальная скидка"
    "|персональная скидка %|значение скидки процент"
    "|զեղչ|զեղչի տոկոս|անհատական զեղչ|զեղչ %|տոկոս|անձնական զեղչ"
    "|discount|discount %|percent|personal discount|discount percent",
    "tier": "уровень|статус|уровень карты|статус карты|вид карты|вид дисконтной карты|уровень лояльности|ступень|тип карты"
    "|մակարդակ|քարտի տեսակ|կարգավիճակ"
    "|tier|level|card type|status|loyalty level",
    "tier_until": "уровень до|статус до|уровень действует до|մակարդակը մինչեւ|tier until|level until",
    "turnover": "сумма покупок|накоплено|накопления|сумма накоплений|накопленная сумма|сумма накопления|оборот|сумма продаж"
    "|накопительная сумма|всего куплено|сумма заказов|сумма чеков|накоплено по карте"
    "|գնումների գումար|կուտակված գումար|կուտակում|շրջանառություն|գնումներ"
    "|turnover|total spent|accumulated|accumulated sum|total purchases|spent|lifetime spend",
    "points": "баллы|бонусы|остаток баллов|баланс бонусов|бонусные баллы|накоплено баллов|бонусов|остаток бонусов|бонусный баланс"
    "|баланс баллов|միավոր|միավորներ|բոնուս|բոնուսներ|միավորների մնացորդ"
    "|points|bonus|points balance|bonus balance|bonuses",
    "points_until": "баллы до|бонусы до|срок баллов|срок действия бонусов|бонусы действуют до|միավորները մինչեւ"
    "|points until|points expire|points expiry",
    "debt": "долг|задолженность|долг клиента|сумма долга|дебиторская задолженность"
    "|պարտք|պարտքի գումար|դեբիտորական պարտք|debt|owed|owes",
    "category": "категория|категории|льгота|льготная категория|категория клиента|социальная категория"
    "|կատեգորիա|կարգ|արտոնություն|category|categories|client category",
    "category_from": "удостоверение от|документ проверен|льгота с|դեռեւս|category from|proof seen|proved on",
    "category_until": "льгота до|категория до|удостоверение до|կատեգորիան մինչեւ|category until",
    "tags": "теги|тег|группы|группа|метки|группа клиентов|պիտակ|պիտակներ|խումբ|խմբեր|tags|tag|groups|group",
    "consent_data": "согласие|согласие на обработку|согласие на обработку персональных данных|согласие пдн|обработка пдн"
    "|համաձայնություն|տվյալների մշակման համաձայնություն|consent|data consent",
    "consent_sms": "согласие на sms|согласие на смс|sms рассылка|смс рассылка|смс|sms|разрешены sms|получать sms"
    "|sms համաձայնություն|sms consent",
    "consent_email": "согласие на email|согласие на e mail|email рассылка|e mail рассылка|получать email|էլ փոստի համաձայնություն"
    "|email consent|e mail consent",
    "opened_on": "дата выдачи|дата регистрации|дата создания|дата открытия|выдана|когда создан"
    "|գրանցման ամսաթիվ|տրման ամսաթիվ|issued|registered|created|date issued",
    "note": "комментарий|примечание|описание|заметка|նշում|նշումներ|մեկնաբանություն|note|notes|comment|remarks",
}
HEADINGS: dict[str, Field] = {folded(word): field for field, words in _HEADINGS.items() for word in words.split("|")}

EXAMPLES: dict[str, tuple[str, ...]] = {
    "1c": (
        "Код карты",
        "Вид карты",
        "Владелец карты",
        "Телефон",
        "Дата рождения",
        "Процент скидки",
        "Накоплено по карте",
    ),
    "moysklad": (
        "Наименование",
        "Телефон",
        "Номер дисконтной карты",
        "Скидка %",
        "Сумма продаж",
        "Баллы",
        "Группы",
        "Комментарий",
    ),
    "subtotal": ("Имя", "Код", "Телефон", "Скидка", "День рождения", "Долг"),
}
"""Headings as exports of these systems have them, each cell as the file's own."""
BY_COMPANY: dict[str, dict[str, Field]] = {"subtotal": {"код": "card"}}
"""Headings that mean something only beside the others of that system."""


def field_of(heading: str) -> Field | None:
    """What a column under this heading holds, or None where that is not known."""
    word = folded(heading)
    known = HEADINGS.get(word)
    if known is None:
        known = HEADINGS.get(re.sub(r" (?:amd|rub|руб|դրամ|драм|р)$", "", word))
    return known


def recognised(headings: Sequence[str]) -> dict[int, Field]:
    """Column (from 0) -> what it holds, for the headings that are known; the first of two that say the same."""
    found: dict[int, Field] = {}
    for column, heading in enumerate(headings):
        field = field_of(heading)
        if field and (field in SEVERAL or field not in found.values()):
            found[column] = field
    if "card" not in found.values() and _looks_like(headings, "subtotal"):
        for column, heading in enumerate(headings):
            field = BY_COMPANY["subtotal"].get(folded(heading))
            if field:
                found[column] = field
    if "family" in found.values() and "given" not in found.values():
        for column, field in found.items():
            if field == "given_family":
                found[column] = "given"
    return found


def _looks_like(headings: Sequence[str], company: str) -> bool:
    """Whether most headings of that system's export are there."""
    wanted = {folded(heading) for heading in EXAMPLES[company]}
    return 2 * len(wanted & {folded(heading) for heading in headings}) > len(wanted)


def heading_line(lines: Sequence[tuple[int, Sequence[str]]]) -> tuple[int, dict[int, Field]]:
    """The line (its number in the file) whose cells name most columns, the first of equals; 0 where none names any."""
    best: tuple[int, dict[int, Field]] = (0, {})
    for line, cells in lines[:FIRST_LINES]:
        found = recognised(cells)
        if len(found) > len(best[1]):
            best = line, found
    return best
