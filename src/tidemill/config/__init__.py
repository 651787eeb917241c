"""Configuration: files of YAML and JSON read into plain values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidemill.names import front_door

if TYPE_CHECKING:
    from tidemill.config.loader import AbstractConfigLoader as AbstractConfigLoader
    from tidemill.config.loader import ConfigLoader as ConfigLoader
    from tidemill.config.loader import OmegaConfigLoader as OmegaConfigLoader
    from tidemill.config.sources import parse_json as parse_json
    from tidemill.config.sources import parse_yaml as parse_yaml
    from tidemill.config.sources import read_config as read_config
    from tidemill.config.sources import read_yaml as read_yaml
    from tidemill.errors import MissingConfigError as MissingConfigError

__getattr__, __dir__, __all__ = front_door(
    __name__,
    {
        "AbstractConfigLoader": "tidemill.config.loader",
        "ConfigLoader": "tidemill.config.loader",
        "MissingConfigError": "tidemill.errors",
        "OmegaConfigLoader": "tidemill.config.loader",
        "parse_json": "tidemill.config.sources",
        "parse_yaml": "tidemill.config.sources",
        "read_config": "tidemill.config.sources",
        "read_yaml": "tidemill.config.sources",
    },
)
