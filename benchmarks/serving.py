"""Real or given pages served on loopback by nginx (or, where there is none, by a small server in another process)."""

from __future__ import annotations

import gzip
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

#: Pages of a benchmark folder, in the layout of ../shared/bench: SET/html/ID.html.gz
SETS = ("news", "wcxb-articles")

_NGINX = """
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log warn;
events {{ worker_connections 256; }}
http {{
  access_log off; sendfile on; keepalive_requests 1000000; client_body_temp_path {folder}/tmp;
  proxy_temp_path {folder}/tmp; fastcgi_temp_path {folder}/tmp; uwsgi_temp_path {folder}/tmp;
  scgi_temp_path {folder}/tmp;
  types {{ text/html html; text/xml xml; text/plain txt; }}
  server {{
    listen 127.0.0.1:{port}; root {folder}/www;
    location ~ ^/round-[0-9]+/(.*)$ {{ try_files /pages/$1 =404; }}
  }}
}}
"""


def pages_of(bench: Path, most: int, least_bytes: int = 0) -> list[bytes]:
    """Pages of a benchmark folder, in the order of their names; least_bytes leaves out small ones."""
    found: list[bytes] = []
    for name in SETS:
        for path in sorted((bench / name / "html").glob("*.html.gz")):
            content = gzip.decompress(path.read_bytes())
            if len(content) >= least_bytes:
                found.append(content)
            if len(found) == most:
                return found
    return found


def lay_out(folder: Path, pages: list[bytes], rounds: int) -> int:
    """Write pages and a sitemap that names each of them once a round; gives the number of addresses."""
    www = folder / "www"
    (www / "pages").mkdir(parents=True)
    (folder / "tmp").mkdir()
    for number, content in enumerate(pages):
        (www / "pages" / f"story-{number:05}.html").write_bytes(content)
    (www / "robots.txt").write_text("User-agent: *\nAllow: /\n")
    return rounds * len(pages)


def addresses(base: str, pages: int, rounds: int) -> Iterator[str]:
    """Every address that lay_out serves."""
    return (f"{base}/round-{n}/story-{page:05}.html" for n in range(rounds) for page in range(pages))


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve folder/www on loopback; gives the base URL."""
    port = _free_port()
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if nginx:
        (folder / "nginx.conf").write_text(_NGINX.format(folder=folder, port=port))
        command = [nginx, "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log"), "-p", str(folder)]
    else:
        command = [sys.executable, __file__, str(folder / "www"), str(port)]
    process = subprocess.Popen(command)
    try:
        _wait(f"http://127.0.0.1:{port}/robots.txt")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(url: str) -> None:
    for _ in range(100):
        try:
            urllib.request.urlopen(url, timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"{url}: the server did not start")


def _serve_plainly(www: str, port: int) -> None:
    """What nginx does, for machines without it."""
    import re
    from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

    class Handler(SimpleHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def translate_path(self, path: str) -> str:
            return super().translate_path(re.sub(r"^/round-\d+/", "/pages/", path))

        def log_message(self, format: str, *args: object) -> None:
            pass

    ThreadingHTTPServer(("127.0.0.1", port), lambda *a: Handler(*a, directory=www)).serve_forever()


if __name__ == "__main__":
    _serve_plainly(sys.argv[1], int(sys.argv[2]))
