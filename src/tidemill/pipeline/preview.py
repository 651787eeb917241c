"""Previews: what a node shows of itself to tools that draw pipelines."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from tidemill.errors import PipelineError

if TYPE_CHECKING:
    from collections.abc import Callable

Json: TypeAlias = Any  # as deep as it likes; checked when a preview is made into a dictionary


@dataclass(frozen=True, kw_only=True)
class BasePreview:
    """What every preview has: facts about it, which the tool may use."""

    meta: dict[str, Json] | None = None

    def to_dict(self) -> dict[str, Json]:
        """Return it as JSON has it: `meta`, what is shown, and `kind`.

        Raises:
            TypeError: Something in it is no JSON.
        """
        found = {each.name: getattr(self, each.name) for each in fields(self)}
        for name, value in found.items():
            _check_json(value, name)
        return found


@dataclass(frozen=True)
class _Shown(BasePreview):
    """A preview whose content is a text."""

    content: str

    def __post_init__(self) -> None:
        if not isinstance(self.content, str):
            raise TypeError(f"The content of a {type(self).__name__} is a string, not a {type(self.content).__name__}.")


@dataclass(frozen=True)
class TextPreview(_Shown):
    """A text."""

    kind: Literal["text"] = field(default="text", init=False)


@dataclass(frozen=True)
class MermaidPreview(_Shown):
    """A diagram, in the language of Mermaid."""

    kind: Literal["mermaid"] = field(default="mermaid", init=False)


@dataclass(frozen=True)
class ImagePreview(_Shown):
    """A picture: its address, or a `data:` URI."""

    kind: Literal["image"] = field(default="image", init=False)


@dataclass(frozen=True)
class CustomPreview(BasePreview):
    """Data for a component of the tool's own."""

    renderer_key: str
    content: dict[str, Json]
    kind: Literal["custom"] = field(default="custom", init=False)

    def __post_init__(self) -> None:
        if not isinstance(self.renderer_key, str) or not self.renderer_key:
            raise TypeError(f"The `renderer_key` of a CustomPreview names a component, and is {self.renderer_key!r}.")
        if not isinstance(self.content, dict):
            raise TypeError(f"The content of a CustomPreview is a dictionary, not a {type(self.content).__name__}.")


#: What a `preview_fn` returns.
PreviewPayload: TypeAlias = TextPreview | MermaidPreview | ImagePreview | CustomPreview
_KINDS = (TextPreview, MermaidPreview, ImagePreview, CustomPreview)


def made_by(preview_fn: Callable[[], object]) -> PreviewPayload:
    """Return the preview that a function makes.

    Raises:
        PipelineError: It made none.
    """
    made = preview_fn()
    if not isinstance(made, _KINDS):
        kinds = ", ".join(kind.__name__ for kind in _KINDS)
        raise PipelineError(f"its `preview_fn` returned a {type(made).__name__}. Return one of {kinds}.")
    return made


def _check_json(value: Json, where: str) -> None:
    if isinstance(value, dict):
        for key, each in value.items():
            if not isinstance(key, str):
                raise TypeError(f"A preview's `{where}` has the key {key!r}: in JSON, keys are strings.")
            _check_json(each, f"{where}.{key}")
    elif isinstance(value, list):
        for index, each in enumerate(value):
            _check_json(each, f"{where}[{index}]")
    elif not isinstance(value, (str, int, float, bool, type(None))):
        raise TypeError(f"A preview's `{where}` is a {type(value).__name__}, which JSON does not have.")
