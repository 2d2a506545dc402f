"""The chrome rules as tables: what each takes off, in the languages it knows, and what it must leave alone."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from newscrawl.extraction import chrome
from newscrawl.extraction.chrome import ElementRule, element_rule, line_rule, line_rules, rules, words_of

# Lines

TAKEN = {
    "end-mark": [
        "Enditem", "-30-", "###", "***", "___", "■", "(END)", "（完）", "【完】", "(끝)", "(mit dpa)",
    ],
    "advert": [
        "Advertisement", "- Advertisement -", "Sponsored by the Orm Bank", "Story continues below",
        "Article continues after ad", "Anzeige", "– Werbung –", "Publicité", "Publicidad", "Pubblicità",
        "Publicidade", "Reklama", "Реклама", "Annons", "Advertentie", "Iklan", "広告", "广告", "광고", "إعلان",
        "Διαφήμιση",
    ],
    "code": [
        '{"@context": "https://schema.org", "@type": "NewsArticle"}', "window.dataLayer = window.dataLayer || [];",
        "function () { return 1 }", ".box-item {color: red}", '<div class="x">',
    ],
    "read-more": [
        "Read more: Harbour master finds a whale", "ALSO READ | Goats return", "Related: The second bridge",
        "► Watch", "Editors' picks", "In case you missed it: the whale", "> Goats return to the island",
        "Mehr zum Thema: Wal im Netz", "Lesen Sie auch: Ziegen kehren zurück",
        "Lesen Sie hier, was der Rat dazu sagt", "Weiterlesen", "À lire aussi : Les chèvres reviennent",
        "Lire la suite", "Pour aller plus loin", "Lea también: Las cabras vuelven", "Te puede interesar",
        "Lee también el informe del puerto", "Leia também: As cabras voltam", "Leggi anche: Le capre tornano",
        "Lees ook: De geiten keren terug", "Les også: Geitene kommer tilbake", "Läs mer: Getterna är tillbaka",
        "Czytaj też: Kozy wracają", "Читайте также: Козы возвращаются", "Читайте також", "Baca juga: Kambing kembali",
        "関連記事：鯨が見つかる", "【関連記事】", "相关新闻：鲸鱼", "延伸阅读", "관련기사", "더보기",
    ],
    "newsletter": [
        "Sign up to our newsletter and get the week in your inbox", "Subscribe to The Gull",
        "Join our channel for more", "Follow us on Instagram", "Get the latest updates from the harbour",
        "Enter your email address", "The best stories of the week, delivered to your inbox", "Never miss a story",
        "Join The Gull's WhatsApp channel", "Jetzt abonnieren und weiter lesen", "Newsletter der Möwe",
        "Folgen Sie uns auf Facebook", "Keine Nachrichten aus Orm mehr verpassen", "Abonnez-vous à notre lettre",
        "Suivez-nous sur WhatsApp", "Suscríbete a nuestro boletín", "Síguenos en Telegram",
        "Iscriviti alla newsletter", "Assine a nossa carta", "Schrijf je in voor de brief", "Prenumerera på brevet",
        "Zapisz się na list", "Подписывайтесь на наш канал", "Bizi takip ", "Ikuti kami di Instagram", "订阅", "구독",
    ],
    "share": [
        "Share", "Share this article", "Copy link", "12 comments", "Facebook", "Leave a comment", "Skip to content",
        "Teilen", "Artikel drucken", "Kommentare", "Partager", "Commentaires", "Compartir", "Comentarios",
        "Condividi", "Compartilhar", "Delen", "Dela", "Udostępnij", "Paylaş", "Поделиться", "Комментарии", "Bagikan",
        "シェアする", "分享", "공유", "Adjust font size: larger smaller", "责任编辑：李四",
    ],
    "credit": [
        "Photo: Ida Brandt", "Image credit: The Gull", "Photo by Ida Brandt", "Featured image via The Gull",
        "Foto: Ida Brandt / dpa", "Bildquelle: Hafenamt Orm", "Photo : Ida Brandt", "Imagen: Puerto de Orm",
        "Foto © Ida Brandt", "Fonte: Ansa", "Källa: TT", "Źródło: PAP", "Kaynak: AA", "Источник: ТАСС",
        "Фото: Ида Брандт", "写真：港湾局", "图片来源：海鸥网", "사진: 항만청", "(Quelle: Hafenamt)",
        "Copyright 2026 The Gull", "© 2026 Die Möwe", "Alle Rechte vorbehalten", "Tous droits réservés",
        "海鸥网 版权所有", "갈매기일보 무단 전재 금지", "dpa/lno", "AFP", "mit Material von dpa",
    ],
    "byline": [
        "Published on May 3, 2026", "Updated: 10:15 GMT", "Written by Anna Berg", "5 min read",
        "Reading time: 5 minutes", "Lesezeit: 5 Minuten", "5 Min. Lesezeit", "Temps de lecture : 5 minutes",
        "Tiempo de lectura: 5 min", "Veröffentlicht am 3. Mai 2026", "Stand: 3.5.2026", "Publié le 3 mai 2026",
        "Publicado el 3 de mayo de 2026", "Pubblicato il 3 maggio 2026", "Publicerad 3 maj",
        "Opublikowano: 3 maja 2026", "Опубликовано: 3 мая 2026", "发布时间：2026-05-03", "更新：2026年5月3日",
        "입력 2026.05.03", "Reporting by Anna Berg and Jo Ek", "Additional reporting by Jo Ek",
        "Associated Press writer Jo Ek contributed to this report.", "Text: Anna Berg", "编辑：李四", "김안나 기자",
        "anna.berg@gull.example",
    ],
    "origin": [
        "This article was originally published in The Gull.", "First published in The Gull.",
        "A version of this article appeared in print.", "Dieser Artikel ist zuerst in der Möwe erschienen.",
        "Cet article a été traduit de l'anglais.", "Este artículo fue publicado en La Gaviota.",
        "Questo articolo è uscito sul Gabbiano.", "Dit artikel verscheen in De Meeuw.",
    ],
    "contents": [
        "Table of contents", "In this article", "Contents [hide]", "Inhaltsverzeichnis", "Sommaire", "Índice",
        "Indice", "Inhoud", "Spis treści", "Содержание", "目次", "目录", "목차",
    ],
    "consent": [
        "This website uses cookies to improve your visit.", "Manage preferences", "View this post on Instagram",
        "Please enable JavaScript to see this map", "This content is not available in your region",
        "Empfohlener redaktioneller Inhalt", "An dieser Stelle steht ein Inhalt von YouTube",
        "Wir verwenden auf dieser Seite Cookies", "Ce contenu est bloqué", "Utilizamos cookies propias",
        "Questo contenuto non è visibile", "Deze inhoud is geblokkeerd",
    ],
    "disclaimer": [
        "Our Standards: The Thomson Reuters Trust Principles.", "Got a tip? Write to the desk.",
        "Disclaimer: prices change", "If you buy through a link we get a commission.",
        "We may earn a commission from links.", "Report an error", "Haben Sie einen Fehler gefunden?",
        "Transparenzhinweis: Der Autor ist Mitglied des Vereins.", "Hai trovato un errore?",
        "Vous avez repéré une erreur ?", "Нашли ошибку? Выделите её", "Temukan kesalahan ketik?",
    ],
    "box-title": [
        "About the author", "References", "More from The Gull", "Most popular", "Über die Autorin", "Einzelnachweise",
        "Das könnte Sie auch interessieren", "Sur le même sujet", "Lo más leído", "Mais lidas", "Articoli correlati",
        "Meest gelezen", "Mest läst", "Najpopularniejsze", "Источники", "参考文献",
    ],
    "paywall": [
        "The rest of this article is for subscribers only.",
        "You have reached your limit of free articles this month", "Exclusive content for members of the club",
        "Get unlimited digital access for 4 dollars a month.", "Dieser Artikel ist nur für Abonnenten lesbar",
        "Weiterlesen mit Möwe Plus", "La suite est réservée à nos abonnés", "Il vous reste 80% de cet article",
        "Este contenido es exclusivo para suscriptores", "Para continuar lendo, entre",
        "Questo contenuto è riservato agli abbonati", "Alleen voor abonnees", "Vain tilaajille",
        "Dalsza część artykułu jest płatna", "Статья доступна только по подписке", "本文仅限会员阅读",
        "この記事は有料です", "회원 전용 기사",
    ],
    "caption": [
        "A ferry leaves the harbour of Orm on May 3, 2026. (Xinhua/Li Ming)",
        "The mayor sleeps below deck as the ship puts out to sea. (Photo by Ida Brandt)",
        "Goats wait on the quay for the last boat to the island (AFP/Ida BRANDT)",
        "5月3日，最后一班渡轮驶离奥姆港。新华社记者李明摄",
    ],
}  # fmt: skip

#: Sentences of stories that begin as chrome does, or are short.
LEFT = [
    "Share prices fell on Monday after the bank said that it would close forty branches.",
    "Advertising revenue fell by a third in the first half of the year.",
    "Post offices will close on Saturdays from May.",
    "Published in 1961, the novel sold four million copies and was never filmed.",
    "Follow the money, the prosecutor told the jury.",
    "Comments by the minister caused a storm on Friday.",
    "Read more books, the teacher told the children on the last day of school.",
    "Related questions were left open by the court.",
    "More on this later, the mayor told reporters, and left the room.",
    "Sources close to the minister said that he would resign.",
    "Contents of the box were not made public.",
    "Search teams found the boat on Friday, two miles off the coast.",
    "Reuters could not confirm the report.",
    "This story was first told by the pilot to his children.",
    "The rest of the article is for members of parliament to decide.",
    "Anzeigen wegen Diebstahls nahmen um ein Drittel zu, sagt die Polizei.",
    "Werbung für Tabak ist seit Freitag verboten.",
    "Teilen will die Stadt ihre Daten nicht.",
    "Interview mit der Ministerin gab es keines.",
    "Video aus dem Hafen zeigt die Flammen.",
    "Stand der Dinge ist, dass die Fähre nicht fährt.",
    "Zum Thema sagte der Minister nichts.",
    "Quellen aus dem Ministerium sagen, dass er zurücktritt.",
    "Literatur spielte in seinem Leben keine Rolle.",
    "Dieser Artikel des Grundgesetzes wurde 1949 geschrieben und nie übersetzt.",
    "Publicité mensongère, dit la procureure.",
    "Commentaires du ministre : une tempête.",
    "Partager son repas était pour elle une règle.",
    "Publié en 1961, le roman fut vendu à quatre millions d'exemplaires.",
    "Publicidad engañosa fue la acusación de la fiscal.",
    "Comentarios del ministro causaron una tormenta el viernes.",
    "Más información pidió el juez a la policía.",
    "Fuentes de la policía dijeron que el barco salió de noche.",
    "Índice de precios sube un tercio en mayo, dice el banco.",
    "Fonte di guai è il vecchio porto, dice il sindaco.",
    "Комментарии министра вызвали бурю в пятницу.",
    "Реклама табака запрещена с пятницы.",
    "Источник в полиции сказал, что паром ушёл ночью.",
    "По теме переговоров министр не сказал ничего.",
    "订阅报纸的人少了三分之一，出版商说。",
    "来源不明的木材在港口被扣押。",
    "图为旧港口。",
    "更多新闻媒体来到港口，市长说。",
    "相关新闻发布会定于周五举行。",
    "分享会在港口举行，四百人参加。",
    "広告費が三分の一減った、と社長は話した。",
    "関連記事を書いた記者は辞めた。",
    "写真家の森さんは三十年前に島に来た。",
    "구독자가 삼분의 일 줄었다고 발행인이 말했다.",
    "관련 기사를 쓴 기자는 떠났다.",
    "사진작가 김씨는 섬에 왔다.",
    "إعلان الحكومة جاء يوم الجمعة بعد جلسة طويلة.",
    "شارك أربعمئة شخص في المسيرة يوم الجمعة.",
    "Reklam giderleri üçte bir azaldı.",
    "Annonser kostar mer än förr, säger förläggaren.",
    "Dela maten med grannen var regeln.",
    "Delen is het nieuwe hebben, zegt de wethouder.",
    "Reklama tytoniu jest zakazana od piątku.",
]

#: Sentences that begin like chrome.
ONLY_ALIKE = [
    "Video from the scene showed flames rising above the harbour warehouse.",
    "Images from the satellite show that the ice has gone.",
    "Pictures via the city's traffic cameras were deleted after a week.",
    "Copyright law has not kept pace with machines, the judges wrote on Friday.",
    "Register offices in the region will stay closed on Monday, the ministry said.",
    "Written by a schoolteacher in 1904, the play was long thought to be lost.",
    "This report was published on Friday by the ministry and names four towns.",
    "With reporting from four countries, the inquiry ended on Friday.",
    "By using old sails the museum saved four thousand pounds.",
    "Already a member of the council, he ran for mayor in 2022.",
    "Recibe cada día a cuatrocientas personas en su pequeña casa.",
    "Este artículo se refiere al puerto, dijo la jueza.",
    "Cet article est le plus important de la loi, dit la ministre.",
    "Lire aussi peu est un danger, dit la maîtresse.",
    "Questo articolo è il più importante della legge, dice la ministra.",
    "Leggi anche europee vietano il piombo, dice il ministro.",
    "Sie lesen keine Zeitung mehr, sagt die Lehrerin über ihre Schüler.",
    "Mehr zum Thema will der Minister am Freitag sagen.",
    "Mit der Anmeldung des Schiffs begann der Ärger.",
    "Подписка на газеты упала на треть, сказал издатель.",
]

#: Chrome whose rules look different: words of scripts without spaces, and words that are cut short in a pattern, are
#: followed by no word boundary.
WITHOUT_BOUNDARY = [
    ("newsletter", "关注我们的公众号，每周为您送上最好的海岸故事。"),
    ("newsletter", "会員登録をすると、毎週の読み物をメールでお届けします。"),
    ("newsletter", "구독하시면 매주 가장 좋은 바닷가 이야기를 보내 드립니다."),
    ("newsletter", "اشترك في نشرتنا البريدية لتصلك أفضل قصص الأسبوع."),
    ("share", "شارك"),
    ("credit", "جميع الحقوق محفوظة"),
    ("read-more", "Editor's picks"),
    ("consent", "An dieser Stelle finden Sie einen Inhalt von YouTube"),
    ("consent", "An dieser Stelle befindet sich ein externer Inhalt"),
    ("consent", "Mehr dazu in unserer Datenschutzerklärung."),
    ("origin", "Dieser Artikel wurde aus dem Englischen übersetzt."),
    ("paywall", "To continue reading this, subscribe now."),
    ("paywall", "Questo articolo è esclusivo per gli abbonati."),
]


def whole(rule: ElementRule) -> str:
    """An element rule as one regex, which the words of a label are searched for."""
    never = "(?!)"
    return rf"(?:^|[ -])(?:{rule.words or never})(?:$|[ -])|(?:^| )(?:{rule.classes or never})(?:$| )"


def name_of(text: str) -> str | None:
    rule = line_rule(text)
    return rule.name if rule else None


@pytest.mark.parametrize(("name", "line"), [(name, line) for name, lines in TAKEN.items() for line in lines])
def test_lines_that_are_chrome(name: str, line: str) -> None:
    assert name_of(line) is not None
    assert name in {rule.name for rule in line_rules(line)}


@pytest.mark.parametrize("line", LEFT)
def test_sentences_that_are_none(line: str) -> None:
    assert name_of(line) is None


@pytest.mark.parametrize("line", ONLY_ALIKE)
def test_sentences_that_begin_like_chrome(line: str) -> None:
    assert name_of(line) is None


@pytest.mark.parametrize(("name", "line"), WITHOUT_BOUNDARY)
def test_lines_without_word_boundaries(name: str, line: str) -> None:
    assert name_of(line) == name


@pytest.mark.parametrize("path", sorted(Path(chrome.__file__).with_name("chrome").glob("*.toml")), ids=lambda p: p.name)
def test_every_alternative_is_a_regex_without_groups_that_count(path: Path) -> None:
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    for rule in (*data.get("element", ()), *data.get("line", ())):
        for alternative in (each for key in ("words", "classes", "match") for each in rule.get(key, ())):
            assert re.compile(alternative).groups == 0, f"{path.name}: {rule['name']}: {alternative}"


def test_every_line_rule_has_lines_here() -> None:
    assert {rule.name for rule in rules().lines} == set(TAKEN)


@pytest.mark.parametrize("name", sorted(TAKEN))
def test_a_long_line_is_none(name: str) -> None:
    longest = max(rule.longest for rule in rules().lines if rule.name == name)
    for line in TAKEN[name]:
        found = line_rule(f"{line} {'x' * longest}")
        assert found is None or found.name != name


@pytest.mark.parametrize(
    ("line", "takes", "linked"),
    [
        ("Read more: The whale", "links", False),
        ("Table of contents", "links", False),
        ("About the author", "rest", False),
        ("Click here for the whole list", "", True),
        ("Share", "", False),
    ],
)
def test_what_a_line_takes_along(line: str, takes: str, linked: bool) -> None:
    rule = line_rule(line)
    assert rule is not None
    assert (rule.takes, rule.linked) == (takes, linked)


# Elements

NAMED = {
    "share": [
        "share-bar", "ArticleShare", "social-links", "addthis_toolbox", "follow-us", "print-button", "teilen",
        "partage", "compartir", "condividi", "udostepnij",
    ],
    "related": [
        "related-stories", "RelatedPosts", "most-read", "read-more", "outbrain", "taboola-widget",
        "you-may-also-like", "teaser-list", "carousel", "lire-aussi", "noticias-relacionadas", "weitere-artikel",
        "meistgelesen", "lees-ook", "las-mer", "ilgili", "baca-juga", "czytaj", "empfehlungen",
    ],
    "newsletter": [
        "newsletter-box", "js-newsletter", "nyhetsbrev", "sign-up", "subscribe", "paywall-banner", "login",
        "donations", "abo-teaser",
    ],
    "comments": [
        "comments", "comment-form", "disqus_thread", "kommentare", "comentarios", "commentaires", "reacties",
        "yorumlar",
    ],
    "navigation": [
        "nav", "main-menu", "breadcrumbs", "pagination", "table-of-contents", "skip-link",
    ],
    "frame": [
        "site-footer", "sidebar", "masthead", "complementary", "right-rail",
    ],
    "advert": [
        "ad-slot", "ads", "advertisement", "anzeige", "publicidad", "reklama", "annons", "iklan", "sponsored", "cta",
    ],
    "consent": [
        "cookie-banner", "consent-layer", "gdpr", "onetrust-pc", "didomi-host", "usercentrics-root",
    ],
    "overlay": [
        "modal", "pop-up", "tooltip", "lightbox", "error-message",
    ],
    "caption": [
        "wp-caption", "imageCaption", "bildunterschrift", "leyenda", "pie-de-foto", "photo-credit", "video-player",
        "gallery", "image",
    ],
    "byline": [
        "byline", "author-bio", "autor", "auteur", "post-meta", "published-date", "timestamp", "reading-time",
        "lesezeit",
    ],
    "fact-box": [
        "fact-box", "faktenbox", "infobox", "key-points", "article-summary",
    ],
    "tags": [
        "tag-list", "topics", "schlagworte", "etiquetas", "mots-cles",
    ],
    "disclaimer": [
        "disclaimer", "our-standards", "report-error", "survey", "umfrage",
    ],
    "embed": [
        "twitter-tweet", "instagram-media", "wp-block-embed", "social-embed",
    ],
    "form": [
        "wpforms-container", "form-group", "search-box", "captcha", "btn",
    ],
    "hidden": [
        "sr-only", "visually-hidden", "screen-reader-text",
    ],
    "no-print": [
        "no-print", "d-print-none", "hidden-print",
    ],
}  # fmt: skip

#: What stories stand in, and classes that only look like chrome.
UNNAMED = [
    "", "article", "article-body", "articleBody", "story-text", "post-content", "entry-content", "content main",
    "text", "paragraph", "shareholder-news", "advance", "adventure-story", "tagesschau", "navy", "formel1",
    "newsroom", "images-of-war", "authority", "commentary-article", "wysiwyg", "col-md-8", "css-1x2y3z", "inhalt",
    "artikel__text", "corps-article", "cuerpo-noticia", "texto", "正文",
]  # fmt: skip


@pytest.mark.parametrize(("name", "label"), [(name, label) for name, labels in NAMED.items() for label in labels])
def test_labels_of_chrome(name: str, label: str) -> None:
    assert element_rule(label) is not None
    assert any(rule.name == name and re.search(whole(rule), words_of(label)) for rule in rules().elements)


@pytest.mark.parametrize("label", UNNAMED)
def test_labels_of_stories(label: str) -> None:
    assert element_rule(label) is None


def test_every_element_rule_has_labels_here() -> None:
    assert {rule.name for rule in rules().elements} == set(NAMED)


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("ArticleShare social_bar", "article-share social-bar"),
        ("block__elem--mod", "block-elem-mod"),
        ("a.b/c:d", "a-b-c-d"),
        ("  two   words ", "two words"),
        ("teaser2Box", "teaser2-box"),
        ("lower-case", "lower-case"),
        ("NAV", "nav"),
        ("42", "42"),
        ("", ""),
    ],
)
def test_words_of_a_label(label: str, expected: str) -> None:
    assert words_of(label) == expected


def test_a_label_of_any_length_is_looked_at_for_a_moment() -> None:
    assert element_rule("x" * 100_000 + " share") is None
    assert words_of("aB" * 100_000).count("-") < 1_000
