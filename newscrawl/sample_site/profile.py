"""The sample site's profile for a given address."""

from __future__ import annotations

from importlib.resources import files

from jinja2 import Template


def profile_text(base_url: str, name: str = "demo") -> str:
    """The profile as TOML. base_url: where the sample site is served; name: the spider's name, and what the file
    must be called."""
    source = (files(__package__) / "profile.toml.j2").read_text(encoding="utf-8")
    text: str = Template(source, keep_trailing_newline=True).render(base=base_url.rstrip("/"), name=name)
    return text
