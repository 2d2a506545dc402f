"""Real crawls for tests: `scrapy crawl` in a process of its own, against the sample site on loopback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from newscrawl.sample_site import SampleSite, profile_text

ROOT = Path(__file__).parent.parent

#: A test waits for nobody: no delays, loopback allowed, one worker so that small crawls start quickly.
SETTINGS: Mapping[str, Any] = {
    "NEWSCRAWL_ALLOW_PRIVATE_ADDRESSES": True,
    "NEWSCRAWL_CONTACT": "https://example.com/",
    "NEWSCRAWL_WORKERS": 1,
    "AUTOTHROTTLE_ENABLED": False,
    "DOWNLOAD_DELAY": 0,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 4,
}


@dataclass
class Crawls:
    """A folder of profiles and an output folder; every crawl is a real process."""

    folder: Path
    program: tuple[str, ...] = (sys.executable, "-m", "scrapy")
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def output(self) -> Path:
        return self.folder / "output"

    def add_profile(self, site: SampleSite, name: str = "demo") -> None:
        """The sample site under a name."""
        self.add_profile_text(profile_text(site.base_url, name), name)

    def add_profile_text(self, text: str, name: str) -> None:
        profiles = self.folder / "sites"
        profiles.mkdir(exist_ok=True)
        (profiles / f"{name}.toml").write_text(text, encoding="utf-8")

    def command(self, *words: str, **settings: Any) -> list[str]:
        """`scrapy WORDS…` with the settings of tests, and those given."""
        known = {**SETTINGS, "NEWSCRAWL_OUTPUT": self.output, **settings}
        if (self.folder / "sites").exists():
            known["NEWSCRAWL_SITES"] = self.folder / "sites"
        return [*self.program, *words, *(w for k, v in known.items() for w in ("-s", f"{k}={v}"))]

    def start(self, *words: str, **settings: Any) -> subprocess.Popen[str]:
        """A crawl that goes on in the background."""
        return subprocess.Popen(
            self.command(*words, **settings),
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), **self.environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *words: str, status: int | None = 0, timeout: float = 120, **settings: Any) -> tuple[int, str, str]:
        """A command to its end: exit status, standard output, standard error. Fails the test on another status."""
        process = self.start(*words, **settings)
        try:
            out, err = process.communicate(timeout=timeout)
        finally:
            process.kill()
        assert status is None or process.returncode == status, f"exit status {process.returncode}:\n{out}\n{err}"
        return process.returncode, out, err

    def crawl(self, name: str = "demo", *words: str, **more: Any) -> str:
        """`scrapy crawl`; gives its last line on standard error."""
        return self.run("crawl", name, *words, **more)[2].rstrip().rpartition("\n")[2]

    # What was written

    def runs(self, name: str = "demo") -> list[Path]:
        return sorted(path for path in (self.output / name / "runs").iterdir() if path.is_dir())

    def manifest(self, name: str = "demo", run: int = -1) -> dict[str, Any]:
        return json.loads((self.runs(name)[run] / "manifest.json").read_text(encoding="utf-8"))

    def records(self, name: str = "demo") -> list[dict[str, Any]]:
        return list(self._lines(name, "articles"))

    def rejects(self, name: str = "demo") -> list[dict[str, Any]]:
        return list(self._lines(name, "rejected"))

    def _lines(self, name: str, kind: str) -> Iterator[dict[str, Any]]:
        for run in self.runs(name):
            for path in sorted(run.glob(f"{kind}-*.jsonl")):
                content = path.read_bytes()
                assert content.endswith(b"\n"), f"{path} does not end with a whole line"
                yield from map(json.loads, content.splitlines())
