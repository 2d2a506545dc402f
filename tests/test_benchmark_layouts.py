"""The layouts in which benchmarks are handed out, as small invented folders, and a whole run over one of them."""

from __future__ import annotations

import gzip
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from benchmarks import extraction
from benchmarks.corpora import Corpus, find_corpora
from benchmarks.peers import PEERS, Peer, as_found, choose, decoded, shown
from benchmarks.scoring import Answer, Found

LINES = tuple(f"On day {n} the ferry left the harbour of Orm a little late, and nobody minded much." for n in range(4))
TEXT = "\n\n".join(LINES)
URL = "https://www.gull.example/ferry"
HTML = (
    f"<html lang=en><body><article><h1>Last ferry</h1>{''.join(f'<p>{x}</p>' for x in LINES)}</article></body></html>"
)


def put(folder: Path, name: str, content: Any) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    if name.endswith(".gz"):
        (folder / name).write_bytes(gzip.compress(content.encode()))
    else:
        (folder / name).write_text(json.dumps(content))


def put_page(folder: Path, name: str, **more: Any) -> None:
    """A page in the layout with a file for each answer."""
    put(folder / "html", f"{name}.html.gz", HTML)
    entry = {"file_id": name, "url": URL, "ground_truth": {"main_content": TEXT, "title": "Last ferry"}, **more}
    put(folder / "ground-truth", f"{name}.json", entry)


def one(folder: Path) -> Corpus:
    (found,) = find_corpora(folder)
    return found


def test_a_file_for_each_answer(tmp_path: Path) -> None:
    truth = {
        "main_content": TEXT,
        "title": "Last ferry",
        "deck": ["It is late."],
        "publish_date": "2026-05-03 10:15:00+02:00",
        "authors": ["Anna Berg", ""],
    }
    put_page(tmp_path / "news", "b", ground_truth=truth)
    put_page(tmp_path / "news", "a", url="")
    found = one(tmp_path / "news")
    assert (found.name, [page.id for page in found.pages], found.lost) == ("news", ["a", "b"], 0)
    assert found.pages[0].url is None
    assert found.pages[1].answer == Answer(
        TEXT, "Last ferry", ("It is late.",), "2026-05-03 10:15:00+02:00", ("Anna Berg",)
    )
    assert found.pages[1].html().decode() == HTML
    assert [each.name for each in find_corpora(tmp_path)] == ["news"]


def test_halves_with_page_types(tmp_path: Path) -> None:
    root = tmp_path / "wcxb"
    put_page(root / "dev", "0001", _internal={"page_type": {"primary": "article"}})
    put_page(root / "dev", "0002", _internal={"page_type": {"primary": "product"}})
    put_page(root / "dev", "0003", _internal={"page_type": "forum"})
    put_page(root / "test", "4011", ground_truth={"main_content": TEXT, "author": "Anna Berg", "publish_date": None})
    put(root / "dev" / "ground-truth", "0004.json", {"url": URL, "ground_truth": {"main_content": TEXT}})
    dev, test = find_corpora(root)
    assert (dev.name, [page.id for page in dev.pages], dev.lost) == ("wcxb/dev", ["0001"], 1)
    assert (test.name, test.pages[0].answer) == ("wcxb/test", Answer(TEXT, authors=("Anna Berg",)))
    assert [page.id for page in find_corpora(root, every_type=True)[0].pages] == ["0001", "0002", "0003"]


def test_one_file_of_answers(tmp_path: Path) -> None:
    entry = {"articleBody": TEXT, "url": URL}
    put(tmp_path, "ground-truth.json", {"f00": entry, "0ab": {"articleBody": TEXT, "title": "Last ferry"}})
    for name in ("f00", "0ab"):
        put(tmp_path / "html", f"{name}.html.gz", HTML)
    found = one(tmp_path)
    assert [(page.id, page.url) for page in found.pages] == [("0ab", None), ("f00", URL)]
    assert [page.answer for page in found.pages] == [Answer(TEXT, "Last ferry"), Answer(TEXT)]


@pytest.mark.parametrize("ending", ["", ".html.gz"])
@pytest.mark.parametrize("above", [False, True])
def test_paragraphs_that_may_be_left_out(tmp_path: Path, ending: str, above: bool) -> None:
    folder = tmp_path / "dataset"
    body = [LINES[0], f"[{LINES[1]}]", LINES[2]]
    put(folder, "ground_truth.json", {f"Gull_0{ending}": {"url": URL, "body": body, "crawl_date": "2026-05-03"}})
    put(folder / "html", "Gull_0.html.gz", HTML)
    (page,) = one(tmp_path if above else folder).pages
    assert (page.id, page.url) == ("Gull_0", URL)
    assert page.answer == Answer(f"{LINES[0]}\n\n{LINES[2]}", optional=(LINES[1],))


def test_a_folder_without_answers_is_named(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "none"):
        with pytest.raises(ValueError, match=str(folder)):
            find_corpora(folder)


# A run


def absent(name: str) -> Peer:
    return Peer(name, "no-such-package-as-this", "no_such_module", lambda html, url: Found())


def broken(html: bytes, url: str | None) -> Found:
    raise RecursionError("too deep")


def test_a_peer_that_raises_has_found_nothing(tmp_path: Path) -> None:
    put_page(tmp_path, "a")
    run, own = extraction.measure(one(tmp_path), [Peer("broken", "lxml", "lxml", broken), *choose(["newscrawl"])])
    assert (run.failures, run.figures.empty, run.figures.f1) == ({"a": "RecursionError: too deep"}, 1, 0)
    assert (own.failures, own.figures.exact, own.figures.headline) == ({}, 1, 1)


def test_a_peer_has_no_network(tmp_path: Path) -> None:
    import socket

    def curious(html: bytes, url: str | None) -> Found:
        socket.create_connection(("127.0.0.1", 9), timeout=1)
        return Found()

    put_page(tmp_path, "a")
    before = socket.socket.connect
    (run,) = extraction.measure(one(tmp_path), [Peer("curious", "lxml", "lxml", curious)])
    assert "no network while" in run.failures["a"]
    assert socket.socket.connect is before


def test_the_whole_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for name in "abc":
        put_page(tmp_path / "gull", name)
    monkeypatch.setattr("benchmarks.peers.PEERS", (*PEERS[:2], absent("elsewhere")))
    floor, figures = tmp_path / "floor.json", tmp_path / "figures.json"

    def run(*options: object) -> int:
        monkeypatch.setattr(sys, "argv", ["extraction.py", *map(str, options)])
        return extraction.main()

    assert run(tmp_path, "--pages", 2, "--json", figures) == 0
    told = capsys.readouterr().out
    assert "gull: 2 pages" in told
    assert "| elsewhere (not installed)" in told
    lines = [line for line in told.splitlines() if line.startswith("|")]
    assert len(lines) == 5
    assert len({line.count("|") for line in lines}) == 1
    (report,) = json.loads(figures.read_text())
    assert (set(report["peers"]), report["absent"]) == ({"newscrawl", "trafilatura"}, {"elsewhere": "not installed"})

    assert run(tmp_path, "--keep-floor", "--floor", floor) == 0
    assert json.loads(floor.read_text())["gull"]["f1"] == 1
    assert run(tmp_path, "--peers", "newscrawl", "--floor", floor) == 0
    kept = json.loads(floor.read_text())
    floor.write_text(json.dumps({"gull": {**kept["gull"], "f1": 1.1}}))
    assert run(tmp_path, "--peers", "newscrawl", "--floor", floor) == 1
    assert "f1 fell to 1.0000 from 1.1000" in capsys.readouterr().err
    assert run(tmp_path, "--peers", "newscrawl", "--floor", floor, "--pages", 1) == 2
    assert run(tmp_path, "--peers", "nobody") == 2
    assert run(tmp_path / "nowhere") == 2


def test_peers_that_are_here_read_a_page() -> None:
    """Some take nothing for a story that is short, or of a few lines."""
    text = [
        f"{line} It was the rain that had kept them, and the wind that was against them all the way. " for line in LINES
    ]
    long = HTML.replace(f"<p>{LINES[0]}</p>", "".join(f"<p>{each * 3}</p>" for each in text))
    for peer in PEERS:
        if not peer.absent():
            found = peer.read(long.encode(), URL)
            assert text[2].strip() in " ".join(found.text.split()), peer.name
            assert found.headline == "Last ferry" or peer.name not in ("newscrawl", "trafilatura")


def test_help_for_peers() -> None:
    moment = datetime(2026, 5, 3, 10, 15, tzinfo=UTC)
    assert as_found(None, "", None, moment, [["Anna Berg", ""], "Jo Ek", None]) == Found(
        "", None, None, "2026-05-03 10:15:00+00:00", ("Anna Berg", "Jo Ek")
    )
    assert as_found("text", authors=None) == Found("text")
    assert decoded('<meta charset="gbk">渡轮'.encode("gbk")).endswith("渡轮")
    assert decoded("渡轮".encode()) == "渡轮"
    assert shown("<div>One <b>t</b>wo<br>three<p>four</p></div>") == "One two\nthree\nfour"
    assert shown("") == ""
    assert [peer.name for peer in choose([])][:2] == ["newscrawl", "trafilatura"]
    with pytest.raises(ValueError, match="nobody: no such peer"):
        choose(["nobody"])
