"""The errors a user can meet. Each message names the file, the value and the remedy."""

from __future__ import annotations


class GovdiscloseError(Exception):
    """Base of every error this package raises on purpose."""


class UnreadableFile(GovdiscloseError):
    """The file cannot be opened as what it is: empty, truncated, encrypted, damaged, too large."""


class UnsupportedFormat(GovdiscloseError):
    """No reader exists for this kind of file, or the program it needs is not installed."""


class NotAReport(GovdiscloseError):
    """The file opens, but it is not an annual report on open government information."""


class FormError(GovdiscloseError):
    """A form file contradicts itself or the dictionary of items."""


class CorrectionError(GovdiscloseError):
    """A file of corrections has a line that cannot be understood."""


class DatasetError(GovdiscloseError):
    """A dataset folder is missing, incomplete or of another schema."""


class UsageError(GovdiscloseError):
    """An argument has a value that the call does not take."""


class NotebookFailed(GovdiscloseError):
    """A notebook did not run to its end."""
