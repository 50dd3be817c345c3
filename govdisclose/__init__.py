"""Chinese annual reports on open government information, read into a dataset that can be defended number by number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from govdisclose.version import VERSION as __version__

if TYPE_CHECKING:
    from govdisclose import errors, figures, forms, indicators, regions
    from govdisclose.corpus import BuildResult, build
    from govdisclose.provenance import show_box
    from govdisclose.report import Report, read, read_text
    from govdisclose.store import load, load_table

__all__ = [
    "BuildResult",
    "Report",
    "__version__",
    "build",
    "errors",
    "figures",
    "forms",
    "indicators",
    "load",
    "load_table",
    "read",
    "read_text",
    "regions",
    "show_box",
]

_HOMES = {
    "BuildResult": "corpus",
    "Report": "report",
    "build": "corpus",
    "load": "store",
    "load_table": "store",
    "read": "report",
    "read_text": "report",
    "show_box": "provenance",
}


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is asked for: importing the package alone loads nothing else."""
    from importlib import import_module

    if name in _HOMES:
        found = getattr(import_module(f"govdisclose.{_HOMES[name]}"), name)
    elif name in __all__:
        found = import_module(f"govdisclose.{name}")
    else:
        raise AttributeError(f"module 'govdisclose' has no attribute {name!r}")
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted(__all__)
