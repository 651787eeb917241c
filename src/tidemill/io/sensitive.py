"""Which names stand for secrets: keys of definitions, parameters of URLs and connection strings, columns of SQL."""

from __future__ import annotations

import functools
import re

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_SECRET = frozenset(
    "secret secrets password passwd passphrase passcode passkey pwd token credential credentials signature sig sas "
    "auth authorization cookie cookies bearer jwt otp dsn webhook keyfile".split()
)
# Words run together, as `AccountKey` and `APIKEY` are once their case is gone.
_WITHIN = re.compile(
    r"password|passwd|passphrase|apikey|accesskey|secretkey|accountkey|privatekey|connectionstr|connstr|authtoken|"
    r"accesstoken|sharedaccesssignature"
)
# Most keys are no secrets (a join's, an index's, HDF5's); these are.
_KEY_OF = frozenset("api encryption decryption master signing shared consumer subscription license sse app".split())
_PASS_OF = frozenset("db user ftp smtp http proxy ssh sql".split())
# `token_url`, `signature_version`, `password_column`: about a secret, and none.
_ABOUT = frozenset(
    "url uri endpoint type kind method mode version name names file filename path dir folder column columns col cols "
    "field fields limit size length count counts max min expiry expires expiration timeout ttl format func function "
    "class provider prefix suffix pattern regex index policy scope scopes status required enabled region encoding "
    "separator delimiter sep level scheme algorithm strategy rounds".split()
)


@functools.lru_cache(maxsize=4096)
def is_secret(name: str, *, option: bool = False) -> bool:
    """Tell whether what has this name is a secret, by the words of the name.

    Args:
        name: `aws_secret_access_key`, `AccountKey`, `params:api-token` ...
        option: Whether it is an option of a filesystem or a parameter of a request, where `key` alone is a secret too.
    """
    words = [word.lower() for word in _WORD.findall(name)]
    if not words or (words[-1] in _ABOUT and "webhook" not in words):
        return False
    if not _SECRET.isdisjoint(words) or _WITHIN.search("".join(words)):
        return True
    *before, last = words
    if last == "key":
        return option or not _KEY_OF.isdisjoint(before)
    return last == "pass" and (not before or before[-1] in _PASS_OF)
