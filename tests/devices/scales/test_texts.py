"""Whatever a scale can refuse with is told to the cashier, with what to do, in three languages."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
OF_THE_SET_UP = {"scale.bad_option"}
"""Read in a configuration file and told in a log, in English."""


@pytest.mark.parametrize("language", ["en", "ru", "hy"])
def test_every_code_of_a_scale_has_a_sentence(language):
    source = "".join(path.read_text("utf-8") for path in (ROOT / "devices" / "scales").glob("*.py"))
    codes = set(re.findall(r'"(scale\.[a-z_]+)"', source)) - OF_THE_SET_UP
    texts = json.loads((ROOT / "web" / "i18n" / f"till.{language}.json").read_text("utf-8"))

    assert len(codes) >= 14
    assert codes - set(texts) == set()
