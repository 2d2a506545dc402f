"""CPU seconds and memory of a command and everything that it starts."""

from __future__ import annotations

import ctypes
import os
import subprocess
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Used:
    """What a command used. seconds: wall; cpu: user and system of all its processes; memory: most at once, MB, shared
    pages counted once (PSS); samples: (seconds since the start, MB)."""

    status: int = 0
    seconds: float = 0.0
    cpu: float = 0.0
    memory: float = 0.0
    samples: list[tuple[float, float]] = field(default_factory=list)
    errors: str = ""


def measure(command: list[str], every: float = 1.0, **more: object) -> Used:
    """Run a command to its end. every: seconds between two looks at its memory, each of which takes 15 ms of CPU."""
    _adopt_orphans()
    used, ended = Used(), threading.Event()
    before, started = os.times(), time.monotonic()
    process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, **more)  # type: ignore[call-overload]

    def watch() -> None:
        while not ended.wait(every):
            used.samples.append((time.monotonic() - started, tree_memory(process.pid)))

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    _, used.errors = process.communicate()
    used.seconds, used.status = time.monotonic() - started, process.returncode
    ended.set()
    watcher.join()
    _wait_for_orphans()
    after = os.times()
    used.cpu = after.children_user + after.children_system - before.children_user - before.children_system
    used.memory = max((mb for _, mb in used.samples), default=0.0)
    return used


def _adopt_orphans() -> None:
    """Workers outlive the process that started them by a moment; as their new parent we are told their CPU time."""
    set_child_subreaper = 36  # prctl(2)
    ctypes.CDLL(None, use_errno=True).prctl(set_child_subreaper, 1, 0, 0, 0)


def _wait_for_orphans(seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    own = {os.getpid()}
    while time.monotonic() < deadline:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0 and not [each for each in _tree(os.getpid()) if each not in own and "nginx" not in _name(each)]:
            return
        time.sleep(0.05)


def _name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text()
    except OSError:
        return ""


def tree_memory(pid: int) -> float:
    """PSS of a process and its descendants, MB; what has just ended counts as nothing."""
    return sum(_pss(each) for each in _tree(pid)) / 1024


def _tree(pid: int) -> list[int]:
    found = [pid]
    for each in found:
        for task in Path(f"/proc/{each}/task").glob("*"):
            try:
                found += [int(child) for child in (task / "children").read_text().split()]
            except OSError:
                continue
    return found


def _pss(pid: int) -> int:
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    except OSError:
        pass
    return 0
