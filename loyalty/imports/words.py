"""Words that files use, in Russian, Armenian and English; all in lower case (casefold)."""

import re

CURRENCY_MARKS = re.compile(
    r"[֏₽$€₾¥]|(?<![^\W\d_])(?:amd|rub|rur|usd|eur|gel|руб(?:лей|ля|ль)?\.?|р\.|драм(?:ов|а)?|др\.|դրամ|դր\.?|dram)(?![^\W\d_])"
)
YES = frozenset(
    [
        "1",
        "+",
        "да",
        "есть",
        "истина",
        "yes",
        "y",
        "true",
        "x",
        "✓",
        "✔",
        "այո",
        "կա",
        "on",
        "согласен",
        "согласна",
        "opt-in",
    ]
)
NO = frozenset(
    ["0", "-", "–", "нет", "ложь", "no", "n", "false", "ոչ", "չկա", "off", "не согласен", "не согласна", "opt-out", ""]
)
TOTALS = frozenset(("итого", "всего", "итог", "total", "totals", "ընդամենը", "հանրագումար"))

_MONTH_WORDS = (
    "january jan января январь янв հունվար հունվարի",
    "february feb февраля февраль фев փետրվար փետրվարի",
    "march mar марта март мар մարտ մարտի",
    "april apr апреля апрель апр ապրիլ ապրիլի",
    "may мая май մայիս մայիսի",
    "june jun июня июнь июн հունիս հունիսի",
    "july jul июля июль июл հուլիս հուլիսի",
    "august aug августа август авг օգոստոս օգոստոսի",
    "september sep sept сентября сентябрь сен սեպտեմբեր սեպտեմբերի",
    "october oct октября октябрь окт հոկտեմբեր հոկտեմբերի",
    "november nov ноября ноябрь ноя նոյեմբեր նոյեմբերի",
    "december dec декабря декабрь дек դեկտեմբեր դեկտեմբերի",
)
MONTHS = {word.casefold(): place for place, words in enumerate(_MONTH_WORDS, 1) for word in words.split()}
"""A month's name in any usual form -> 1 to 12."""


def folded(text: str) -> str:
    """A word as lists of words hold it: lower case, ё as е, Armenian և as եւ, punctuation and spaces made single."""
    lower = text.casefold().replace("ё", "е").replace("և", "եւ")
    return " ".join(re.sub(r"[^\w%]+", " ", lower).split())
