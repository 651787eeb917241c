"""Which names stand for secrets: keys of definitions, parameters of URLs and connection strings, columns of SQL."""

from __future__ import annotations

import functools
import re

MASK = "***"
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_SECRET = re.compile(
    "secrets?|password|passwd|passphrase|passcode|passkey|pwd|token|credentials?|signature|sig|sas|auth|authorization|"
    "cookies?|bearer|jwt|otp|dsn|webhook|keyfile"
)
# Words run together, as `AccountKey` and `APIKEY` are once their case is gone.
_WITHIN = re.compile(
    "password|passwd|passphrase|apikey|accesskey|secretkey|accountkey|privatekey|connectionstr|connstr|authtoken|"
    "accesstoken|sharedaccesssignature"
)
# Most keys are no secrets (a join's, an index's, HDF5's); these are.
_KEY_OF = re.compile("api|encryption|decryption|master|signing|shared|consumer|subscription|license|sse|app")
_PASS_OF = re.compile("db|user|ftp|smtp|http|proxy|ssh|sql")
# `token_url`, `signature_version`, `password_column`: about a secret, and none.
_ABOUT = re.compile(
    "url|uri|endpoint|type|kind|method|mode|version|names?|file|filename|path|dir|folder|columns?|cols?|fields?|limit|"
    "size|length|counts?|max|min|expiry|expires|expiration|timeout|ttl|format|func|function|class|provider|prefix|"
    "suffix|pattern|regex|index|policy|scopes?|status|required|enabled|region|encoding|separator|delimiter|sep|level|"
    "scheme|algorithm|strategy|rounds"
)


@functools.lru_cache(maxsize=4096)
def is_secret(name: str, *, option: bool = False) -> bool:
    """Tell whether what has this name is a secret, by the words of the name.

    Args:
        name: `aws_secret_access_key`, `AccountKey`, `params:api-token` ...
        option: Whether it is an option of a filesystem or a parameter of a request, where `key` alone is a secret too.
    """
    words = [word.lower() for word in _WORD.findall(name)]
    if not words or (_ABOUT.fullmatch(words[-1]) and "webhook" not in words):
        return False
    if any(map(_SECRET.fullmatch, words)) or _WITHIN.search("".join(words)):
        return True
    *before, last = words
    if last == "key":
        return option or any(map(_KEY_OF.fullmatch, before))
    return last == "pass" and (not before or _PASS_OF.fullmatch(before[-1]) is not None)
