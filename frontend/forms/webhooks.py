"""Which days are sent to a webhook again."""

from frontend.forms.form import Field

SPAN = (
    Field("from", "从", "/from", kind="date", hint="最早 30 天前"),
    Field("to", "到", "/to", kind="date"),
)
