"""What may stand in a job of labels, and what is refused with its place."""

import pytest

from devices.labels.content import labels_from
from devices.labels.errors import MalformedLabels
from tests.devices.labels.builders import MILK, a_label


def test_texts_are_one_clean_line_each():
    label = a_label(name=" Milk\r\n\t1\x00 l\x1b ", weight="0.486\u00a0kg")

    assert (label.name, label.weight) == ("Milk 1 l", "0.486 kg")


def test_a_upc_is_an_ean_that_begins_with_zero():
    assert a_label(ean="036000291452").ean == "0036000291452"


@pytest.mark.parametrize(
    ("fields", "at"),
    [
        ({"name": ""}, "labels[0].name"),
        ({"price": None}, "labels[0].price"),
        ({"price": 129}, "labels[0].price"),
        ({"ean": "4601234567890"}, "labels[0].ean"),
        ({"copies": 0}, "labels[0].copies"),
        ({"copies": True}, "labels[0].copies"),
        ({"qr": "да"}, "labels[0].qr"),
        ({"weight": "x" * 25}, "labels[0].weight"),
    ],
)
def test_what_no_label_can_say_is_refused_with_its_place(fields, at):
    with pytest.raises(MalformedLabels) as refused:
        labels_from({"labels": [{**MILK, **fields}]})

    assert refused.value.fields["at"] == at


@pytest.mark.parametrize(
    "content",
    [{}, {"labels": []}, {"labels": [MILK] * 201}, {"labels": ["x"]}, {"labels": [MILK], "size": {"dpi": 96}},
     {"labels": [MILK], "size": {"width_mm": 500}}, {"labels": [MILK], "size": 3}, {"labels": [MILK], "language": 3}],
)  # fmt: skip
def test_a_job_that_is_no_job_is_refused(content):
    with pytest.raises(MalformedLabels):
        labels_from(content)
