"""Where everything stands: inside the label, nothing over anything else, a price never cut."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.labels.content import Label, Size
from devices.labels.errors import LabelTooSmall
from devices.labels.layout import Bars, QrCode, Stroke, TextLine, layout
from devices.labels.measure import text_width
from tests.devices.labels.builders import a_label

SIZES = [Size(58, 40), Size(40, 25), Size(30, 20), Size(100, 60, 300), Size(80, 50, 600)]


def _box(element):
    match element:
        case TextLine(x, y, _, height, text):
            return x, y, x + text_width(text, height), y + height
        case Bars(x, y, height, module, symbology, data):
            modules = {"ean13": 95, "ean8": 67}.get(symbology, 11 * len(data) + 35)
            return x, y, x + modules * module, y + height
        case QrCode(x, y, module, data):
            return x, y, x + 21 * module, y + 21 * module
        case Stroke(x, y, width, height):
            return x, y, x + width, y + height


def _overlap(one, other):
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


words = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=20)
labels = st.builds(
    Label,
    name=st.lists(words, min_size=1, max_size=6).map(" ".join),
    price=st.from_regex(r"[1-9][0-9]{0,4}[.,][0-9]{2}", fullmatch=True),
    card_price=st.sampled_from(["", "99.90"]),
    old_price=st.sampled_from(["", "1 299,90"]),
    currency=st.sampled_from(["", "₽", "֏", "EUR"]),
    unit_price=st.sampled_from(["", "129,90 / л"]),
    ean=st.sampled_from(["", "4601234567893", "46009336"]),
    code=st.sampled_from(["", "104", "A-104"]),
    date=st.sampled_from(["", "12.03.2027"]),
)


@settings(max_examples=150, deadline=None)
@given(labels, st.sampled_from(SIZES), st.sampled_from(["en", "ru", "hy", "xx"]))
def test_nothing_reaches_over_the_edge_or_over_anything_else(label, size, language):
    try:
        elements = layout(label, size, language)
    except LabelTooSmall:
        return
    boxes = [_box(each) for each in elements if not isinstance(each, Stroke)]

    assert all(x >= 0 and y >= 0 and right <= size.width and bottom <= size.height for x, y, right, bottom in boxes)
    assert not [(one, two) for at, one in enumerate(boxes) for two in boxes[at + 1 :] if _overlap(one, two)]


@settings(max_examples=60, deadline=None)
@given(labels)
def test_a_price_stands_whole_on_an_ordinary_label(label):
    texts = [each.text for each in layout(label, Size(58, 40), "ru") if isinstance(each, TextLine)]

    assert any(text.startswith(label.price) for text in texts)
    assert not label.card_price or any(text.startswith(label.card_price) for text in texts)


def test_both_prices_stand_under_their_words_and_the_one_with_a_card_is_larger():
    elements = layout(a_label(price="129,90", card_price="116,90", currency="₽"), Size(58, 40), "ru")
    by_text = {each.text: each for each in elements if isinstance(each, TextLine)}

    assert by_text["116,90 ₽"].height >= by_text["129,90 ₽"].height
    assert by_text["С картой"].y < by_text["116,90 ₽"].y


def test_a_name_that_is_too_long_ends_with_an_ellipsis():
    elements = layout(a_label(name="слово " * 33), Size(40, 25), "ru")

    assert [each.text for each in elements if isinstance(each, TextLine) and each.text.endswith("…")]


def test_a_price_that_does_not_fit_is_refused_rather_than_cut():
    with pytest.raises(LabelTooSmall):
        layout(a_label(price="1" * 24, currency="EUR"), Size(20, 20), "en")
