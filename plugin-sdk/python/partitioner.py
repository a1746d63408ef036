"""Plugins that choose partitions."""

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Sequence

from . import host
from .plugin import Plugin

NONE = 0xFFFFFFFF
"""In the contract's lists: no key, and no choice."""


class Burst:
    """The messages of a burst that go to one topic."""

    __slots__ = ("_ends", "_keys", "partitions")

    partitions: int
    """How many partitions the topic has, at least 1."""

    def __init__(self, keys: bytes, ends: Sequence[int], partitions: int) -> None:
        self._keys = keys
        self._ends = ends
        self.partitions = partitions

    def __len__(self) -> int:
        return len(self._ends)

    def keys(self) -> Iterator[bytes | None]:
        """The key of each message, in order; `None` for none."""
        start = 0
        for end in self._ends:
            if end == NONE:
                yield None
            else:
                yield self._keys[start:end]
                start = end

    @property
    def topic(self) -> str:
        """The topic."""
        return host.burst.topic()

    @property
    def sizes(self) -> list[int]:
        """Bytes of key and value together, for each message in order."""
        return host.burst.sizes()

    @property
    def placed_bytes(self) -> list[int]:
        """Bytes that this gateway process has placed in each partition since it started."""
        return host.burst.placed_bytes()

    @property
    def placed_messages(self) -> int:
        """Messages that this gateway process has placed in the topic since it started."""
        return host.burst.placed_messages()


class Partitioner(Plugin):
    """Chooses the partition of each message."""

    @abstractmethod
    def partition(self, key: bytes | None, partitions: int) -> int | None:
        """Chooses for one key: a number below `partitions`, or `None` to let the gateway spread it.

        The key is `None` for Kafka's null key, which is not the same as an empty one.
        """

    def partition_burst(self, burst: Burst) -> Iterable[int | None]:
        """Chooses for all messages of a burst, in their order. By default asks `partition`."""
        partitions = burst.partitions
        return [self.partition(key, partitions) for key in burst.keys()]
