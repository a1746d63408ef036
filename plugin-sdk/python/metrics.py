"""Counters of the plugin, shown by `PLUGIN INFO` and exported with the gateway's own."""

from . import host


def count(name: str, by: int = 1) -> None:
    """Adds to a counter.

    `name` is 1 to 64 characters of a to z, 0 to 9 and `_`. There may be 64 names for each
    plugin; others are ignored.
    """
    host.metrics.count(name, by)
