"""Which sheet, for which union."""

from frontend.forms.form import Field, Option

UPLOAD = (
    Field(
        "kind",
        "名单种类",
        "",
        kind="radio",
        options=(
            Option("members", "新就业形态劳动者入会名单"),
            Option("unions", "工会名单", "县级以上工会用来一次建立多个下级工会"),
        ),
    ),
    Field("union_id", "导入到哪个工会", "", kind="select"),
    Field(
        "file",
        "文件",
        "",
        kind="file",
        hint="xlsx、xls、csv 都可以，GBK 或 UTF-8 都可以，列的顺序和文件名不限，最大 300 MB。",
    ),
)
