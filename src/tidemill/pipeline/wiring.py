"""Wiring: what the words and the names of datasets that make a node must be."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tidemill.errors import PipelineError
from tidemill.names import did_you_mean
from tidemill.pipeline.transcoding import SEPARATOR

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tidemill.pipeline.binding import Names

#: The dataset of all parameters, and what comes before the name of one of them.
ALL_PARAMETERS, ONE_PARAMETER = "parameters", "params:"

_WORD = re.compile(r"[\w.-]+")


def is_parameter(name: str) -> bool:
    """Tell whether a dataset's name means parameters: `parameters`, or `params:` and the name of one."""
    return name == ALL_PARAMETERS or name.startswith(ONE_PARAMETER)


def in_list(words: Any) -> Any:
    """Return a list of the one word, or of those in a tuple or a set; an empty one for None; else what was given."""
    if words is None:
        return []
    if isinstance(words, (set, frozenset)):
        return sorted(words, key=str)
    return [words] if isinstance(words, str) else list(words) if isinstance(words, tuple) else words


def check_word(what: str, word: Any) -> None:
    """Refuse a name or a tag with characters that have a meaning elsewhere.

    Raises:
        PipelineError: The word is not one.
    """
    if not (isinstance(word, str) and _WORD.fullmatch(word)):
        raise PipelineError(f"the {what} {word!r} may have only letters, digits, '_', '-' and '.', and one at least.")


def check_namespace(namespace: Any) -> None:
    """Refuse a namespace that is no string, is empty on one side of a dot, or would make names transcoded.

    Raises:
        PipelineError: The message says which.
    """
    if not isinstance(namespace, str) or SEPARATOR in namespace:
        raise PipelineError(f"the namespace {namespace!r} must be a string, without '{SEPARATOR}' in it.")
    if "" in namespace.split("."):
        raise PipelineError(f"the namespace {namespace!r} has a dot with nothing on one side of it.")


def prefixes_of(namespace: str | None) -> list[str]:
    """Return a namespace and those that it is in, outermost first: of `a.b`, `a` and `a.b`."""
    parts = namespace.split(".") if namespace else []
    return [".".join(parts[:count]) for count in range(1, len(parts) + 1)]


def tags_in(tags: Any) -> frozenset[str]:
    """Return the tags that a word or some words are.

    Raises:
        PipelineError: One of them is no word.
    """
    words = in_list(tags)
    if not hasattr(words, "__iter__"):
        raise PipelineError(f"'tags' is {tags!r}: give a word or a list of words.")
    found = frozenset(words)
    for word in found:
        check_word("tag", word)
    return found


def check_wiring(inputs: tuple[str, ...], outputs: tuple[str, ...]) -> None:
    """Refuse a node of nothing, one that writes a dataset twice, and one that writes what it reads.

    Args:
        inputs: The datasets behind the names, transcoding left off.
        outputs: The same.

    Raises:
        PipelineError: The message says what does not go.
    """
    if not inputs and not outputs:
        raise PipelineError("it has neither inputs nor outputs. Give it one, or call the function yourself.")
    unique = set(outputs)
    if len(unique) < len(outputs):
        twice = sorted(base for base in unique if outputs.count(base) > 1)
        raise PipelineError(f"it writes {_quoted(twice)} more than once. Give each output a name of its own.")
    both = unique.intersection(inputs)
    if both:
        raise PipelineError(
            f"{_quoted(sorted(both))} is both input and output. Write what the node makes under another name."
        )


def check_each(each: Any, inputs: tuple[str, ...], *, yields: bool) -> None:
    """Refuse to run a node for each partition of what is not among its inputs, or cannot have partitions.

    Raises:
        PipelineError: The message says what does not go.
    """
    if each is None:
        return
    if each not in inputs:
        near = did_you_mean(each, list(inputs)) or f": {_quoted(inputs) or 'there are none'}."
        raise PipelineError(f"'each' is {each!r}, and must be one of the inputs{near}")
    if is_parameter(each):
        raise PipelineError(f"'each' is {each!r}: parameters have no partitions.")
    if yields:
        raise PipelineError("with 'each' it runs once per partition, so its function returns, and does not yield.")


def check_retries(retries: Any, whose: str = "'retries'") -> None:
    """Refuse what is no number of times; None is none given.

    Raises:
        PipelineError: The message says what was given, and as what.
    """
    if retries is not None and (not isinstance(retries, int) or isinstance(retries, bool) or retries < 0):
        raise PipelineError(f"{whose} is {retries!r}: give a whole number, 0 or more.")


def renamed(names: Names, rename: Callable[[str], str]) -> Names:
    """Return names in the same shape, each as `rename` has it."""
    if names is None:
        return None
    if isinstance(names, str):
        return rename(names)
    if isinstance(names, dict):
        return {key: rename(name) for key, name in names.items()}
    return [rename(name) for name in names]


def bracketed(names: Any) -> str:
    """Return how names look in the name of a node that was given none."""
    if not isinstance(names, (str, list, dict)):
        return repr(names)
    found = [names] if isinstance(names, str) else list(names.values() if isinstance(names, dict) else names)
    return f"[{';'.join(map(str, found))}]" if found else "None"


def marked(given: Names, names: tuple[str, ...]) -> tuple[str, ...]:
    """Return strings, which compare, that differ where the wiring does: a name alone is not a list of one name."""
    return (type(given).__name__, *(given if isinstance(given, dict) else ()), *names)


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)
