"""Text that no spreadsheet takes for a formula, and the way back.

A spreadsheet evaluates a cell that begins with `=`, `+`, `-` or `@` (their full-width forms too), with or without a
tab or a line break before it. In CSV a text that begins so gets one apostrophe in front (the rule of OWASP, "CSV
injection"); so does a part of a text that begins so after a semicolon, a tab or a line break, because a program that
takes these for separators sees a new cell there. Where apostrophes stand already, one more is put before them. So the
way back is exact: one apostrophe is taken from wherever one was put.
"""

from __future__ import annotations

import re
from typing import Any

_STARTS = "=+@＝＋－＠-"  # the hyphen last: a range elsewhere in a class
_SPACES = "' \u00a0\u3000"
_FIRST = f"([{_SPACES}]*[\t\r\n{_STARTS}])"
_LATER = f"([;\t\r\n])([{_SPACES}]*[{_STARTS}])"
_LATER_ESCAPED = f"([;\t\r\n])'([{_SPACES}]*[{_STARTS}])"


def escape(text: str) -> str:
    """The text as CSV holds it.

    >>> escape("-3"), escape("=1+1"), escape("12"), escape("a;=b")
    ("'-3", "'=1+1", '12', "a;'=b")
    """
    return re.sub(rf"\A{_FIRST}", r"'\1", re.sub(_LATER, r"\1'\2", text))


def restore(text: str) -> str:
    """The text before `escape`.

    >>> restore("'-3"), restore("'quoted'"), restore(escape("''=x"))
    ('-3', "'quoted'", "''=x")
    """
    return re.sub(_LATER_ESCAPED, r"\1\2", re.sub(rf"\A'{_FIRST}", r"\1", text))


def is_risky(text: str) -> bool:
    """Whether a spreadsheet may take a text, when it is typed, for something else than text.

    >>> is_risky("=1+1"), is_risky("#N/A"), is_risky("12 件")
    (True, True, False)
    """
    return text[:1] in ("#", "'") or re.match(_FIRST, text) is not None


def escape_column(column: Any) -> Any:
    """`escape` for a pyarrow column of text."""
    import pyarrow.compute as pc

    later = pc.replace_substring_regex(column, _LATER, r"\1'\2")
    return pc.replace_substring_regex(later, rf"\A{_FIRST}", r"'\1")


def restore_column(column: Any) -> Any:
    """`restore` for a pyarrow column of text."""
    import pyarrow.compute as pc

    first = pc.replace_substring_regex(column, rf"\A'{_FIRST}", r"\1")
    return pc.replace_substring_regex(first, _LATER_ESCAPED, r"\1\2")
