"""Log lines of the plugin, in the gateway's log, marked with the plugin's name.

At most 4 KiB a line and 100 lines a second for each plugin; what is over is counted, not shown.
Never write payloads or secrets.
"""

from . import host


def debug(message: str) -> None:
    """For the author."""
    host.log.write(host.log.Level.DEBUG, message)


def info(message: str) -> None:
    """Rare, part of the day's story."""
    host.log.write(host.log.Level.INFO, message)


def warn(message: str) -> None:
    """Degraded, still working."""
    host.log.write(host.log.Level.WARN, message)


def error(message: str) -> None:
    """Someone must act."""
    host.log.write(host.log.Level.ERROR, message)
