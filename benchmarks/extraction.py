#!/usr/bin/env python3
"""newscrawl beside other extractors: quality, fields and CPU time on pages with known answers, in one run.

    python benchmarks/extraction.py ../shared/bench                    every set in the folder, every peer there is
    python benchmarks/extraction.py FOLDER --peers newscrawl,trafilatura --pages 50 --json figures.json
    python benchmarks/extraction.py ../shared/bench/news --floor       fail where newscrawl fell below what is kept
    python benchmarks/extraction.py ../shared/bench/news --keep-floor  measure newscrawl alone, and keep its figures

FOLDER is laid out as benchmarks/corpora.py says, which reads three public benchmarks as they are handed out. The
measures are those of benchmarks/scoring.py. The peers come with `pip install -r requirements-benchmarks.txt`.

Every page goes through all peers before the next one, each time in another order, so that what disturbs the machine
disturbs them all; garbage is collected in between, outside the clock. ms is time of the processor for a page, parsing
included; ratio is its mean to trafilatura's. A peer that raises on a page has found nothing there, and "failed" counts
it. No peer reaches the network.
"""

from __future__ import annotations

import argparse
import gc
import json
import logging
import platform
import socket
import statistics
import sys
import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from benchmarks.corpora import Corpus, Known, find_corpora  # noqa: E402
from benchmarks.peers import Peer, choose  # noqa: E402
from benchmarks.scoring import FIELDS, QUALITY, Figures, Found, PageScore, mean, score  # noqa: E402

FLOOR = ROOT / "benchmarks" / "extraction-floor.json"
#: What is kept of newscrawl's figures, which of it may not fall, and by how much it may.
KEPT, GUARDED, SLACK = ("f1", "exact", "headline"), ("f1", "headline"), 0.003
YARDSTICK = "trafilatura"


@dataclass
class Run:
    """One peer on one set: its pages' scores and seconds of CPU, and on which it raised what."""

    peer: Peer
    scores: list[PageScore] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    failures: dict[str, str] = field(default_factory=dict)

    @property
    def figures(self) -> Figures:
        """Means over the pages so far; needs one at least."""
        return mean(self.scores)

    @property
    def milliseconds(self) -> tuple[float, float]:
        """CPU time a page, median and mean."""
        return 1000 * statistics.median(self.seconds), 1000 * statistics.mean(self.seconds)


def measure(corpus: Corpus, peers: Sequence[Peer], pages: int | None = None) -> list[Run]:
    """Every peer on the pages of a set, or on so many from its start. Raises ValueError for a set without pages."""
    chosen = corpus.pages[:pages]
    if not chosen:
        raise ValueError(f"{corpus.name}: no page")
    runs = [Run(peer) for peer in peers]
    with _no_network():
        for run in runs:  # imports, rules and stop words are read on a first page
            _read(run.peer, chosen[0].html(), chosen[0].url)
        gc.freeze()
        for at, page in enumerate(chosen):
            html = page.html()
            turn = at % len(runs)
            for run in runs[turn:] + runs[:turn]:
                _take(run, page, html)
        gc.unfreeze()
    return runs


def _take(run: Run, page: Known, html: bytes) -> None:
    gc.collect()
    start = time.process_time()
    found, failure = _read(run.peer, html, page.url)
    run.seconds.append(time.process_time() - start)
    run.scores.append(score(found, page.answer))
    if failure:
        run.failures[page.id] = failure


def _read(peer: Peer, html: bytes, url: str | None) -> tuple[Found, str | None]:
    try:
        return peer.read(html, url), None
    except Exception as error:  # one that raises has found nothing
        return Found(), f"{type(error).__name__}: {str(error)[:200]}"


@contextmanager
def _quiet() -> Iterator[None]:
    """No warnings and no log lines: some peers complain of every page."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
    logging.disable(before)


@contextmanager
def _no_network() -> Iterator[None]:
    """Connections are refused at once: a peer that would fetch something shall neither wait nor gain by it."""

    def refuse(*_: object) -> None:
        raise ConnectionRefusedError("no network while extractors are measured")

    before = socket.socket.connect
    socket.socket.connect = refuse  # type: ignore[method-assign]
    try:
        yield
    finally:
        socket.socket.connect = before  # type: ignore[method-assign]


COLUMNS = (*QUALITY, *FIELDS, "ms median", "ms mean", "ratio", "empty", "failed")


def table(runs: Sequence[Run], absent: dict[str, str]) -> str:
    """The runs on one set as a Markdown table. A dash: a field that a peer does not give, and all of an absent one."""
    yardstick = next((run.milliseconds[1] for run in runs if run.peer.name == YARDSTICK), None)
    rows = [
        ["extractor", *COLUMNS],
        *([f"{run.peer.name} {run.peer.version()}", *_cells(run, yardstick)] for run in runs),
        *([f"{name} ({why})", *("–" for _ in COLUMNS)] for name, why in absent.items()),
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    under = [f":{'-' * (widths[0] - 1)}", *(f"{'-' * (width - 1)}:" for width in widths[1:])]
    return "\n".join(_line(row, widths) for row in (rows[0], under, *rows[1:]))


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    """Names to the left, figures to the right."""
    figures = (cell.rjust(width) for cell, width in zip(cells[1:], widths[1:], strict=True))
    return f"| {' | '.join((cells[0].ljust(widths[0]), *figures))} |"


def _cells(run: Run, yardstick: float | None) -> list[str]:
    figures, (median, average) = run.figures, run.milliseconds
    quality = [f"{getattr(figures, name):.3f}" for name in QUALITY]
    values = [getattr(figures, name) if name in run.peer.gives else None for name in FIELDS]
    fields = ["–" if value is None else f"{value:.3f}" for value in values]
    ratio = f"{average / yardstick:.2f}" if yardstick else "–"
    return [*quality, *fields, f"{median:.1f}", f"{average:.1f}", ratio, str(figures.empty), str(len(run.failures))]


def as_json(corpus: Corpus, runs: Sequence[Run], absent: dict[str, str]) -> dict[str, Any]:
    """The same as data, with full figures and what each peer failed with."""
    peers = {
        run.peer.name: {
            "version": run.peer.version(),
            **asdict(run.figures),
            "ms_median": run.milliseconds[0],
            "ms_mean": run.milliseconds[1],
            "failures": run.failures,
        }
        for run in runs
    }
    return {"set": corpus.name, "lost": corpus.lost, "peers": peers, "absent": absent}


def fallen(figures: Figures, floor: dict[str, Any]) -> dict[str, tuple[float, float]]:
    """What fell below what is kept of it: (figure, kept). Figures of another number of pages cannot be compared: they
    raise ValueError."""
    if figures.pages != floor["pages"]:
        raise ValueError(f"{figures.pages} pages, and {floor['pages']} when the floor was kept")
    now = {name: getattr(figures, name) for name in GUARDED}
    return {name: (now[name], floor[name]) for name in GUARDED if now[name] < floor[name] - SLACK}


def read_floor(file: Path) -> dict[str, Any]:
    """Set -> date, pages and the figures kept; empty where there is no file."""
    return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}


def keep_floor(file: Path, name: str, figures: Figures) -> None:
    """Write a set's figures into the file, beside those of other sets."""
    kept = {key: round(getattr(figures, key) or 0.0, 4) for key in KEPT}
    sets = {**read_floor(file), name: {"date": date.today().isoformat(), "pages": figures.pages, **kept}}
    file.write_text(json.dumps(sets, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def main() -> int:
    """0; 1 where a figure fell below its floor; 2, with a line on stderr, where there is nothing to measure."""
    args = _arguments()
    try:
        with _quiet():
            return _run(args)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2


def _run(args: argparse.Namespace) -> int:
    names = args.peers or ("newscrawl" if args.keep_floor else "")
    chosen = choose(filter(None, names.split(",")))
    sets = [each for folder in args.folders for each in find_corpora(folder, args.every_type)]
    absent = {peer.name: why for peer in chosen if (why := peer.absent())}
    peers = [peer for peer in chosen if peer.name not in absent]
    print(f"{date.today().isoformat()}, Python {platform.python_version()}, {platform.machine()}", flush=True)
    reports, status = [], 0
    for corpus in sets:
        runs = measure(corpus, peers, args.pages)
        lost = f", {corpus.lost} lost" if corpus.lost else ""
        print(f"\n{corpus.name}: {len(runs[0].scores)} pages{lost}\n\n{table(runs, absent)}", flush=True)
        reports.append(as_json(corpus, runs, absent))
        status |= _guard(corpus.name, runs, args)
    if args.json:
        args.json.write_text(json.dumps(reports, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return status


def _guard(name: str, runs: Sequence[Run], args: argparse.Namespace) -> int:
    """Keep or check the floor of a set, where that is asked for; 1 where newscrawl fell below it."""
    own = next((run.figures for run in runs if run.peer.name == "newscrawl"), None)
    file = args.floor or FLOOR
    if own is None:
        return 0
    if args.keep_floor:
        keep_floor(file, name, own)
    elif args.floor and (kept := read_floor(file).get(name)):
        low = fallen(own, kept)
        for key, (now, before) in low.items():
            print(f"{name}: {key} fell to {now:.4f} from {before:.4f}", file=sys.stderr)
        return int(bool(low))
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="+", metavar="FOLDER")
    parser.add_argument("--pages", type=int, help="only so many from the start of each set")
    parser.add_argument("--peers", help="names with commas between; default: all that are installed")
    parser.add_argument("--every-type", action="store_true", help="also pages that a set says are no articles")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here too")
    parser.add_argument("--floor", type=Path, nargs="?", const=FLOOR, metavar="FILE", help=f"default: {FLOOR.name}")
    parser.add_argument("--keep-floor", action="store_true", help="write newscrawl's figures there instead")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
