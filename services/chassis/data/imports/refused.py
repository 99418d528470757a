"""Why a file is not accepted as a sheet, each reason with the sentence its owner reads."""

from enum import StrEnum

from services.chassis.kernel.refusals import Unprocessable


class Reason(StrEnum):
    EMPTY = "empty"
    BOMB = "bomb"
    ENCRYPTED = "encrypted"
    MACRO = "macro"
    MISLABELLED = "mislabelled"
    NOT_A_SHEET = "not-a-sheet"
    HTML = "html"
    TRUNCATED = "truncated"
    BAD_ENTRY = "bad-entry"
    NESTED = "nested"
    ENTITIES = "entities"
    FAR_CELL = "far-cell"
    TOO_MANY_ROWS = "too-many-rows"
    TOO_MANY_COLUMNS = "too-many-columns"
    TOO_HEAVY = "too-heavy"
    LONG_CELL = "long-cell"
    ENCODING = "encoding"
    QUOTES = "quotes"
    NO_HEADER = "no-header"
    TWICE = "column-twice"
    MISSING = "column-missing"


SENTENCES: dict[Reason, str] = {
    Reason.EMPTY: "这个文件里没有任何数据。请确认选对了文件，填好名单后再上传。",
    Reason.BOMB: "这个文件解压后大得不正常，为了安全没有读取。请把名单复制到新建的表格里再上传。",
    Reason.ENCRYPTED: "这个文件设了打开密码。请在 Excel 或 WPS 里取消密码，保存后再上传。",
    Reason.MACRO: "这个文件带有宏。请另存为不带宏的“Excel 工作簿（.xlsx）”后再上传。",
    Reason.MISLABELLED: "文件扩展名与内容不符。请用 Excel 或 WPS 打开，另存为 .xlsx 后再上传。",
    Reason.NOT_A_SHEET: "这不是电子表格。请上传 .xlsx、.xls 或 .csv 文件。",
    Reason.HTML: "这个文件其实是网页，只是名字叫表格。请用 Excel 打开，另存为 .xlsx 后再上传。",
    Reason.TRUNCATED: "这个文件不完整，可能没有传完或已经损坏。请重新导出或重新保存后再上传。",
    Reason.BAD_ENTRY: "文件的内部结构不正常，为了安全没有读取。请用 Excel 或 WPS 另存一份再上传。",
    Reason.NESTED: "这个文件里还嵌着压缩包或其他文件。请删去附件和嵌入对象，只留名单后再上传。",
    Reason.ENTITIES: "文件里有不允许的 XML 声明，没有读取。请用 Excel 或 WPS 另存一份再上传。",
    Reason.FAR_CELL: "表格的最右边或最下边很远处有内容。请删去名单以外的行和列，保存后再上传。",
    Reason.TOO_MANY_ROWS: "表格的行数超过上限。请分成几个文件上传；十万行以上请存为 CSV。",
    Reason.TOO_MANY_COLUMNS: "表格的列数超过上限。请只保留名单需要的列。",
    Reason.TOO_HEAVY: "读取它需要的时间或内存超过上限。请删去多余的格式和工作表，或存为 CSV。",
    Reason.LONG_CELL: "有单元格的文字太长，不像是名单。请检查后再上传。",
    Reason.ENCODING: "读不出文件的文字编码。请另存为 .xlsx，或存为 UTF-8、GBK 编码的 CSV。",
    Reason.QUOTES: "CSV 里有引号没有闭合，后面的行读不出来。请用 Excel 或 WPS 打开检查后另存。",
    Reason.NO_HEADER: "没有找到表头。请保留写有“姓名”“证件号码”等列名的一行，或下载模板填写。",
    Reason.TWICE: "有两列是同一项内容，不知道该用哪一列。请删去多余的一列。",
    Reason.MISSING: "表格缺少必须有的列。请补上后再上传，或下载模板填写。",
}


class SheetRefused(Unprocessable):
    """An upload that is no honest, readable sheet; ``reason`` is one of the list above."""

    code = "sheet-refused"
    title = "表格不能使用"

    def __init__(self, reason: Reason, addition: str = "") -> None:
        super().__init__(SENTENCES[reason] + addition, reason=str(reason))
        self.reason = reason
