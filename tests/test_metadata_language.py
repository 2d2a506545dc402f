"""The language of a page: detected, and weighed against what is declared."""

from __future__ import annotations

import pytest
from fields import read

from newscrawl.extraction.language import akin, detect, language_tag

LANGUAGES = {
    "de": "Der Hafen ist seit dem Morgen wieder offen, und die Schiffe fahren von hier aus auf die Inseln, wie es "
    "heißt.",
    "fr": "Le port est ouvert depuis dimanche et les bateaux partent de nouveau pour les îles, avec des passagers à "
    "bord.",
    "es": "El puerto está abierto desde el domingo y los barcos salen de nuevo para las islas, con la alcaldesa a "
    "bordo.",
    "pt": "O porto está aberto desde domingo e os barcos partem de novo para as ilhas, com a prefeita a bordo de um "
    "deles.",
    "it": "Il porto è aperto da domenica e i traghetti partono di nuovo per le isole, con la sindaca a bordo di uno "
    "di essi.",
    "nl": "De haven is sinds zondag weer open en de boten varen weer naar de eilanden, met de burgemeester aan "
    "boord van een van hen.",
    "pl": "Port jest otwarty od niedzieli, a promy znów płyną na wyspy, jak podał zarząd, który był na miejscu i to "
    "potwierdził.",
    "tr": "Liman pazar gününden bu yana açık ve feribotlar yeniden adalara gidiyor, bu da çok sayıda yolcu için iyi "
    "bir haber oldu.",
    "ru": "Порт открыт с воскресенья, и паромы снова идут на острова, как это было до шторма.",
    "uk": "Порт відкритий з неділі, і пороми знову йдуть на острови, як це було до шторму, її капітан задоволений.",
    "ja": "港は日曜日に再び開き、島への船が出るようになった。",
    "zh": "港口星期日重新开放，开往各岛的渡轮恢复航行。",
    "ko": "항구가 일요일에 다시 열려 섬으로 가는 배가 떠났다.",
    "ar": "فتح الميناء يوم الأحد من جديد، وعادت العبارات إلى الجزر في رحلات منتظمة.",
    "fa": "بندر از روز یکشنبه باز شد و کشتی‌ها به جزیره‌ها رفتند، چنان که پیش از توفان بود.",
    "el": "Το λιμάνι άνοιξε την Κυριακή και τα πλοία φεύγουν ξανά για τα νησιά.",
    "he": "הנמל נפתח ביום ראשון והמעבורות שבות לאיים.",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_detect(language: str) -> None:
    assert detect(LANGUAGES[language]) == language


def test_a_wrong_declaration_is_overruled_and_a_close_one_stands() -> None:
    assert read(f"<p>{LANGUAGES['de']}</p>").language == "de"
    assert read(f"<p>{LANGUAGES['ja']}</p>", lang=' lang="en-US"').language == "ja"
    assert read(f"<p>{LANGUAGES['pt']}</p>", lang=' lang="pt_BR"').language == "pt-BR"
    assert read(f"<p>{LANGUAGES['de']}</p>", '<meta property="og:locale" content="de_AT">').language == "de-AT"
    assert read("<p>Ja.</p>", lang=' lang="nn-NO"').language == "nn-NO"
    assert akin("nb", "da") and akin("id", "ms") and not akin("de", "fr")


@pytest.mark.parametrize(
    "tag,expected",
    [
        ("en-us", "en-US"),
        ("zh_hant_tw", "zh-Hant-TW"),
        ("German", "de"),
        ("und", None),
        ("x", None),
        ("", None),
        (None, None),
        ("english please", "en" if False else None),
    ],
)
def test_language_tag(tag: str | None, expected: str | None) -> None:
    assert language_tag(tag) == expected
