#!/usr/bin/env python3
"""Known vulnerabilities in the pinned packages: pip-audit over requirements.lock.

    python tools/audit.py

Exit status 1 where there are some. Where pip-audit's data cannot be reached, one line says so and the status is 0: a
check that cannot look must not stop a change, nor pass for one that has looked.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

LOCK = Path(__file__).resolve().parent.parent / "requirements.lock"
SECONDS = 300
COMMAND = ("pip_audit", "--require-hashes", "--disable-pip", "--progress-spinner", "off", "--format", "json")


def audit(lock: Path = LOCK) -> tuple[int, str]:
    """Exit status, and what to say."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", *COMMAND, "--requirement", str(lock)],
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )
        packages = json.loads(done.stdout)["dependencies"]
    except subprocess.TimeoutExpired:
        return 0, f"pip-audit: skipped, its data did not come within {SECONDS} s"
    except (ValueError, KeyError):
        reason = done.stderr.strip().rpartition("\n")[2][:200] or "no output"
        return 0, f"pip-audit: skipped, its data cannot be reached: {reason}"
    return verdict(packages)


def verdict(packages: list[dict[str, Any]]) -> tuple[int, str]:
    """What pip-audit's list of packages comes to."""
    looked = [each for each in packages if "skip_reason" not in each]
    if not looked:
        return 0, f"pip-audit: skipped, its data on {len(packages)} packages cannot be reached"
    bad = [f"{each['name']} {each['version']}: {found['id']}" for each in looked for found in each.get("vulns", ())]
    left = f", {len(packages) - len(looked)} without data" if len(looked) < len(packages) else ""
    return bool(bad), "\n".join([f"pip-audit: {len(looked)} packages, {len(bad)} known vulnerabilities{left}", *bad])


if __name__ == "__main__":
    status, said = audit()
    print(said)
    sys.exit(status)
