"""Which characters of a Chinese name are the surname, and how surnames are read (S-13)."""

# fmt: off
# Single surnames read otherwise than the character alone (pypinyin gives the everyday reading).
READINGS = {
    "单": "shan", "曾": "zeng", "仇": "qiu", "解": "xie", "朴": "piao", "区": "ou", "盖": "ge",
    "缪": "miao", "翟": "zhai", "乐": "yue", "召": "shao", "洗": "xian", "员": "yun",
    "贠": "yun", "秘": "bi", "繁": "po", "覃": "qin", "佴": "nai", "折": "she", "种": "chong",
    "重": "chong", "黑": "he", "阚": "kan", "郇": "xun", "都": "du", "卜": "bu", "么": "yao",
    "句": "gou", "祭": "zhai", "藏": "zang", "蔚": "yu", "粘": "nian", "乜": "nie", "薄": "bo",
    "郗": "chi", "降": "xiang", "参": "shen", "查": "zha", "适": "kuo", "会": "gui",
    "隗": "wei",
}
COMPOUND_READINGS = {
    "欧阳": "ou yang", "司马": "si ma", "上官": "shang guan", "诸葛": "zhu ge",
    "东方": "dong fang", "皇甫": "huang fu", "尉迟": "yu chi", "公孙": "gong sun",
    "慕容": "mu rong", "令狐": "ling hu", "宇文": "yu wen", "长孙": "zhang sun",
    "司徒": "si tu", "司空": "si kong", "夏侯": "xia hou", "万俟": "mo qi",
    "闻人": "wen ren", "赫连": "he lian", "澹台": "tan tai", "公冶": "gong ye",
    "宗政": "zong zheng", "濮阳": "pu yang", "淳于": "chun yu", "单于": "chan yu",
    "太叔": "tai shu", "申屠": "shen tu", "仲孙": "zhong sun", "轩辕": "xuan yuan",
    "钟离": "zhong li", "独孤": "du gu", "南宫": "nan gong", "西门": "xi men",
    "东郭": "dong guo", "百里": "bai li", "呼延": "hu yan", "端木": "duan mu",
    "拓跋": "tuo ba", "夹谷": "jia gu", "谷梁": "gu liang", "颛孙": "zhuan sun",
    "鲜于": "xian yu", "闾丘": "lv qiu", "亓官": "qi guan", "司寇": "si kou",
    "第五": "di wu", "纳兰": "na lan", "完颜": "wan yan",
}
# fmt: on


def surname(name: str) -> str:
    """The surname of a Chinese name; two characters only when a given name follows (S-13)."""
    return name[:2] if len(name) > 2 and name[:2] in COMPOUND_READINGS else name[:1]
