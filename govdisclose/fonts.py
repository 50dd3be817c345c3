"""A font with Chinese characters for matplotlib, found without importing the package that ships it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from govdisclose.errors import UsageError

_INSTALLED = (
    "Noto Sans SC",
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "Microsoft YaHei",
    "PingFang SC",
    "SimHei",
    "WenQuanYi Micro Hei",
)


@lru_cache(maxsize=1)
def chinese_font() -> str:
    """The name of a font for Chinese text, made known to matplotlib.

    Raises
    ------
    UsageError
        There is none.
    """
    from matplotlib import font_manager

    spec = find_spec("zhplot")
    if spec is not None and spec.origin is not None:
        for path in sorted((Path(spec.origin).parent / "fonts").glob("*.ttf")):
            font_manager.fontManager.addfont(path)
            return font_manager.FontProperties(fname=path).get_name()
    known = {font.name for font in font_manager.fontManager.ttflist}
    for name in _INSTALLED:
        if name in known:
            return name
    raise UsageError("no font with Chinese characters; install the typeset extra, or Noto Sans SC, or take lang='en'")


@contextmanager
def figure_style(lang: str) -> Iterator[None]:
    """Settings for a figure in `zh` or `en`, for a `with` block: its font, small text, nothing that distracts."""
    import matplotlib

    settings: dict[str, object] = {
        "font.size": 9,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.unicode_minus": False,
        "svg.fonttype": "none",
        "pdf.fonttype": 42,
    }
    if lang == "zh":
        settings["font.family"] = [chinese_font(), "DejaVu Sans"]  # by name: what is drawn later finds it too
    with matplotlib.rc_context(settings):  # type: ignore[arg-type]
        yield
        interactive = matplotlib.is_interactive()
    # The backend of a notebook turns this on with the first figure; leaving the block must not turn it off.
    matplotlib.interactive(interactive)
