"""Templates of projects and pipelines: found, asked about, rendered, and put in place whole or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidemill.names import front_door

if TYPE_CHECKING:
    from tidemill.project.templates.answers import Answers as Answers
    from tidemill.project.templates.layout import Template as Template
    from tidemill.project.templates.making import create as create
    from tidemill.project.templates.source import opened as opened
    from tidemill.project.templates.starters import StarterSpec as StarterSpec

__getattr__, __dir__, __all__ = front_door(
    __name__,
    {
        "Answers": "tidemill.project.templates.answers",
        "StarterSpec": "tidemill.project.templates.starters",
        "Template": "tidemill.project.templates.layout",
        "create": "tidemill.project.templates.making",
        "opened": "tidemill.project.templates.source",
    },
)
