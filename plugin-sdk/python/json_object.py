"""JSON objects, looked at and changed without touching their other bytes.

`json.loads` and `json.dumps` would lose fields that are there twice, and how numbers and texts
were written.
"""

import json
import re
from typing import Any, NamedTuple, NoReturn, Self

DEPTH_MAX = 128
"""Objects and lists inside each other, the document itself counted."""

_SPACE = re.compile(r"[ \t\n\r]*")
_BRACKET_OR_TEXT = re.compile(r'[\[\]{}]|"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)


def _refuse(_: str) -> NoReturn:
    raise ValueError("NaN and Infinity are not JSON")


# Numbers are kept as they are written: making them costs, and long ones are refused by `int`.
_DECODER = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=_refuse)


class _Field(NamedTuple):
    name: str
    start: int
    end: int


class JsonObject:
    """One JSON object."""

    __slots__ = ("_text", "_values")

    def __init__(self, text: str, values: dict[str, Any]) -> None:
        self._text = text
        self._values = values

    @classmethod
    def parse(cls, value: bytes) -> Self | None:
        """Reads an object: strict JSON (RFC 8259), valid UTF-8, at most 128 levels deep.

        `None` if the bytes are not one.
        """
        try:
            text = value.decode()
            values = None if _is_too_deep(text) else _DECODER.decode(text)
        except ValueError:
            return None
        return cls(text, values) if isinstance(values, dict) else None

    def __contains__(self, name: str) -> bool:
        """True if there is a top-level field of this name."""
        return name in self._values

    def get(self, name: str, default: Any = None) -> Any:
        """The last top-level field of this name, as `json.loads` has it."""
        for field in reversed(_fields(self._text) if name in self else []):
            if field.name == name:
                return json.loads(self._text[field.start : field.end])
        return default

    def replaced(self, name: str, value: Any) -> bytes | None:
        """The object with another value in each top-level field of this name.

        All other bytes are as they were. `None` if there is no such field; `value` is anything
        that `json.dumps` can write.
        """
        if name not in self:
            return None
        pieces, copied = [], 0
        for field in _fields(self._text):
            if field.name == name:
                pieces += [self._text[copied : field.start], json.dumps(value)]
                copied = field.end
        return "".join([*pieces, self._text[copied:]]).encode()


def _is_too_deep(text: str) -> bool:
    """Asked before anything that calls itself reads the text, which need not be JSON."""
    if text.count("{") + text.count("[") <= DEPTH_MAX:
        return False
    depth = 0
    for mark in _BRACKET_OR_TEXT.finditer(text):
        match mark[0]:
            case "{" | "[":
                depth += 1
                if depth > DEPTH_MAX:
                    return True
            case "}" | "]":
                depth -= 1
    return False


def _fields(text: str) -> list[_Field]:
    """The top-level fields in their order, of a text that is known to be an object."""
    fields: list[_Field] = []
    at = _skip(text, 0)
    while True:
        # Behind the opening bracket, or behind a comma.
        at = _skip(text, at + 1)
        if text[at] == "}":
            return fields
        name, at = _DECODER.raw_decode(text, at)
        start = _skip(text, _skip(text, at) + 1)
        _, end = _DECODER.raw_decode(text, start)
        fields.append(_Field(name, start, end))
        at = _skip(text, end)
        if text[at] == "}":
            return fields


def _skip(text: str, at: int) -> int:
    """The index behind white space."""
    return _SPACE.match(text, at).end()  # type: ignore[union-attr] # matches the empty text too
