"""Imports what extraction needs, once, in the process that worker processes are forked from."""

import newscrawl.extraction.article  # noqa: F401
