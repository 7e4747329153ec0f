"""ZVT bytes and what they mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.options import BadOption
from devices.payment.config import terminal_config
from devices.payment.content import Charge
from devices.payment.recall import Found, Mark, recall
from devices.payment.spec import CANCELLED, PAYMENT, WITH_TLV, ZVT_SERIAL, ZVT_TCP
from devices.payment.zvt import commands
from devices.payment.zvt.apdu import Apdu, ApduDecoder
from devices.payment.zvt.fields import counted, fields, number, packed
from devices.payment.zvt.serial_frame import Acknowledged, SerialDecoder, crc, encode, frame
from devices.payment.zvt.slips import Kind, Line, Printed, Slips, printed_block, printed_line
from devices.payment.zvt.transaction import Transaction, masked, transaction

CONTROLS = st.builds(
    lambda head, tail: head << 8 | tail, st.sampled_from([4, 5, 6, 8, 0x80, 0x84]), st.integers(0, 255)
)
APDUS = st.builds(Apdu, CONTROLS, st.binary(max_size=300))


@pytest.mark.parametrize("spec", [ZVT_TCP, ZVT_SERIAL], ids=lambda spec: spec.name)
def test_golden_frames_are_read_in_any_pieces_and_written_alike(spec):
    for golden in spec.golden:
        for size in (1, 2, 7, 1_000):
            decoder = spec.decoder()
            pieces = [golden.frame[at : at + size] for at in range(0, len(golden.frame), size)]
            assert [said for piece in pieces for said in decoder.feed(piece)] == list(golden.values), golden.source
            assert decoder.damaged == 0
        assert b"".join(spec.encode(value) for value in golden.values) == golden.frame


def test_a_captured_payment_says_what_its_finders_read_in_it():
    said = transaction(PAYMENT[3:])

    assert said == Transaction(
        result=0,
        amount=2_040,
        currency=978,
        receipt=470,
        trace=470,
        terminal="28004869",
        code="611804",
        card="************4771",
        card_name="Debit Mastercard",
        text="GEN.NR.:611804",
        at="10-06 22:39:53",
    )


def test_a_captured_refusal_by_the_customer_and_one_with_tlv():
    cancelled, second = transaction(CANCELLED[3:]), transaction(WITH_TLV[3:])

    assert (cancelled.result, cancelled.text, cancelled.terminal) == (0x6C, "Abbruch durch Kunde", "28004869")
    assert (second.amount, second.receipt, second.trace, second.card_name) == (2_040, 5, 0, "MASTERCARD")


def test_lines_of_a_text_block_are_read_from_its_tags():
    body = bytes.fromhex("06 14 1F07 01 02 25 0E 07 05") + b"KASSE" + bytes.fromhex("07 05") + b"BELEG"

    assert printed_block(body) == Printed(Kind.CUSTOMER, (Line("KASSE"), Line("BELEG")))


def test_a_captured_block_is_an_administrative_paper_that_ends():
    """Portalum.Zvt, PrintTextBlockTest: Parse_AdministrationReceipt_Successful."""
    block = bytes.fromhex(
        "0681A91F0701032581A2071B30322E31312E3230323120202020202020202031373A30353A3032070C5449443A414830303030303607144162"
        "7363686C757373202D206B65696E6520545807192041563A202B30342E303720284A756E203131203230323129071B54493A20452044543A20"
        "302F302F204F463A20302F302F2043473A070F2020202020202020202020312F302F070120070120070120070120070120070120070120090181"
    )

    read = printed_block(block)

    assert (read.kind, read.last) == (Kind.REPORT, True)
    assert [line.text for line in read.lines[1:3]] == ["TID:AH000006", "Abschluss - keine TX"]
    assert read.lines[5].text == "           1/0/"


@pytest.mark.parametrize(
    ("line", "read"),
    [
        ("40" + b"** H\x8eNDLER **".hex() + "06041F070101", Printed(Kind.MERCHANT, (Line("** HÄNDLER **", True),))),
        ("00" + b"Nr:  **** 4821".hex() + "06041F070102", Printed(Kind.CUSTOMER, (Line("Nr:  **** 4821"),))),
        ("8106041F070102", Printed(Kind.CUSTOMER, (Line(""),), last=True)),
        ("81", Printed(Kind.UNNAMED, (Line(""),), last=True)),
        ("40", Printed(Kind.UNNAMED, (Line("", True),))),
        ("80" + b"text".hex(), Printed(Kind.UNNAMED, (Line("text"),))),
        ("FF03", Printed(Kind.UNNAMED, (Line(""),) * 3)),
        ("70" + b"12,50".hex(), Printed(Kind.UNNAMED, (Line("12,50", True),))),
        ("00" + b"cut off".hex() + "06091F", Printed(Kind.UNNAMED, (Line("cut off"),))),
        ("", Printed(Kind.UNNAMED, (Line(""),))),
    ],
)
def test_a_print_line_says_whose_it_is_and_whether_the_paper_ends(line, read):
    assert printed_line(bytes.fromhex(line)) == read


def slips(*printed):
    found = Slips()
    for each in printed:
        found.add(each)
    return found.told()


def test_the_merchants_paper_comes_first_and_each_stands_by_itself():
    merchant, customer = Printed(Kind.MERCHANT, (Line("m"),), last=True), Printed(Kind.CUSTOMER, (Line("c"),))

    assert slips(customer, merchant, merchant) == [
        {"kind": "merchant", "lines": ["m"]},
        {"kind": "merchant", "lines": ["m"]},
        {"kind": "customer", "lines": ["c"]},
    ]


def test_lines_without_a_name_are_parted_where_a_paper_ends():
    line, end = Printed(Kind.UNNAMED, (Line("one"),)), Printed(Kind.UNNAMED, (Line(""),), last=True)

    assert slips(line, line, end, line, end, end) == [
        {"kind": "unnamed", "lines": ["one", "one", ""]},
        {"kind": "unnamed", "lines": ["one", ""]},
    ]


def test_a_centred_line_stands_in_the_middle_of_its_paper():
    assert slips(Printed(Kind.CUSTOMER, (Line("DANKE", True), Line("x" * 31)))) == [
        {"kind": "customer", "lines": [" " * 13 + "DANKE", "x" * 31]}
    ]


def test_a_terminal_that_never_stops_printing_is_cut_short():
    told = slips(*[Printed(Kind.UNNAMED, (Line("more"),) * 255)] * 5)

    assert [len(slip["lines"]) for slip in told] == [400]


def test_commands_are_those_of_two_open_clients():
    assert commands.authorisation(1_000, 978).encode().hex() == "06010a04000000001000490978"
    assert (
        commands.registration("000000", 978, prints=True, blocks=True).encode().hex()
        == "060010000000be097803010606" + "26040a0206d3"
    )
    assert commands.registration("000000", 978, prints=True, blocks=False).encode().hex() == "060008000000be09780301"
    assert commands.repeat_receipt("000000", prints=True).encode().hex() == "062003000000"
    assert commands.reversal("123456", 42).encode().hex() == "063006123456870042"


def test_a_terminal_that_prints_itself_is_asked_for_no_lines_and_for_no_second_paper():
    """38 is BE without the bits that say that the till prints: of two they are told by zvtlib and Portalum.Zvt alike."""
    assert commands.registration("000000", 978, prints=False, blocks=True).encode().hex() == "0600080000003809780301"
    assert commands.repeat_receipt("000000", prints=False).encode().hex() == "0620050000000303"


def test_a_registration_of_portalum_has_this_check():
    """The check value of the standard ("123456789" gives 2189) with the frame's rule on top: the ETX is inside."""
    assert crc(b"123456789") == 0x2189
    assert frame(Apdu(0x8000)) == b"\x10\x02\x80\x00\x00\x10\x03" + crc(b"\x80\x00\x00\x03").to_bytes(2, "little")


@given(st.lists(APDUS, max_size=4), st.integers(1, 40))
def test_whatever_is_said_over_tcp_comes_back(said, size):
    whole = b"".join(each.encode() for each in said)
    decoder = ApduDecoder()

    assert [each for at in range(0, len(whole), size) for each in decoder.feed(whole[at : at + size])] == said


@given(st.lists(APDUS | st.builds(Acknowledged, st.booleans()), max_size=4), st.integers(1, 40))
def test_whatever_is_said_on_a_serial_line_comes_back(said, size):
    whole = b"".join(encode(each) for each in said)
    decoder = SerialDecoder()

    assert [each for at in range(0, len(whole), size) for each in decoder.feed(whole[at : at + size])] == said
    assert decoder.damaged == 0


@given(st.integers(0, 8 * len(frame(_ := Apdu(0x040F, PAYMENT[3:]))) - 1))
def test_one_turned_bit_in_a_serial_frame_is_never_a_status(bit):
    whole = bytearray(frame(Apdu(0x040F, PAYMENT[3:])))
    whole[bit // 8] ^= 1 << bit % 8

    said = SerialDecoder().feed(bytes(whole))

    assert not [each for each in said if isinstance(each, Apdu)]


def test_an_acknowledgement_amid_noise_is_none_until_the_next_frame():
    decoder = SerialDecoder()

    assert decoder.feed(b"\x06\x15") == [Acknowledged(True), Acknowledged(False)]
    assert decoder.feed(b"~\x06") == []
    assert decoder.feed(frame(Apdu(0x8000)) + b"\x06") == [Apdu(0x8000), Acknowledged(True)]


@given(st.binary(max_size=200))
def test_any_bytes_are_read_as_fields_without_a_failure(data):
    assert isinstance(transaction(data), Transaction)
    assert slips(printed_block(data), printed_line(data)) is not None


@given(st.integers(0, 10**12 - 1))
def test_sums_come_back_from_packed_digits(amount):
    assert number(packed(amount, 6)) == amount


def test_digits_that_are_none_are_no_number():
    assert number(bytes.fromhex("00000000204E")) is None
    assert transaction(bytes.fromhex("2700 0400000000204E")).amount is None


def test_a_field_that_is_cut_off_ends_the_reading():
    assert fields(bytes.fromhex("2700 0400000020")) == {0x27: b"\0"}
    assert fields(counted(0x3C, b"text") + bytes.fromhex("FE01")) == {0x3C: b"text"}


@pytest.mark.parametrize(
    ("pan", "shown"),
    [
        ("EEEEEEEEEEEE4771", "************4771"),
        ("4111111111111111", "************1111"),
        ("67EE12345F", "*****2345"),
        ("", ""),
    ],
)
def test_of_a_card_number_only_four_digits_are_told(pan, shown):
    assert masked(bytes.fromhex(pan)) == shown


BEFORE = Mark(receipt=7, trace=7, amount=1_250)
CHARGE = Charge(1_250, 978, "")


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        (BEFORE, Transaction(0, 1_250, 978, 8, 8), Found.APPROVED),
        (BEFORE, Transaction(0, 1_250, None, 8), Found.APPROVED),
        (BEFORE, Transaction(5, 1_250, 978, 8, 8), Found.DECLINED),
        (BEFORE, Transaction(0, 1_250, 978, 7, 7), Found.ABSENT),
        (BEFORE, Transaction(0, 1_250, 978, 9, 9, original_trace=8), Found.REVERSED),
        (BEFORE, Transaction(0, 1_250, 978, 8, 8, original_trace=7), Found.UNKNOWN),
        (BEFORE, Transaction(0, 1_251, 978, 8, 8), Found.UNKNOWN),
        (BEFORE, Transaction(0, 1_250, 840, 8, 8), Found.UNKNOWN),
        (BEFORE, Transaction(None, 1_250, 978, 8, 8), Found.UNKNOWN),
        (BEFORE, Transaction(0, 1_250, 978), Found.UNKNOWN),
        (BEFORE, None, Found.UNKNOWN),
        (None, Transaction(0, 1_250, 978, 8, 8), Found.UNKNOWN),
    ],
)
def test_only_a_difference_proves_that_a_payment_was_taken(before, after, found):
    assert recall(before, after, CHARGE) is found


@pytest.mark.parametrize(
    "options",
    [{"password": 0}, {"password": "12345"}, {"currency": "XXX"}, {"protocol": "opi"}, {"color": 1}, {"prints": 1}],
)
def test_a_configuration_that_cannot_be_used_is_refused(options):
    with pytest.raises(BadOption):
        terminal_config("card", "tcp://192.168.1.60", options)


def test_the_till_prints_unless_the_terminal_is_to():
    prints = [
        terminal_config("card", "tcp://h", options).prints
        for options in ({}, {"prints": "till"}, {"prints": "terminal"})
    ]

    assert prints == [True, True, False]


def test_the_port_of_the_protocol_is_meant_where_none_is_given():
    assert terminal_config("card", "tcp://192.168.1.60", {}).address == "tcp://192.168.1.60:20007"
    assert terminal_config("card", "serial:/dev/ttyS0?stop=2", {}).protocol == "zvt-serial"
