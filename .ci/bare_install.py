"""Check a bare install of the wheel: how big it is, what it does without any extra."""

from __future__ import annotations

import platform
import subprocess
import sys
import sysconfig
import tempfile
import time
from importlib.metadata import distributions
from pathlib import Path

MOST_DISTRIBUTIONS = 15
MOST_BYTES = 15 * 2**20  # 15 MiB, most of it Pygments, PyYAML and xxhash
MOST_FILES, MOST_LINES, MOST_SECONDS = 15, 25, 60
INSTALLERS = {"pip", "setuptools", "wheel"}


def installed() -> dict[str, tuple[int, int]]:
    """Return the bytes of each distribution: what it ships, and the bytecode that pip adds."""
    sizes: dict[str, tuple[int, int]] = {}
    for each in distributions(path=[sysconfig.get_path("purelib")]):
        name = each.metadata["Name"]
        if name not in INSTALLERS:
            found = [Path(str(each.locate_file(file))) for file in each.files or ()]
            files = {file.suffix == ".pyc": 0 for file in found}
            for file in found:
                files[file.suffix == ".pyc"] += file.stat().st_size
            sizes[name] = files.get(False, 0), files.get(True, 0)
    return sizes


def smoke(folder: Path) -> None:
    """Save and load through a catalog, with nothing but the bare install."""
    import tidemill
    from tidemill import DataCatalog, MemoryDataset

    assert {"pandas", "fsspec", "yaml", "click"}.isdisjoint(sys.modules), "import tidemill is not light"
    assert (Path(str(tidemill.__file__)).parent / "py.typed").is_file(), "the wheel carries no types"

    text = {"type": "text.TextDataset", "filepath": str(folder / "note.txt"), "versioned": True}
    catalog = DataCatalog.from_config({"note": text})
    catalog["answer"] = MemoryDataset(data=42)
    assert catalog.load("answer") == 42
    catalog.save("note", "high tide\n")
    assert catalog.load("note") == "high tide\n"
    assert catalog.exists("note")


def first_run(folder: Path) -> None:
    """Make the example project and run it: two commands, nothing fetched."""
    begin, said = time.monotonic(), ""
    for arguments, where in ((["new", "tides", "--example"], folder), (["run"], folder / "tides")):
        command = [sys.executable, "-I", "-W", "error", "-m", "tidemill", *arguments]
        done = subprocess.run(command, cwd=where, capture_output=True, text=True, check=False)
        said += done.stdout + done.stderr
        assert done.returncode == 0, said
        if where == folder:
            assert sum(each.is_file() for each in (folder / "tides").rglob("*")) <= MOST_FILES, "more files than that"
    assert len(said.splitlines()) <= MOST_LINES, said
    assert time.monotonic() - begin < MOST_SECONDS, f"it took {time.monotonic() - begin:.0f} s"
    assert [*(folder / "tides/data/report.md").glob("2*/report.md")], "there is no report"


sizes = installed()
shipped = sum(size for size, _ in sizes.values())
bytecode = sum(size for _, size in sizes.values())
largest = ", ".join(f"{name} {sizes[name][0] / 1e6:.1f}" for name in sorted(sizes, key=sizes.__getitem__)[:-4:-1])
print(
    f"Python {platform.python_version()}: {len(sizes)} distributions,"
    f" {shipped / 1e6:.1f} MB and {bytecode / 1e6:.1f} MB of bytecode"
    f" (largest: {largest}; tidemill {sizes['tidemill'][0] / 1e6:.2f})"
)
assert len(sizes) <= MOST_DISTRIBUTIONS, f"more than {MOST_DISTRIBUTIONS} distributions: {', '.join(sorted(sizes))}"
assert shipped < MOST_BYTES, f"more than {MOST_BYTES / 2**20:.0f} MiB"

with tempfile.TemporaryDirectory() as folder:
    smoke(Path(folder))
    first_run(Path(folder))
