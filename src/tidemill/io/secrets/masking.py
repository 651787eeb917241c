"""Secrets in texts, found by how they are written: URLs, connection strings, SQL, headers, printed dictionaries."""

from __future__ import annotations

import re

from tidemill.io.secrets.sensitive import MASK, is_secret

# A password may contain '/' and '@' where its author did not encode them; a port is none.
_USERINFO = re.compile(
    r"(?<![A-Za-z0-9+.\-])(?P<before>(?P<scheme>[A-Za-z][A-Za-z0-9+.\-]+):(?P<slashes>//?))"
    r"(?P<info>[^/?#\s'\"]+|[^/:@\s'\"]+:(?!\d+/|:)[^@\s'\"]+)@(?=[^/\s])"
)
# What stands before the '@' there is a container, or a user's name, or part of a name, unless a password follows.
_OPEN = re.compile("abfss?|wasbs?|sftp|ssh|(?:web)?hdfs|smb|file|local|memory")
# `?token=...`, `PWD={a;b}`, `Access Key=...`, `password = 'x'`: the name, and then what may be its value. Outside of
# URLs the value goes on to the next semicolon, where one follows.
_NAME = re.compile(r"(?<![\w.\-])(?P<name>(?:[A-Za-z]+ )?[A-Za-z_][\w.\-]*)\s*=\s*")
_PARAMETER = re.compile(r"[^&#\s'\"]+")
_OPTION = re.compile(r"'[^']*'|\"[^\"]*\"|\{[^}]*\}|[^;&\n]*(?=;)|[^;&\s]+?(?=['\")\],}]*(?:[;&\s]|$))")
_ITEM = re.compile(
    r"(?P<before>(?P<quote>['\"])(?P<name>[\w.\- :]+)(?P=quote)\s*[:=]\s*b?(?P<mark>['\"]))"
    r"(?P<value>(?:\\.|(?!(?P=mark)).)+)(?=(?P=mark))"
)
_HEADER = re.compile(
    r"(?i)(?P<before>\b(?:authorization|x-api-key|api-key|(?:set-)?cookie|x-[a-z\-]*token)\s*:\s*)(?P<value>[^\r\n'\",}]+)"
)
_BEARER = re.compile(
    r"(?P<before>\b(?:[Bb]earer|[Bb]asic)\s+)(?=\S*(?:\d|[a-z][A-Z]))(?P<value>[A-Za-z0-9._~+/\-]{8,}=*)"
)
# SQL: `PASSWORD 'x'`, `IDENTIFIED BY "x"`, `api_token => 'x'`; and each text in a call that encrypts.
_LITERAL = re.compile(
    r"(?i)(?<![\w'\"])(?P<before>(?:(?P<name>[a-z_][\w$.]*)\s*(?:=>|:=|==?|\bas\b|\bby\b|\blike\b)"
    r"|password|passwd|secret|credentials|identified\s+by)\s*\(?\s*(?P<mark>['\"]))"
    r"(?P<value>(?:(?!(?P=mark)).|(?P=mark){2})+)(?=(?P=mark))"
)
# `INSERT INTO users (name, password) VALUES ('bob', 'x'), ...`: which values are secrets, the columns say.
_INSERT = re.compile(r"(?is)(?P<before>\binsert\s+into\s+[^()']+\((?P<columns>[^()]+)\)\s*values\s*)(?P<rows>\(.*)")
_TOKEN = re.compile(r"'(?:[^']|'')*(?:'|$)|[(),]|[^'(),]+")
_CRYPT = re.compile(r"(?i)\b\w*(?:crypt|hmac)\w*\s*\([^()]*\)")
_TEXT = re.compile(r"(?P<before>')(?P<value>(?:[^']|'')+)(?=')")


class Masker:
    """Masks texts, and remembers what it has hidden."""

    def __init__(self) -> None:
        self.hidden: set[str] = set()
        self.hidden_before = False

    def mask(self, text: str) -> str:
        """Return the text with `***` for each secret."""
        if "@" in text:
            text = _USERINFO.sub(self._userinfo, text)
        if "=" in text:
            text = self._options(text)
        if ":" in text or " " in text:
            text = _HEADER.sub(self._found, text)
            text = _BEARER.sub(self._found, text)
        if "'" in text or '"' in text:
            text = _ITEM.sub(self._named, text)
            text = _LITERAL.sub(self._literal, text)
            text = _INSERT.sub(self._inserted, text)
            text = _CRYPT.sub(lambda call: _TEXT.sub(self._found, call[0]), text)
        return text

    def _options(self, text: str) -> str:
        parts, done = [], 0
        for found in _NAME.finditer(text):
            in_url = text[found.start() - 1 : found.start()] in {"?", "&", "#"}
            if found.start() < done or not is_secret(found["name"], option=in_url):
                continue
            value = (_PARAMETER if in_url else _OPTION).match(text, found.end())
            if value:
                self._remember(value[0])
                parts += [text[done : found.end()], MASK]
                done = value.end()
        return "".join([*parts, text[done:]])

    def _found(self, found: re.Match[str]) -> str:
        self._remember(found["value"])
        return f"{found['before']}{MASK}"

    def _remember(self, value: str) -> None:
        value = value.strip("'\"{} ")
        if value == MASK:
            self.hidden_before = True
        elif value:
            self.hidden.add(value)

    def _named(self, found: re.Match[str]) -> str:
        return self._found(found) if is_secret(found["name"]) else found[0]

    def _literal(self, found: re.Match[str]) -> str:
        name = found["name"]
        return self._found(found) if name is None or name.lower() == "identified" or is_secret(name) else found[0]

    def _inserted(self, found: re.Match[str]) -> str:
        secret = [is_secret(column.strip(' \n\t"`[]')) for column in found["columns"].split(",")]
        if not any(secret):
            return found[0]
        parts, done, depth, position = [found["before"]], 0, 0, 0
        for token in _TOKEN.finditer(found["rows"]):
            text = token[0]
            if text == "(":
                depth, position = depth + 1, position if depth else 0
            elif text == ")":
                depth -= 1
            elif depth == 0 and text != "," and text.strip():
                break  # what follows are no rows
            elif depth == 1 and text == ",":
                position += 1
            elif text[0] == "'" and secret[position : position + 1] == [True]:
                self._remember(text)
                text = f"'{MASK}'"
            parts.append(text)
            done = token.end()
        return "".join([*parts, found["rows"][done:]])

    def _userinfo(self, found: re.Match[str]) -> str:
        info, scheme = found["info"], found["scheme"].lower()
        _, colon, password = info.partition(":")
        if not colon and (_OPEN.fullmatch(scheme) or found["slashes"] == "/"):
            return found[0]
        if info == MASK:
            self.hidden_before = True
        else:
            self.hidden |= {info, password} - {""}
        return f"{found['before']}{MASK}@"
