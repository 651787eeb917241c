"""What every error for people has in common: a few lines that say which, what, where and the way out."""

from __future__ import annotations

import tempfile

MOST_LINES = 4
LONGEST_LINE = 420


def assert_short(error, *parts):
    """Check that an error is short, and says all of this."""
    text = str(error)
    lines = text.splitlines()
    assert len(lines) <= MOST_LINES, text
    # How long the name of the temporary folder is, is not the message's fault.
    assert max(map(len, text.replace(tempfile.gettempdir(), "/tmp").splitlines())) <= LONGEST_LINE, text
    missing = [part for part in parts if part not in text]
    assert not missing, f"{missing} not in: {text}"
