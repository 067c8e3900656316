"""English is assumed, unless the input says otherwise or the text clearly is something else."""

import pytest

from kg.sources.language import is_english, language_code, language_of

ENGLISH = (
    "The leaders of Japan and South Korea met in Tokyo on Thursday and agreed to resume regular visits after years of "
    "tension. They said that the talks had been held in a good spirit and that more of them would follow."
)
OTHERS = {
    "fr": "Le président français a rencontré son homologue allemand à Paris pour des entretiens sur la sécurité de "
    "l'Europe. Les deux dirigeants ont dit qu'ils se reverront dans les semaines qui viennent.",
    "de": "Der Bundeskanzler hat am Montag den französischen Präsidenten in Berlin empfangen. Die beiden sprachen über "
    "die Lage in der Ukraine und die Sicherheit von Europa.",
    "es": "El presidente de México se reunió con el primer ministro de Canadá en la capital para hablar de comercio. "
    "Los dos países firmaron un acuerdo que entra en vigor en enero.",
    "id": "Presiden Indonesia bertemu dengan perdana menteri Jepang di Jakarta untuk membahas kerja sama yang "
    "lebih erat antara kedua negara dalam bidang ekonomi dan pertahanan.",
    "tr": "Türkiye Cumhurbaşkanı ile Yunanistan Başbakanı bir araya geldi ve iki ülke arasında ticaret için yeni bir "
    "anlaşma imzalandı. Görüşme daha önce ertelendi ama bu kez olumlu geçti.",
    "ru": "Президент России встретился с премьер-министром Индии в Москве во вторник.",
    "ko": "윤석열 대통령은 기시다 총리와 도쿄에서 정상회담을 가졌다고 밝혔다.",
    "ar": "التقى الرئيس المصري رئيس الوزراء العراقي في القاهرة يوم الثلاثاء",
}
HEADLINES = [
    "Japan, South Korea vow stronger ties amid China challenge",
    "Japan’s Takaichi Courts South Korea With China Rift Deepening",
    "Marine Le Pen meets De Gaulle heirs",
    "Kim Jong Un, 김정은, visits Beijing",
    "Lula, Macron, Scholz: G7",
    "1. April 1997 Crown Leasing 1,060.00 finance",
]


def test_english_is_english():
    assert is_english(ENGLISH) is True
    assert language_of(None, ENGLISH) == "en"


@pytest.mark.parametrize("code", OTHERS)
def test_other_languages_are_told_apart(code):
    assert is_english(OTHERS[code]) is False
    assert language_of(None, OTHERS[code]) == "und"
    assert language_of("en", OTHERS[code]) == "und"
    assert language_of(code, OTHERS[code]) == code


@pytest.mark.parametrize("headline", HEADLINES)
def test_short_texts_are_left_in(headline):
    assert language_of(None, headline) == "en"


def test_foreign_headlines_are_seen_too():
    assert language_of(None, "Japón y Corea del Sur prometen lazos más fuertes ante el desafío de China") == "und"
    assert language_of(None, "日本と韓国、関係強化で一致") == "und"


def test_a_declared_language_is_believed_unless_it_is_only_a_template_s():
    assert language_of("ko", ENGLISH) == "ko"
    assert language_of("ko", ENGLISH, hint=True) == "en"
    assert language_of("ko", OTHERS["ko"], hint=True) == "ko"
    assert language_of("Klingonese!", ENGLISH) == "und"


def test_the_middle_of_a_long_text_counts():
    assert language_of(None, ENGLISH[:300] + OTHERS["fr"] * 200) == "und"


@pytest.mark.parametrize(
    ("name", "code"),
    [("en", "en"), ("en-US", "en"), ("EN_gb", "en"), ("English", "en"), ("kor", "ko"), ("zh-Hans-CN", "zh")],
)
def test_codes_and_names(name, code):
    assert language_code(name) == code
