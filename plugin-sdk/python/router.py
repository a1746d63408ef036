"""Plugins that choose topics."""

from abc import abstractmethod
from dataclasses import dataclass
from typing import Literal

from .message import Current
from .plugin import Plugin


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a message goes.

    With scope `topic` the gateway remembers the answer for every message to the topic; with
    `message` it asks again. A topic that does not exist is created if the gateway may create
    topics.
    """

    topic: str
    scope: Literal["topic", "message"]


class Router(Plugin):
    """Chooses the topic that a message is stored in. Raise `Rejection` to refuse the message."""

    @abstractmethod
    def route(self, topic: str, message: Current) -> Destination:
        """Called with the topic the client named. Answer the same to leave the message there."""
