"""Files that somebody might upload by mistake or on purpose; each builder writes one."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import xlsxwriter

from tests.old_excel import container, xls

HEADER = ("姓名", "证件号码", "移动电话")
TYPES = "[Content_Types].xml"
SHEET = "xl/worksheets/sheet1.xml"
MEBIBYTE = 1024 * 1024


def workbook(rows: list[list[str]] | None = None) -> bytes:
    """An honest small workbook."""
    held = io.BytesIO()
    with xlsxwriter.Workbook(held) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate([list(HEADER), *(rows or [["张三", "1", "2"]])]):
            for place, cell in enumerate(row):
                sheet.write_string(number, place, cell)
    return held.getvalue()


def repacked(changes: dict[str, bytes], source: bytes | None = None) -> bytes:
    """A workbook with parts replaced or added."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(source or workbook())) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            if name not in changes:
                new.writestr(name, old.read(name))
        for name, body in changes.items():
            new.writestr(name, body)
    return out.getvalue()


def sheet_xml(cells: str, before: str = "") -> bytes:
    namespace = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{before}'
        f'<worksheet xmlns="{namespace}"><sheetData>{cells}</sheetData></worksheet>'
    ).encode()


def text_cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


HEADED = '<row r="1">' + text_cell("A1", "姓名") + text_cell("B1", "证件号码") + "</row>"


def bomb() -> bytes:
    """One part that unpacks to 400 MiB from less than half a MiB."""
    return repacked({SHEET: sheet_xml(HEADED) + b" " * (400 * MEBIBYTE)})


def quiet_bomb() -> bytes:
    """200 MiB of honest XML: within the allowance for size, beyond the one for ratio."""
    row = '<row r="2">' + text_cell("A2", "张" * 200) + "</row>"
    return repacked({SHEET: sheet_xml(HEADED + row * 250_000)})


def many_strings() -> bytes:
    """Small on disk and in XML, huge as cells: one long shared string in every cell."""
    cells = "".join('<c t="s"><v>0</v></c>' for _ in range(100))
    rows = f"<row>{cells}</row>" * 3_000
    strings = "<sst><si><t>" + "长" * 32_000 + "</t></si></sst>"
    source = workbook()
    return repacked(
        {SHEET: sheet_xml(HEADED + rows), "xl/sharedStrings.xml": strings.encode()}, source
    )


def far_cell() -> bytes:
    return repacked(
        {SHEET: sheet_xml(HEADED + f'<row r="1048576">{text_cell("XFD1048576", "x")}</row>')}
    )


def disguised_far_cell() -> bytes:
    """The same with attributes in another order, so that no pre-check sees it; the reader dies."""
    cell = '<c t="inlineStr" r="XFD1048576"><is><t>x</t></is></c>'
    return repacked({SHEET: sheet_xml(HEADED + f'<row r="1048576">{cell}</row>')})


def billion_laughs() -> bytes:
    before = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;">]>'
    return repacked({SHEET: sheet_xml(HEADED, before)})


def macro() -> bytes:
    return repacked({"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0"})


def nested_zip() -> bytes:
    return repacked({"xl/media/inner.zip": workbook()})


def nested_unnamed() -> bytes:
    return repacked({"xl/media/image1.png": workbook()})


def dot_dot_entry() -> bytes:
    return repacked({"../../etc/cron.d/x": b"x"})


def symbolic_link() -> bytes:
    out = io.BytesIO(workbook())
    with zipfile.ZipFile(out, "a") as package:
        link = zipfile.ZipInfo("xl/link")
        link.external_attr = 0o120777 << 16
        package.writestr(link, "/etc/passwd")
    return out.getvalue()


def many_entries() -> bytes:
    return repacked({f"xl/media/{number}.bin": b"" for number in range(500)})


def encrypted_xlsx() -> bytes:
    """What Excel writes when a workbook has a password: an OLE container around the package."""
    return container({"EncryptionInfo": b"\x04\x00\x04\x00", "EncryptedPackage": b"\x00" * 9000})


def encrypted_entries() -> bytes:
    """A zip whose entries say that they are encrypted."""
    body = bytearray(workbook())
    for mark, flags_at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = body.find(mark)
        while at >= 0:
            body[at + flags_at] |= 1
            at = body.find(mark, at + 4)
    return bytes(body)


def encrypted_xls() -> bytes:
    return xls([HEADER], locked=True)


def macro_xls() -> bytes:
    return container({"Workbook": xls([HEADER]), "_VBA_PROJECT_CUR": b"x"})


def truncated() -> bytes:
    whole = workbook([["张三", str(n), "2"] for n in range(2000)])
    return whole[: len(whole) // 2]


def corrupted() -> bytes:
    """Every name and size is right, the compressed bytes are not."""
    whole = bytearray(workbook([["张三", str(n), "2"] for n in range(2000)]))
    for at in range(2000, 2100):
        whole[at] ^= 0xFF
    return bytes(whole)


def no_cells() -> bytes:
    return repacked({SHEET: sheet_xml("")})


def word_document() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr(TYPES, b"<Types/>")
        package.writestr("word/document.xml", b"<w/>")
    return out.getvalue()


PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(200)
WEB_PAGE = "<html><body><table><tr><td>姓名</td></tr></table></body></html>".encode()
XML_SHEET = b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>'
CSV = "姓名,证件号码\r\n张三,1\r\n".encode()

# name, what builds it, why it is refused
HOSTILE: tuple[tuple[str, Callable[[], bytes], str], ...] = (
    ("bomb.xlsx", bomb, "bomb"),
    ("quiet_bomb.xlsx", quiet_bomb, "bomb"),
    ("far.xlsx", far_cell, "far-cell"),
    ("laughs.xlsx", billion_laughs, "entities"),
    ("macro.xlsx", macro, "macro"),
    ("macro.xlsm", workbook, "macro"),
    ("macro.xls", macro_xls, "macro"),
    ("nested.xlsx", nested_zip, "nested"),
    ("nested_unnamed.xlsx", nested_unnamed, "nested"),
    ("dotdot.xlsx", dot_dot_entry, "bad-entry"),
    ("link.xlsx", symbolic_link, "bad-entry"),
    ("entries.xlsx", many_entries, "bomb"),
    ("encrypted.xlsx", encrypted_xlsx, "encrypted"),
    ("encrypted", encrypted_xlsx, "encrypted"),
    ("encrypted_entries.xlsx", encrypted_entries, "encrypted"),
    ("encrypted.xls", encrypted_xls, "encrypted"),
    ("truncated.xlsx", truncated, "truncated"),
    ("corrupted.xlsx", corrupted, "truncated"),
    ("empty.xlsx", lambda: b"", "empty"),
    ("empty.csv", lambda: b"\r\n,,,\r\n", "empty"),
    ("no_cells.xlsx", no_cells, "empty"),
    ("word.xlsx", word_document, "not-a-sheet"),
    ("picture.xlsx", lambda: PICTURE, "not-a-sheet"),
    ("document.csv", lambda: b"%PDF-1.7\n", "not-a-sheet"),
    ("page.xls", lambda: WEB_PAGE, "html"),
    ("xml.xls", lambda: XML_SHEET, "mislabelled"),
    ("sheet.xls", workbook, "mislabelled"),
    ("text.xlsx", lambda: CSV, "mislabelled"),
    ("sheet.csv", workbook, "mislabelled"),
    ("nul.csv", lambda: CSV + bytes(5000), "not-a-sheet"),
    ("neither.csv", lambda: CSV + b"\xff\xff\xfe", "encoding"),
)

# Pass the first look; refused when their rows are read.
TREACHEROUS: tuple[tuple[str, Callable[[], bytes], str], ...] = (
    ("disguised.xlsx", disguised_far_cell, "far-cell"),
    ("strings.xlsx", many_strings, "too-heavy"),
    ("quotes.csv", lambda: CSV + '李四,"2\r\n'.encode() * 3, "quotes"),
    ("wide.csv", lambda: CSV + b"a," * 500 + b"\r\n", "too-many-columns"),
)


def write(folder: Path, name: str, build: Callable[[], bytes]) -> Path:
    path = folder / name
    path.write_bytes(build())
    return path
