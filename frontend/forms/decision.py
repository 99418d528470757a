"""What a decision asks besides the button: a reason, where one is due."""

from frontend.forms.form import Field

REASON = Field(
    "reason",
    "理由",
    "/reason",
    kind="textarea",
    hint="写给申请人看：哪里不符合，怎样补正。不要写身份证号、手机号。",
    is_kept=True,
    max_length=500,
)
DECISION = (REASON,)
