"""The plugin my-plugin.

The gateway makes several instances and may drop each at any time: keep caches between calls,
nothing else.
"""

# @role transcoder
import re

# @end
import sluicegate as sdk
# @role transcoder

HEX = re.compile(rb"(?:[0-9a-fA-F]{2})*")
# @end


class MyPlugin(
    # @role authenticator
    sdk.Authenticator,
    # @end
    # @role filter
    sdk.Filter,
    # @end
    # @role router
    sdk.Router,
    # @end
    # @role partitioner
    sdk.Partitioner,
    # @end
    # @role transcoder
    sdk.Transcoder,
    # @end
):
    name = "my-plugin"
    version = "0.1.0"
    summary = "Shows what a plugin in Python looks like."
    # @role authenticator filter

    def __init__(self, settings: sdk.Settings) -> None:
        """Takes the settings; `SettingsError` refuses them."""
        # @role authenticator
        self.secret = settings.text("secret", "let me in")
        # @end
        # @role filter
        self.reply = settings.text("reply", "pong")
        # @end
    # @end
    # @role authenticator

    def authenticate(self, login: sdk.Credentials) -> sdk.Grant:
        if login.username != "demo":
            raise sdk.NotMine
        if not login.has_secret(self.secret):
            raise sdk.WrongCredentials("wrong user or secret")
        return sdk.Grant(principal="demo", group="demo", publish=["demo*"], consume=["demo*"])
    # @end
    # @role filter

    def on_produce(self, message: sdk.Message) -> sdk.Verdict:
        if message.value == b"":
            raise sdk.Rejection("empty-value", "the value is empty")
        if message.value == b"ping":
            return sdk.Replace(self.reply.encode())
        return sdk.FORWARD

    def on_consume(self, message: sdk.Message) -> sdk.Verdict:
        return sdk.FORWARD
    # @end
    # @role router

    def route(self, topic: str, message: sdk.Current) -> sdk.Destination:
        if topic.endswith("-old"):
            topic = topic.removesuffix("-old") + "-new"
        return sdk.Destination(topic, scope="topic")
    # @end
    # @role partitioner

    def partition(self, key: bytes | None, partitions: int) -> int | None:
        if key is None:
            return None
        # FNV-1a, 32 bits.
        digest = 0x811C9DC5
        for byte in key:
            digest = (digest ^ byte) * 0x01000193 & 0xFFFFFFFF
        return digest % partitions
    # @end
    # @role transcoder

    def encode(self, value: bytes, message: sdk.Current) -> bytes:
        return value.hex().encode()

    def decode(self, value: bytes, message: sdk.Current) -> bytes:
        if not HEX.fullmatch(value):
            raise sdk.Rejection("not-hex", "the stored value is not hexadecimal")
        return bytes.fromhex(value.decode())
    # @end
