"""The benchmarks run to their end; how fast, they say themselves, on a quiet machine."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

RUN = Path(__file__).parents[1] / "benchmarks/run.py"


@pytest.mark.slow
def test_each_benchmark_runs_and_the_page_is_written(tmp_path):
    page = tmp_path / "benchmarks.md"

    done = subprocess.run(
        [sys.executable, RUN, "--quick", "--write", page], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    assert "import tidemill" in page.read_text()
