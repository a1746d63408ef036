"""The example filter: redacts a field of JSON objects, rejects by rule, and adds a header."""

import sluicegate as sdk


class Guard(sdk.Filter):
    name = "guard"
    version = "0.1.0"
    summary = "Redacts one field of JSON objects and rejects those that have another."

    def __init__(self, settings: sdk.Settings) -> None:
        self.redact = settings.text("redact", "card")
        self.forbid = settings.text("forbid", "password")

    def on_produce(self, message: sdk.Message) -> sdk.Verdict:
        if message.value is None:
            return sdk.FORWARD
        document = sdk.JsonObject.parse(message.value)
        if document is None:
            raise sdk.Rejection("not-object", "the value is not a JSON object")
        if self.forbid in document:
            raise sdk.Rejection("forbidden-field", f"the field `{self.forbid}` must not be sent")
        message.set_header("checked-by", message.principal)
        redacted = document.replaced(self.redact, "***")
        return sdk.FORWARD if redacted is None else sdk.Replace(redacted)
