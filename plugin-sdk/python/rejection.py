"""The refusal of one message."""


class Rejection(Exception):
    """Raised in a filter, a router or a transcoder, it refuses the message.

    The client gets `-REJECTED <plugin> <code>: <message>`, and nothing is stored. `code` is a
    short word that programs may match on, for example `not-json`: 1 to 64 characters of a to z,
    0 to 9 and `-`. `message` is a sentence for the person who reads the client's log; it is cut
    after 512 bytes and must not hold secrets.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
