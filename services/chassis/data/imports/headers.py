"""Headers as they are compared: without spaces, marks, notes in brackets and full-width forms."""

import re
import unicodedata

NOTE = re.compile(r"[(\[【〔（].*?[)\]】〕）]")
MARK = re.compile(r"[\s*＊:：/、,，.。·\-_—'\"\u200b\u200c\u200d\ufeff]+")


def plain_header(title: str) -> str:
    """``* 证件 号码（必填）`` and ``证件号码`` are the same header."""
    folded = unicodedata.normalize("NFKC", title)
    return MARK.sub("", NOTE.sub("", folded)).lower()
