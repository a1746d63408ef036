"""What the gateway offers, as far as the plugin's world imports it.

The modules are made when the plugin is built. Outside of one, as in an author's unit tests, they
are `None`, and only what does not ask the gateway can be used.
"""

from importlib import import_module
from typing import Any


def _imported(name: str) -> Any:
    try:
        return import_module(f"wit_world.imports.{name}")
    except ImportError:
        return None


burst = _imported("burst")
current = _imported("current")
log = _imported("log")
metrics = _imported("metrics")
types = _imported("types")
