"""The SDK for Sluicegate plugins in Python.

A plugin is one class in `main.py` with one or more of the five roles as its bases::

    from sluicegate import FORWARD, Filter, Message, Verdict

    class Plugin(Filter):
        name = "my-plugin"
        version = "0.1.0"
        summary = "Lets everything pass."

        def on_produce(self, message: Message) -> Verdict:
            return FORWARD

The gateway makes several instances and may drop each at any time: keep caches between calls,
nothing else. An exception that is not caught is logged with its place and fails the one message
in hand; the instance is dropped.
"""

from . import log, metrics
from .authenticator import (
    Authenticator,
    Binding,
    Credentials,
    Denial,
    Grant,
    Malformed,
    NoPermission,
    NotMine,
    StartAt,
    Unavailable,
    WrongCredentials,
)
from .filter import DROP, FORWARD, Filter, Replace, Verdict
from .json_object import JsonObject
from .message import Current, Message
from .partitioner import Burst, Partitioner
from .plugin import Plugin, Settings, SettingsError
from .rejection import Rejection
from .router import Destination, Router
from .transcoder import Transcoder

__all__ = [
    "DROP",
    "FORWARD",
    "Authenticator",
    "Binding",
    "Burst",
    "Credentials",
    "Current",
    "Denial",
    "Destination",
    "Filter",
    "Grant",
    "JsonObject",
    "Malformed",
    "Message",
    "NoPermission",
    "NotMine",
    "Partitioner",
    "Plugin",
    "Rejection",
    "Replace",
    "Router",
    "Settings",
    "SettingsError",
    "StartAt",
    "Transcoder",
    "Unavailable",
    "Verdict",
    "WrongCredentials",
    "log",
    "metrics",
]
