"""Every language of label printers, by name."""

from devices.labels.epl2.language import Epl2
from devices.labels.language import Language
from devices.labels.tspl.language import Tspl
from devices.labels.zpl.language import Zpl

LANGUAGES: dict[str, Language] = {language.name: language for language in (Zpl(), Tspl(), Epl2())}
