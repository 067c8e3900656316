"""UTF-8, else what is declared, else what is certain; never a guess of letters."""

import pytest

from kg.sources.encoding import UndecodableError, decode, line_decoder, wide_encoding

ENGLISH = "The president of Côte d’Ivoire met “José” in São Tomé — twice. Über alles, naïve café, 30 °C, £5 and €6."
RUSSIAN = "Президент России встретился с премьер-министром Индии в Москве во вторник, сообщает агентство."
KOREAN = "윤석열 대통령은 기시다 후미오 일본 총리와 도쿄에서 정상회담을 가졌다고 대통령실이 밝혔다."
JAPANESE = "岸田首相は韓国の尹大統領と東京で会談し、両国の関係を正常化することで一致しました。"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_western_text_needs_no_declaration(encoding):
    assert decode(ENGLISH.encode(encoding)) == ENGLISH


@pytest.mark.parametrize(
    ("text", "encoding"),
    [(RUSSIAN, "koi8-r"), (RUSSIAN, "cp1251"), (KOREAN, "euc-kr"), (JAPANESE, "shift_jis"), (ENGLISH, "cp1252")],
)
def test_a_declared_encoding_is_followed(text, encoding):
    page = f'<html><head><meta charset="{encoding}"></head><body>{text}</body></html>'
    assert decode(page.encode(encoding)) == page
    assert decode(text.encode(encoding), encoding) == text
    xml = f"<?xml version='1.0' encoding='{encoding}'?><rss>{text}</rss>"
    assert decode(xml.encode(encoding)) == xml


def test_latin_1_means_windows_1252_as_in_browsers():
    assert decode("“Café”".encode("cp1252"), "iso-8859-1") == "“Café”"


@pytest.mark.parametrize("label", ["utf-16", "utf-7", "cp037", "hex", "unicode_escape", "idna", "no-such", "x" * 300])
def test_a_declaration_that_can_not_be_true_is_passed_over(label):
    assert decode(b"caf\xe9 in Paris", label) == "café in Paris"


@pytest.mark.parametrize(
    "data",
    [
        "Caf\u00e9 and “quotes” — ".encode() + "caf\u00e9 in Paris".encode("cp1252"),
        "the name of Wałęsa in Polish".encode("cp1250"),
        "donÕt mix Macintosh text".encode("cp1252"),
        bytes(range(256)) * 4,
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x01\x00\xff\xfe",
        b"one odd \x81 byte",
    ],
    ids=["mixed", "cp1250", "mac", "all bytes", "png", "undefined byte"],
)
def test_what_is_not_certain_is_refused(data):
    with pytest.raises(
        UndecodableError, match=r"neither UTF-8 nor one other encoding \(byte 0x.. at \d+\); save it as UTF-8"
    ):
        decode(data)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_utf_16_is_recognised_with_and_without_its_mark(encoding):
    name = wide_encoding("date 2023-03-16 Leaders met.".encode(encoding))
    assert name is not None and encoding.startswith(name[:6])


@pytest.mark.parametrize("data", [b"", b"plain text of some length", "日本語の文章です".encode(), b"\x00" * 100])
def test_other_bytes_are_not_taken_for_utf_16(data):
    assert wide_encoding(data) is None


def test_each_line_is_decoded_by_itself_but_with_the_encoding_of_its_file():
    russian = line_decoder((RUSSIAN + "\n").encode("cp1251") * 5)
    assert russian(RUSSIAN.encode("cp1251")) == RUSSIAN
    mixed = line_decoder(b"all ascii\n")
    assert mixed("naïve".encode()) == mixed("naïve".encode("cp1252")) == "naïve"
