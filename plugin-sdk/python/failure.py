"""What becomes of an exception that the plugin does not catch."""

from os import path
from typing import NoReturn

from . import log

_SDK = path.dirname(__file__)
_LINE_MAX = 4000
"""Characters of one log line that the gateway shows at most."""
_PLACES_MAX = 20
"""A recursion without end has thousands; the innermost tell enough."""


def fail(error: BaseException) -> NoReturn:
    """Logs an exception in one line, its text and its places, and raises it on.

    That ends the call: the message in hand fails, and the instance is dropped.
    """
    log.error(in_one_line(error)[:_LINE_MAX])
    raise error


def in_one_line(error: BaseException) -> str:
    """The exception and where it was raised, innermost place first, without the SDK's own."""
    text = " ".join(str(error).split())
    what = f"{type(error).__name__}: {text}" if text else type(error).__name__
    places = []
    # Not through the module `traceback`: it looks for the source files, and there are none.
    frame = error.__traceback__
    while frame is not None:
        code = frame.tb_frame.f_code
        if path.dirname(code.co_filename) != _SDK:
            name = path.basename(code.co_filename)
            places.append(f"{name}:{frame.tb_lineno} in {code.co_qualname}")
        frame = frame.tb_next
    return f"{what} ({' < '.join(places[: -_PLACES_MAX - 1 : -1])})" if places else what
