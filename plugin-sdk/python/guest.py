"""Between the contract and the author's class: what `sluicegate plugin build` makes a component of.

The author's module is `main`. For each role that the plugin's world exports there is a class here
of the name that the bindings want.
"""

import json
from importlib import import_module
from typing import Any

import main
from componentize_py_types import Err
from wit_world import exports

import sluicegate as sdk

from . import host
from .failure import fail
from .partitioner import NONE

_ROLES: dict[str, type[sdk.Plugin]] = {
    "authenticator": sdk.Authenticator,
    "filter": sdk.Filter,
    "router": sdk.Router,
    "partitioner": sdk.Partitioner,
    "transcoder": sdk.Transcoder,
}


def _author_class() -> Any:
    """The one plugin class of `main`, with just the roles of the world."""
    classes = [
        each
        for each in vars(main).values()
        if isinstance(each, type) and issubclass(each, sdk.Plugin) and each.__module__ == "main"
    ]
    if len(classes) != 1:
        raise TypeError(f"main.py must have one class with a role, and has {len(classes)}")
    [author] = classes
    for name, role in _ROLES.items():
        is_exported = hasattr(exports, name.capitalize())
        if is_exported and not issubclass(author, role):
            raise TypeError(
                f"wit/world.wit exports `{name}`: let `{author.__name__}` be a `{role.__name__}`"
            )
        if issubclass(author, role) and not is_exported:
            raise TypeError(
                f"`{author.__name__}` is a `{role.__name__}`: export `{name}` in wit/world.wit"
            )
    missing = sorted(
        name
        for name in dir(author)
        if getattr(getattr(author, name), "__isabstractmethod__", False)
    )
    if missing:
        raise TypeError(f"`{author.__name__}` has no method `{missing[0]}`")
    return author


_Author = _author_class()
_plugin: Any = None
_message = sdk.Message()
_message.value = None


def _exported(name: str) -> Any:
    """The bindings' types of a role; `None` if the world does not export it."""
    return (
        import_module(f"wit_world.exports.{name}") if hasattr(exports, name.capitalize()) else None
    )


def _host_rejection(rejection: sdk.Rejection) -> Any:
    return host.types.Rejection(rejection.code, rejection.message)


class Lifecycle:
    def describe(self) -> Any:
        return _exported("lifecycle").Description(_Author.name, _Author.version, _Author.summary)

    def configure(self, settings: str) -> None:
        global _plugin
        try:
            _plugin = _Author(sdk.Settings(json.loads(settings)))
        except sdk.SettingsError as error:
            raise Err(str(error)) from None
        except BaseException as error:
            fail(error)


if _filter := _exported("filter"):
    _FORWARD = _filter.Verdict_Forward()
    _DROP = _filter.Verdict_Drop()

    def _judge(method: Any, value: bytes | None) -> Any:
        _message.value = value
        try:
            verdict = method(_message)
            if verdict is sdk.FORWARD:
                return _FORWARD
            if verdict is sdk.DROP:
                return _DROP
            if isinstance(verdict, sdk.Replace):
                return _filter.Verdict_Replace(verdict.value)
            raise TypeError(f"{verdict!r} is no verdict: return FORWARD, Replace(…) or DROP")
        except sdk.Rejection as rejection:
            return _filter.Verdict_Reject(_host_rejection(rejection))
        except BaseException as error:
            fail(error)
        finally:
            _message.value = None

    class Filter:
        def on_produce(self, value: bytes | None) -> Any:
            return _judge(_plugin.on_produce, value)

        def on_consume(self, value: bytes | None) -> Any:
            return _judge(_plugin.on_consume, value)


if _router := _exported("router"):
    _SCOPES = {"topic": _router.Scope.TOPIC, "message": _router.Scope.MESSAGE}

    class Router:
        def route(self, topic: str) -> Any:
            try:
                destination = _plugin.route(topic, _message)
                return _router.Destination(destination.topic, _SCOPES[destination.scope])
            except sdk.Rejection as rejection:
                raise Err(_host_rejection(rejection)) from None
            except BaseException as error:
                fail(error)


if _exported("transcoder"):

    def _translate(method: Any, value: bytes) -> bytes:
        try:
            return method(value, _message)
        except sdk.Rejection as rejection:
            raise Err(_host_rejection(rejection)) from None
        except BaseException as error:
            fail(error)

    class Transcoder:
        def encode(self, value: bytes) -> bytes:
            return _translate(_plugin.encode, value)

        def decode(self, value: bytes) -> bytes:
            return _translate(_plugin.decode, value)


if _exported("partitioner"):

    class Partitioner:
        def partition_many(self, keys: bytes, ends: list[int], partitions: int) -> list[int]:
            try:
                chosen = _plugin.partition_burst(sdk.Burst(keys, ends, partitions))
                return [NONE if each is None else each for each in chosen]
            except BaseException as error:
                fail(error)


if _authenticator := _exported("authenticator"):
    _DENIALS = {
        sdk.WrongCredentials: _authenticator.Denial_WrongCredentials,
        sdk.NoPermission: _authenticator.Denial_NoPermission,
        sdk.Malformed: _authenticator.Denial_Malformed,
        sdk.Unavailable: _authenticator.Denial_Unavailable,
    }

    def _host_denial(denial: sdk.Denial) -> Any:
        kind = _DENIALS.get(type(denial))
        return kind(str(denial)) if kind else _authenticator.Denial_NotMine()

    def _host_start(start: sdk.StartAt) -> Any:
        match start.kind:
            case "offset":
                return _authenticator.StartAt_Offset(start.number)
            case "timestamp-ms":
                return _authenticator.StartAt_TimestampMs(start.number)
            case "oldest":
                return _authenticator.StartAt_Oldest()
            case "newest":
                return _authenticator.StartAt_Newest()
            case _:
                return _authenticator.StartAt_Configured()

    def _host_grant(grant: sdk.Grant) -> Any:
        binding = grant.binding and _authenticator.Binding(
            grant.binding.topic,
            grant.binding.publishes,
            grant.binding.consumes,
            grant.binding.color,
            _host_start(grant.binding.start_at),
            grant.binding.block_ms,
            grant.binding.batch,
        )
        return _authenticator.Grant(
            grant.principal,
            grant.group,
            grant.publish,
            grant.consume,
            grant.admin,
            grant.cluster,
            binding,
            grant.holds_for_secs,
        )

    class Authenticator:
        def authenticate(self, login: Any) -> Any:
            try:
                credentials = sdk.Credentials(login.username, login.secret, login.peer)
                return _host_grant(_plugin.authenticate(credentials))
            except sdk.Denial as denial:
                raise Err(_host_denial(denial)) from None
            except BaseException as error:
                fail(error)
