"""A run as Prometheus metrics, in the text format that node_exporter's textfile collector reads."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry, Gauge, write_to_textfile

from newscrawl.report.health import written
from newscrawl.report.stats import FIELDS

Manifest = Mapping[str, Any]


def write_metrics(target: Path, manifest: Manifest) -> Path:
    """Write the metrics of a site's newest run, whole or not at all; gives the file's path.

    target: a file that ends in .prom, or a folder, in which every site gets its file. Raises OSError.
    """
    path = target if target.suffix == ".prom" else target / f"newscrawl_{manifest['site']}.prom"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_to_textfile(str(path), registry_of(manifest))
    return path


def registry_of(manifest: Manifest) -> CollectorRegistry:
    """The metrics of one run; every one has the label site. All are gauges: they speak of the newest run."""
    registry, site = CollectorRegistry(), str(manifest["site"])

    def gauge(name: str, words: str, values: Mapping[str, float], label: str | None = None) -> None:
        labels = ("site", label) if label else ("site",)
        metric = Gauge(f"newscrawl_{name}", words, labels, registry=registry)
        for key, value in values.items():
            metric.labels(*((site, key) if label else (site,))).set(value)

    def one(name: str, words: str, value: float | None) -> None:
        gauge(name, words, {} if value is None else {"": float(value)})

    counts, total = manifest.get("counts") or {}, written(manifest)
    one(
        "last_run_timestamp_seconds", "End of the newest run, seconds since 1970", _seconds(manifest.get("finished_at"))
    )
    one("run_duration_seconds", "How long the newest run took", manifest.get("seconds"))
    one(
        "exit_status",
        "Exit status of the newest run: 0 good, 1 failed, 3 below its health floor",
        manifest.get("exit_status"),
    )
    health = manifest.get("health")
    one("healthy", "1 where the newest run is above its health floor", None if health is None else float(health["ok"]))
    gauge("pages", "URLs of the newest run by what became of them", counts, "outcome")
    gauge("rejected_pages", "Rejected pages of the newest run", manifest.get("rejects") or {}, "reason")
    gauge("responses", "Answers in the newest run by HTTP status", manifest.get("responses") or {}, "status")
    filled = manifest.get("fields") or {}
    shares = {name: filled.get(name, 0) / total for name in FIELDS} if total else {}
    gauge("field_fill_ratio", "Share of the newest run's records that have a field, 0 to 1", shares, "field")
    one(
        "body_words_median",
        "Median body length of the newest run's records",
        (manifest.get("body_words") or {}).get("median"),
    )
    unsure = (manifest.get("low_confidence") or 0) / total if total else None
    one("low_confidence_ratio", "Share of the newest run's records with low confidence, 0 to 1", unsure)
    latency = manifest.get("latency_ms") or {}
    one("response_seconds_median", "Median time to an answer in the newest run", _thousandth(latency.get("median")))
    one("response_seconds_p95", "95th percentile of the time to an answer", _thousandth(latency.get("p95")))
    return registry


def _seconds(moment: object) -> float | None:
    return datetime.fromisoformat(moment).timestamp() if isinstance(moment, str) else None


def _thousandth(value: float | None) -> float | None:
    return None if value is None else value / 1000
