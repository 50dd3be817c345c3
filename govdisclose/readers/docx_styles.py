"""What a Word file says beside its text: heading levels, looks, and the numbers it prints by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from lxml import etree

Element = etree._Element
_BODY_LEVEL = 9
_MAX_PARENTS = 20
_OFF = ("0", "false", "off", "none")


def local(element: Element) -> str:
    """The tag without its namespace: Word writes two sets of them. Comments have none."""
    return unqualified(element.tag)


@lru_cache(maxsize=1024)
def unqualified(tag: object) -> str:
    """A tag or attribute's name without its namespace; "" for what is no element."""
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def children(element: Element | None, name: str) -> Iterator[Element]:
    """Child elements of that local name."""
    return iter(()) if element is None else element.iterchildren("{*}" + name)


def child(element: Element | None, *names: str) -> Element | None:
    """The first descendant along a path of local names."""
    for name in names:
        if element is None:
            return None
        for found in element:  # what is asked for comes first, as a rule: no search of lxml's is as quick
            if unqualified(found.tag) == name:
                element = found
                break
        else:
            return None
    return element


def parts(element: Element | None) -> dict[str, Element]:
    """The children of an element by their local names, the first of each."""
    return {} if element is None else {unqualified(found.tag): found for found in reversed(element)}


def attribute(element: Element | None, name: str, default: str = "") -> str:
    """An attribute by its local name."""
    if element is None:
        return default
    for key, value in element.items():
        if unqualified(key) == name:
            return str(value)
    return default


def value(element: Element | None, *names: str, default: str = "") -> str:
    """The `val` of the first descendant along a path of local names."""
    return attribute(child(element, *names), "val", default)


def number(text: str, default: int) -> int:
    """A small whole number, or the default where the file holds something else.

    >>> number("3", 1), number("x", 1), number("", 0)
    (3, 1, 0)
    """
    text = text.strip()
    return int(text) if text.lstrip("-").isascii() and text.lstrip("-").isdigit() and len(text) < 7 else default


def is_on(element: Element | None, name: str) -> bool:
    """Whether a property is present and not switched off."""
    found = child(element, name)
    return found is not None and attribute(found, "val", "1").lower() not in _OFF


@dataclass(slots=True)
class Level:
    """One level of a numbering: how its number looks and where it starts."""

    start: int = 1
    format: str = "decimal"
    text: str = ""
    legal: bool = False


@dataclass(slots=True)
class Numbering:
    """Numberings of a document, and how far each has counted."""

    levels: dict[str, dict[int, Level]] = field(default_factory=dict)
    lists: dict[str, tuple[str, dict[int, int]]] = field(default_factory=dict)
    """numId → (abstractNumId, {level: start})."""
    counts: dict[str, dict[int, int]] = field(default_factory=dict)
    used: set[tuple[str, int]] = field(default_factory=set)


@dataclass(slots=True)
class Styles:
    """Per style id: outline level (0 to 8, or None), numbering (numId, level), and how its text looks."""

    outline: dict[str, int | None] = field(default_factory=dict)
    numbering: dict[str, tuple[str, int]] = field(default_factory=dict)
    default: str = ""
    looks: dict[str, dict[str, str]] = field(default_factory=dict)

    def is_plain(self, style: str) -> bool:
        """Whether a style prints its text as it stands, as no heading and without a number."""
        return style not in self.looks and style not in self.numbering and self.outline.get(style) is None


_LOOKS = ("vanish", "strike", "dstrike", "vertAlign")


def own_looks(properties: Element | None) -> dict[str, str]:
    """Which of hidden, struck through, raised and lowered run properties set, and to what."""
    if properties is None:
        return {}
    return {tag: attribute(found, "val", "1").lower() for found in properties if (tag := local(found)) in _LOOKS}


def looks_of(run: Element | None, style: str, styles: Styles) -> dict[str, str]:
    """The same for a run: what it sets itself, then its style, then that of its paragraph.

    Parameters
    ----------
    run : Element or None
        The properties (`rPr`).
    style : str
        The style of the paragraph.
    """
    own = own_looks(run)
    if not styles.looks:  # as in most files
        return own
    return styles.looks.get(style, {}) | styles.looks.get(value(run, "rStyle"), {}) | own


def looks(found: dict[str, str], *names: str) -> bool:
    """Whether one of the properties is on.

    >>> looks({"strike": "1"}, "strike", "dstrike"), looks({"strike": "0"}, "strike")
    (True, False)
    """
    return bool(found) and any(found.get(name, "0") not in _OFF for name in names)


def read_styles(root: Element | None) -> Styles:
    """Outline levels and numberings of paragraph styles, inherited ones included."""
    styles = Styles()
    own: dict[str, tuple[str, int | None, str, int]] = {}
    own_look: dict[str, tuple[str, dict[str, str]]] = {}
    for style in children(root, "style"):
        own_look[attribute(style, "styleId")] = (value(style, "basedOn"), own_looks(child(style, "rPr")))
        if attribute(style, "type", "paragraph") != "paragraph":
            continue
        name = value(style, "name").lower()
        outline: int | None = number(value(style, "pPr", "outlineLvl"), -1)
        if outline == -1:
            digit = name.removeprefix("heading").strip() if name.startswith("heading") else ""
            outline = int(digit) - 1 if digit in tuple("123456789") else 0 if name == "title" else None
        style_id = attribute(style, "styleId")
        if attribute(style, "default") in ("1", "true"):
            styles.default = style_id
        numbered = child(style, "pPr", "numPr")
        own[style_id] = (value(style, "basedOn"), outline, value(numbered, "numId"), number(value(numbered, "ilvl"), 0))
    for style_id in own_look:
        found: dict[str, str] = {}
        current = style_id
        for _ in range(_MAX_PARENTS):
            if current not in own_look:
                break
            current, look = own_look[current]
            found = look | found
        if found:
            styles.looks[style_id] = found
    for style_id in own:
        outline, num, level, current = None, "", 0, style_id
        for _ in range(_MAX_PARENTS):
            if current not in own:
                break
            parent, own_outline, own_num, own_level = own[current]
            outline = own_outline if outline is None else outline
            if own_num and not num:
                num, level = own_num, own_level
            current = parent
        styles.outline[style_id] = outline
        if num:
            styles.numbering[style_id] = (num, level)
    return styles


def heading_level(properties: Mapping[str, Element], style: str, styles: Styles) -> int:
    """1 to 6 where the paragraph (its properties by name) or its style declares an outline level, else 0."""
    direct = attribute(properties.get("outlineLvl"), "val")
    outline = number(direct, _BODY_LEVEL) if direct else styles.outline.get(style)
    return min(outline + 1, 6) if outline is not None and 0 <= outline < _BODY_LEVEL else 0


def read_numbering(root: Element | None) -> Numbering:
    """The numberings of `numbering.xml`."""
    numbering = Numbering()
    for abstract in children(root, "abstractNum"):
        levels = {number(attribute(level, "ilvl"), 0): _level(level) for level in children(abstract, "lvl")}
        numbering.levels[attribute(abstract, "abstractNumId")] = levels
    for num in children(root, "num"):
        abstract_id = value(num, "abstractNumId")
        starts = {}
        for override in children(num, "lvlOverride"):
            at = number(attribute(override, "ilvl"), 0)
            if (start := value(override, "startOverride")) != "":
                starts[at] = number(start, 1)
            if (level_element := child(override, "lvl")) is not None:
                own = f"{abstract_id}/{attribute(num, 'numId')}"
                numbering.levels.setdefault(own, dict(numbering.levels.get(abstract_id, {})))[at] = _level(
                    level_element
                )
                abstract_id = own
        numbering.lists[attribute(num, "numId")] = (abstract_id, starts)
    return numbering


def _level(element: Element) -> Level:
    form = value(element, "numFmt", default="decimal")
    return Level(number(value(element, "start"), 1), form, value(element, "lvlText"), is_on(element, "isLgl"))


def printed_number(own: Element | None, inherited: tuple[str, int] | None, numbering: Numbering) -> str:
    """The number Word prints before a paragraph, counted on; "" for bullets and for none.

    Call it once a paragraph, in document order.

    Parameters
    ----------
    own : Element or None
        The paragraph's own numbering (`numPr`).
    inherited : (str, int) or None
        Numbering and level of its style.
    """
    own_id = value(own, "numId")
    num = own_id or (inherited[0] if inherited else "")
    if num not in numbering.lists:
        return ""
    at = number(value(own, "ilvl"), inherited[1] if inherited and not own_id else 0)
    abstract, starts = numbering.lists[num]
    levels = numbering.levels.get(abstract, {})
    level = levels.get(at)
    if level is None:
        return ""
    counts = numbering.counts.setdefault(abstract, {})
    if at in starts and (num, at) not in numbering.used:
        numbering.used.add((num, at))
        counts[at] = starts[at]
    else:
        counts[at] = counts.get(at, level.start - 1) + 1
    for deeper in [key for key in counts if key > at]:
        del counts[deeper]
    if level.format in ("bullet", "none"):
        return ""
    text = level.text
    for n in range(9, 0, -1):
        if f"%{n}" in text:
            shown = levels.get(n - 1, level)
            form = "decimal" if level.legal else shown.format
            text = text.replace(f"%{n}", format_number(counts.get(n - 1, shown.start), form))
    return text


def character(node: Element, tag: str) -> str:
    """What a child of a run prints."""
    match tag:
        case "t":
            return node.text or ""
        case "tab" | "ptab":
            return "\t"
        case "br" | "cr":
            return "\n"
        case "noBreakHyphen":
            return "-"
        case "sym":
            return _symbol(node)
    return ""


def _symbol(node: Element) -> str:
    text = attribute(node, "char")
    try:
        code = int(text, 16)
    except ValueError:
        return ""
    # symbol fonts are stored in the private use area, offset by F000
    if 0xF020 <= code <= 0xF07E and attribute(node, "font").lower() == "symbol":
        code -= 0xF000
    return chr(code) if 0x20 <= code <= 0xFFFF and not 0xD800 <= code <= 0xDFFF else ""


_DIGITS = "〇一二三四五六七八九"
_ENCLOSED = {
    "decimalEnclosedCircle": (0x2460, 20),
    "decimalEnclosedCircleChinese": (0x2460, 20),
    "decimalEnclosedParen": (0x2474, 20),
    "decimalEnclosedFullstop": (0x2488, 20),
}
_ORDER = {
    "ideographTraditional": "甲乙丙丁戊己庚辛壬癸",
    "ideographZodiac": "子丑寅卯辰巳午未申酉戌亥",
    "upperLetter": "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "lowerLetter": "abcdefghijklmnopqrstuvwxyz",
}
_ROMAN = ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"))
_ROMAN_SMALL = ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))
_COUNTING = ("chinese", "taiwaneseCounting", "japaneseCounting", "koreanCounting", "japaneseLegal")
"""How the formats begin that count as people do (十二); `chineseLegalSimplified` is another."""
_LEGAL = str.maketrans("〇一二三四五六七八九十百千", "零壹贰叁肆伍陆柒捌玖拾佰仟")


def format_number(n: int, form: str) -> str:
    """A number in one of Word's formats; decimal for the rare ones.

    >>> [format_number(12, f) for f in ("decimal", "chineseCounting", "ideographDigital", "decimalEnclosedCircle")]
    ['12', '十二', '一二', '⑫']
    """
    if form in ("chineseLegalSimplified", "ideographLegalTraditional"):
        return chinese(n).translate(_LEGAL)
    if form.startswith(_COUNTING):
        return chinese(n)
    if form in ("ideographDigital", "japaneseDigitalTenThousand", "taiwaneseDigital", "koreanDigital2"):
        return "".join(_DIGITS[int(d)] for d in str(max(n, 0)))
    if form in _ENCLOSED and 0 < n <= _ENCLOSED[form][1]:
        return chr(_ENCLOSED[form][0] + n - 1)
    if form in _ORDER and n > 0:
        letters = _ORDER[form]
        return letters[(n - 1) % len(letters)] * min((n - 1) // len(letters) + 1, 10)
    if form in ("upperRoman", "lowerRoman") and 0 < n < 4000:
        text = ""
        for unit, letters in _ROMAN + _ROMAN_SMALL:
            count, n = divmod(n, unit)
            text += letters * count
        return text if form == "upperRoman" else text.lower()
    if form == "decimalZero":
        return f"{n:02d}"
    if form.startswith("decimalFullWidth"):
        return str(n).translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    return str(n)


def chinese(n: int) -> str:
    """A number below 10,000 in Chinese counting.

    >>> [chinese(n) for n in (3, 10, 12, 20, 105, 110)]
    ['三', '十', '十二', '二十', '一百〇五', '一百一十']
    """
    if not 0 < n < 10_000:
        return str(n) if n else "〇"
    text, gap = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = n // unit % 10
        if digit:
            text += ("〇" if gap else "") + _DIGITS[digit] + name
            gap = False
        elif text:
            gap = True
    return text.removeprefix("一") if 10 <= n < 20 else text
