"""The test kit: the behaviours of a dataset as suites to inherit, and the faults that its saves must survive."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from tidemill.names import front_door

if TYPE_CHECKING:
    from tidemill.testing.datasets import DatasetTests as DatasetTests
    from tidemill.testing.versioned import VersionedDatasetTests as VersionedDatasetTests

__getattr__, __dir__, __all__ = front_door(
    __name__,
    {
        "DatasetTests": "tidemill.testing.datasets",
        "VersionedDatasetTests": "tidemill.testing.versioned",
    },
)

if "pytest" in sys.modules:  # an assert that fails in the kit is explained like one in the user's own test
    sys.modules["pytest"].register_assert_rewrite("tidemill.testing.datasets", "tidemill.testing.versioned")
