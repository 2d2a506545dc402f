"""python -m newscrawl.sample_site: serves the sample site until it is stopped; its first line is the base URL."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from contextlib import suppress
from types import FrameType

from newscrawl.sample_site.faults import KINDS
from newscrawl.sample_site.server import REDESIGNS, start
from newscrawl.sample_site.site import LAST_DAY


def main() -> int:
    kinds = "; ".join(f"{kind}: {text}" for kind, text in KINDS.items())
    parser = argparse.ArgumentParser(prog="python -m newscrawl.sample_site", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0, the default, takes any free one")
    parser.add_argument("--delay", type=float, default=0.0, metavar="SECONDS", help="wait before each answer")
    parser.add_argument("--calendar", type=int, default=1, metavar="DAY", help=f"a day from 1 to {LAST_DAY}")
    parser.add_argument("--redesign", choices=[r for r in REDESIGNS if r], help="how the wire's pages are changed")
    parser.add_argument(
        "--fail", action="append", default=[], metavar="PATH=KIND[:VALUE][xTIMES]",
        help=f"spoil answers on purpose, can be given more than once. {kinds}",
    )  # fmt: skip
    parser.add_argument("--stop-with-stdin", action="store_true", help="stop when standard input is closed")
    options = parser.parse_args()
    try:
        server = start(options.port, options.calendar, options.delay, options.redesign, options.fail)
    except (ValueError, OSError) as error:
        print(f"sample site: {error}", file=sys.stderr)
        return 1
    with suppress(KeyboardInterrupt):
        signal.signal(signal.SIGTERM, _stop)
        if options.stop_with_stdin:
            threading.Thread(target=_stop_with_stdin, daemon=True).start()
        print(server.state.base, flush=True)
        server.serve_forever(poll_interval=0.05)
    server.server_close()
    return 0


def _stop(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _stop_with_stdin() -> None:
    """However the process that started this one ends, it takes its end of the pipe with it."""
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main())
