"""A printer as a configuration file describes it."""

import pytest

from devices.options import BadOption
from devices.receipt.config import printer_config
from devices.receipt.model import PAPER_58, PAPER_80

ADDRESS = "tcp://127.0.0.1:9100"


def test_a_printer_without_options_is_the_common_one():
    assert printer_config("front", ADDRESS, {}).model == PAPER_80


def test_options_stand_on_top_of_the_named_model():
    model = printer_config("front", ADDRESS, {"model": "pos58", "drawer_pin": 5, "pages": [["cp866", 7]]}).model

    assert (model.columns, model.drawer_pin, model.pages) == (PAPER_58.columns, 5, (("cp866", 7),))


@pytest.mark.parametrize(
    ("options", "option"),
    [
        ({"model": "laser"}, "model"),
        ({"colour": True}, "colour"),
        ({"columns": 0}, "columns"),
        ({"columns": True}, "columns"),
        ({"columns": "48"}, "columns"),
        ({"raster": 1}, "raster"),
        ({"cut": "half"}, "cut"),
        ({"pages": "cp866"}, "pages"),
        ({"pages": [["cp9999", 1]]}, "pages"),
        ({"pages": [["utf-8", 1]]}, "pages"),
        ({"pages": [["cp037", 1]]}, "pages"),
        ({"pages": [["cp866", 256]]}, "pages"),
        ({"pages": [["cp866", "17"]]}, "pages"),
    ],
)
def test_an_option_that_cannot_be_used_is_named(options, option):
    with pytest.raises(BadOption) as refused:
        printer_config("front", ADDRESS, options)

    assert refused.value.option == option
