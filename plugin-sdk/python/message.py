"""The message in hand."""

from . import host


class Current:
    """What may be asked about the message in hand; each question is a call to the gateway.

    Valid only while the call runs that it was handed to.
    """

    __slots__ = ()

    @property
    def topic(self) -> str:
        """The topic: on produce where it will go so far, on consume where it lies."""
        return host.current.topic()

    @property
    def key(self) -> bytes | None:
        """The key; `None` is Kafka's null key, which is not the same as an empty one."""
        return host.current.key()

    @property
    def timestamp_ms(self) -> int:
        """Unix milliseconds: the record's on consume, the time it was read on produce."""
        return host.current.timestamp_ms()

    @property
    def principal(self) -> str:
        """Who publishes or consumes."""
        return host.current.principal()

    @property
    def headers(self) -> list[tuple[str, bytes | None]]:
        """All headers in order. A name may be there twice, and a value may be absent."""
        return [(header.name, header.value) for header in host.current.headers()]

    def header(self, name: str) -> bytes | None:
        """The value of the first header of this name; `None` if there is none or it is absent."""
        return host.current.header(name)


class Message(Current):
    """A message as a filter sees it.

    Changes are forgotten when the filter drops or rejects it.
    """

    __slots__ = ("value",)

    value: bytes | None
    """The value after the filters before this one; `None` is a tombstone."""

    def set_header(self, name: str, value: str | bytes | None) -> None:
        """Sets the first header of this name and removes others of it; appends if there is none.

        The value `None` is absent, which is not the same as empty.
        """
        host.current.set_header(name, value.encode() if isinstance(value, str) else value)

    def remove_header(self, name: str) -> None:
        """Removes every header of this name."""
        host.current.remove_header(name)

    def set_key(self, key: bytes | None) -> None:
        """Sets the key, which decides the partition; on consume it changes what the client sees."""
        host.current.set_key(key)
