"""Plugins that say who a client is."""

import hmac
from abc import abstractmethod
from dataclasses import dataclass, field
from typing import Literal

from .plugin import Plugin


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a client sent. Never log the secret."""

    username: str
    """The user; `default` if the client gave none."""

    secret: str = field(repr=False)
    """Password, or a databus DSN."""

    peer: str
    """Address of the client, `ip:port` or `unix`."""

    def has_secret(self, wanted: str) -> bool:
        """Compares without telling by its time how much is the same."""
        return hmac.compare_digest(self.secret.encode(), wanted.encode())


@dataclass(frozen=True, slots=True)
class StartAt:
    """Where a group without a committed offset begins to read.

    `number` is the offset, or Unix milliseconds; the other kinds have none.
    """

    kind: Literal["configured", "oldest", "newest", "offset", "timestamp-ms"] = "configured"
    number: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """The one topic that `SET`, `HSET` and `MGET` of a client are about."""

    topic: str
    publishes: bool
    consumes: bool
    color: str = ""
    start_at: StartAt = StartAt()
    block_ms: int | None = None
    """Longest wait of an MGET; `None`: the configured default."""
    batch: int | None = None
    """Most messages of an MGET; `None`: the configured default."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What a client may do. In topic patterns `*` stands for any characters."""

    principal: str
    group: str
    publish: list[str]
    consume: list[str]
    admin: bool = False
    """May it use `TOPIC`, `PLUGIN` and the like?"""
    cluster: str | None = None
    binding: Binding | None = None
    holds_for_secs: int | None = None
    """For how long the gateway remembers it: `None` for ever, 0 for this connection only."""


class Denial(Exception):
    """Why there is no grant: raise one of its kinds."""


class NotMine(Denial):
    """These credentials are not of this plugin's kind; the next authenticator is asked."""


class WrongCredentials(Denial):
    """`-WRONGPASS <text>`: use one text for a wrong user and a wrong secret."""


class NoPermission(Denial):
    """Right credentials without the right for what they ask: `-NOPERM <text>`."""


class Malformed(Denial):
    """Credentials that cannot be understood: `-ERR <text>`."""


class Unavailable(Denial):
    """The store behind the plugin cannot be asked now; the text is for the operator."""


class Authenticator(Plugin):
    """Decides about logins, at AUTH and HELLO.

    To ask a Redis server or a database, add `import sluicegate:plugin/redis@0.1.0;` or `sql` to
    `wit/world.wit`, grant it in the settings file, and use `wit_world.imports.redis` or `sql`.
    """

    @abstractmethod
    def authenticate(self, login: Credentials) -> Grant:
        """Gives the client its grant, or raises a `Denial`."""
