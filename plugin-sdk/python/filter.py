"""Plugins that look at every message."""

from dataclasses import dataclass

from .message import Message
from .plugin import Plugin


@dataclass(frozen=True, slots=True)
class Replace:
    """The message goes on with this value, and the changes made to headers and key."""

    value: bytes


class Forward:
    """The kind of `FORWARD`."""


class Drop:
    """The kind of `DROP`."""


type Verdict = Forward | Replace | Drop
"""What becomes of a message."""

FORWARD = Forward()
"""It goes on, with the changes made to headers and key."""

DROP = Drop()
"""It is acknowledged and not stored; on consume it is not shown."""


class Filter(Plugin):
    """Looks at every message of its topics and lets it pass, changes, drops or rejects it.

    Raise `Rejection` to refuse a message.
    """

    def on_produce(self, message: Message) -> Verdict:
        """Called for each message a client publishes, before it is stored."""
        return FORWARD

    def on_consume(self, message: Message) -> Verdict:
        """Called for each record a client is about to get.

        Dropped and rejected ones are not shown to it.
        """
        return FORWARD
