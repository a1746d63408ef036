"""Breaks in every way a guest can: for the tests of what the gateway says then."""

import sluicegate as sdk


class Breaks(sdk.Filter):
    name = "breaks"
    version = "0.1.0"
    summary = "Breaks on demand."

    def on_produce(self, message: sdk.Message) -> sdk.Verdict:
        kept: list[bytearray] = []
        match message.value:
            case b"panic":
                boom()
            case b"index":
                kept[7] = bytearray()
            case b"loop":
                while True:
                    pass
            case b"memory":
                while True:
                    kept.append(bytearray(1 << 16))
        return sdk.FORWARD


def boom() -> None:
    raise RuntimeError("boom")
