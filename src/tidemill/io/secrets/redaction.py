"""What must not be seen: secrets are found by where they stand, and masked in all that people read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from tidemill.io.secrets.sensitive import MASK, is_secret

if TYPE_CHECKING:
    from collections.abc import Collection

#: Under these, everything is a secret.
_WHOLE = frozenset({"credentials", "headers"})
#: Under these stand options of filesystems and parameters of requests, where a `key` is a secret.
_OPTIONS = frozenset(
    {"credentials", "fs_args", "fs_options", "storage_options", "client_kwargs", "config_kwargs", "connect_args"}
    | {"params", "query_params"}
)
#: Credentials name these too; hidden in a message, they would hide what is wrong.
_PLACES = frozenset({"endpoint_url", "endpoint", "host", "port", "region", "region_name", "project", "protocol"})
# A shorter text is hidden where it stands, and never searched for: it would be found everywhere.
_SHORTEST, _LONG = 4, 8
_LONGEST_WORD = 16


def redact(value: Any, known: Collection[str] = (), keep: str | None = None) -> Any:
    """Return a copy of plain data in which every secret is `***`; keys stay.

    Args:
        value: Mappings, lists, texts ...; other objects stay themselves.
        known: Secrets that are hidden wherever a text contains them.
        keep: A key under which only names of secrets stand.
    """
    return _Redaction(known, keep).of(value)


def has_secret(value: Any) -> bool:
    """Tell whether `redact` would hide anything."""
    redaction = _Redaction()
    redaction.of(value)
    return redaction.hides


def has_mask(value: Any) -> bool:
    """Tell whether `***` stands where a secret should."""
    redaction = _Redaction()
    redaction.of(value)
    return redaction.masker.hidden_before


def secrets_in(value: Any) -> set[str]:
    """Return the texts that `redact` hides, so that they can be hidden in the messages of others too."""
    redaction = _Redaction()
    redaction.of(value)
    return redaction.hidden


def mask_url(text: str) -> str:
    """Return a text in which what looks like a secret is masked: in URLs, connection strings, SQL and headers."""
    from tidemill.io.secrets.masking import (
        Masker,  # its patterns take 6 ms to compile, and most programs never need them
    )

    return Masker().mask(text)


def mask_text(text: str, known: Collection[str], public: str = "") -> str:
    """Return a text with known secrets, and everything that looks like one, masked.

    A long secret is masked wherever it stands. One that could be a word (`tiger`) is masked as a word only, and not
    where `public`, a text that stands beside it, has that word anyway: the mask would tell that it is the secret.
    """
    for secret in sorted(_spellings(known), key=len, reverse=True):
        if secret not in text:
            continue
        if len(secret) >= _LONG and not _is_word(secret):
            text = text.replace(secret, MASK)
        elif len(secret) >= _SHORTEST:
            whole = re.compile(rf"(?<![A-Za-z0-9]){re.escape(secret)}(?![A-Za-z0-9])")
            if not whole.search(public):
                text = whole.sub(MASK, text)
    return mask_url(text)


def _is_word(text: str) -> bool:
    return text.isalpha() and len(text) < _LONGEST_WORD and (text[1:].islower() or text.isupper())


def _spellings(known: Collection[str]) -> set[str]:
    """Return secrets as they stand in texts: as they are, percent-encoded or decoded, and escaped as by `repr`."""
    if not known:
        return set()
    import json
    from urllib.parse import quote, unquote

    return {
        text
        for each in known
        for text in (each, unquote(each), quote(each), quote(each, safe=""), repr(each)[1:-1], json.dumps(each)[1:-1])
    }


class _Redaction:
    """One walk through plain data; what contains itself, or is repeated, is walked through once."""

    def __init__(self, known: Collection[str] = (), keep: str | None = None) -> None:
        self._known, self._keep = known, keep
        from tidemill.io.secrets.masking import Masker

        self.masker = Masker()
        #: What was walked through, with its result: kept, for another object may get the number of one that is gone.
        self._done: dict[tuple[int, str], tuple[Any, Any]] = {}
        self.hidden: set[str] = self.masker.hidden
        self.hides = False

    def of(self, value: Any, where: str = "") -> Any:
        """Return the value without secrets; `where` is "option" or "secret" for what stands under such a key."""
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, (Mapping, list, tuple, set, frozenset)):
            memo = id(value), where
            if memo not in self._done:
                self._done[memo] = value, "..."
                self._done[memo] = value, self._container(value, where)
            return self._done[memo][1]
        if where == "secret":
            return self._hide(value)
        if isinstance(value, (str, PurePath)):
            shown = self._text(str(value))
            return value if shown == str(value) else shown
        return value

    def _container(self, value: Any, where: str) -> Any:
        if isinstance(value, Mapping):
            return {key: self._item(str(key), each, where) for key, each in value.items()}
        is_pair = where == "option" and isinstance(value, (list, tuple)) and len(value) == 2
        if is_pair and isinstance(value[0], str):  # parameters of a request may be given so
            return [value[0], self._item(value[0], value[1], where)]
        items = [self.of(each, where) for each in value]
        if hasattr(value, "_make"):  # a named tuple
            return value._make(items)
        return next(kind for kind in (list, tuple, frozenset, set) if isinstance(value, kind))(items)

    def _item(self, key: str, value: Any, where: str) -> Any:
        name = key.lower()
        if name == self._keep:
            return value
        if where == "secret" and name in _PLACES:
            self._text(str(value))  # hidden with all the rest, and no secret in a message
            return MASK
        if where == "secret" or name in _WHOLE:
            return self.of(value, "secret")
        if is_secret(key, option=where == "option"):
            is_amount = isinstance(value, (int, float)) and len(str(value)) < _SHORTEST  # the 100 of `max_token`
            return value if is_amount else self.of(value, "secret")
        return self.of(value, "option" if where == "option" or name.lstrip("_") in _OPTIONS else "")

    def _hide(self, value: Any) -> Any:
        if not isinstance(value, (str, bytes, int, float, PurePath)):
            self.hides = True
            return MASK
        text = value.decode(errors="replace") if isinstance(value, bytes) else str(value)
        if not text:
            return value
        if text == MASK:
            self.masker.hidden_before = True
        else:
            self.hides = True
            self.hidden.add(text)
            self._text(text)
        return MASK

    def _text(self, text: str) -> str:
        shown = self.masker.mask(text)
        self.hides = self.hides or shown != text
        return mask_text(shown, self._known) if self._known else shown


class Secrets(dict[str, Any]):
    """A dictionary that shows its keys and hides its values, at any depth."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        """Copy the values.

        Args:
            values: Name -> secret; mappings in it hide theirs too.
        """
        super().__init__({key: Secrets(each) if isinstance(each, Mapping) else each for key, each in values.items()})

    def __repr__(self) -> str:
        return repr(redact({"credentials": dict(self)})["credentials"])
