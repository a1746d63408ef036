"""Plugins that translate payloads."""

from abc import abstractmethod

from .message import Current
from .plugin import Plugin


class Transcoder(Plugin):
    """Translates between what clients see and what is stored. Tombstones are not shown to it.

    Raise `Rejection` to refuse a message.
    """

    @abstractmethod
    def encode(self, value: bytes, message: Current) -> bytes:
        """Called on produce, last of all: the client's value in, the stored value out."""

    @abstractmethod
    def decode(self, value: bytes, message: Current) -> bytes:
        """Called on consume, first of all: the stored value in, the client's value out.

        A rejected record is delivered as it is stored, marked with the header
        `sluicegate-decode-error`.
        """
