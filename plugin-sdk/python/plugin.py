"""What every plugin has: who it is, and its settings."""

from typing import Any, ClassVar


class SettingsError(Exception):
    """Settings that cannot be meant; the text is for the operator.

    Raised by a plugin's `__init__`, it refuses the plugin: the file is not taken in, and its
    previous version stays in force.
    """


class Settings(dict[str, Any]):
    """The `[settings]` of the plugin's TOML file, as the `json` module has them."""

    def text(self, name: str, default: str) -> str:
        """A text, or `default` if there is none.

        Raises `SettingsError` if it is there and not a text.
        """
        value = self.get(name, default)
        if not isinstance(value, str):
            raise SettingsError(f"`{name}` must be a text")
        return value


class Plugin:
    """The base of all roles: `class Plugin(Filter, Router): …`."""

    name: ClassVar[str]
    """A name of a to z, 0 to 9 and `-`."""

    version: ClassVar[str]
    """The plugin's own version, for example `1.4.0`."""

    summary: ClassVar[str]
    """What it does, in one sentence."""

    def __init__(self, settings: Settings) -> None:
        """Called once for each instance, before anything else.

        Write it to read the settings; `SettingsError` refuses the plugin.
        """
