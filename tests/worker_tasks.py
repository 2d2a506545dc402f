"""What tests let worker processes do: hang, die, want too much."""

from __future__ import annotations

import ctypes
import os
import re
import signal
import time
from pathlib import Path


def sleep(seconds: float) -> int:
    time.sleep(seconds)
    return os.getpid()


def hang_in_c() -> None:
    """A regex that does not come back to Python within the age of the universe."""
    re.match(r"(a+)+$", "a" * 64 + "b")


def kill_yourself() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def crash() -> None:
    ctypes.string_at(0)


def die_once(mark: str) -> str:
    """Dies where nobody has died before."""
    if Path(mark).exists():
        return "done"
    Path(mark).touch()
    kill_yourself()
    raise AssertionError("unreachable")


def want(size: int) -> int:
    return len(bytearray(size))


class NotForPickle(Exception):
    def __init__(self, one: int, two: int) -> None:
        super().__init__(f"{one} and {two}")


def fail() -> None:
    raise NotForPickle(1, 2)
