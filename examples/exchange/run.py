"""Two runs of one pipeline: first the year 2022, then the three months that arrive after it."""

from __future__ import annotations

import json
import os
import shutil
import time
from pathlib import Path

from pipeline import exchange

from tidemill import DataCatalog, SequentialRunner
from tidemill.config import read_config

PROJECT = Path(__file__).resolve().parent
RATES = Path("data/raw/rates")
INBOX = Path(".demo/inbox")
LATE = 3  # months that arrive between the two runs


def main() -> None:
    """Deliver, run, deliver, run, and look at what is there then."""
    here = Path.cwd()
    os.chdir(PROJECT)  # the catalog's paths are relative to the project
    shown = Path(os.path.relpath(PROJECT, here))

    # Each demo starts with an empty inbox. The versions of earlier demos stay, and this one adds two.
    for folder in (INBOX, Path(".demo/months")):
        shutil.rmtree(folder, ignore_errors=True)
    files = sorted(RATES.glob("*.csv"))

    print(f"Flags, currencies and the rates of the euro; the catalog is {shown / 'catalog.yml'}\n")
    deliver(files[:-LATE])
    first = run("run 1")
    deliver(files[-LATE:])
    second = run("run 2")

    print()
    tell_versions(DataCatalog.from_config(read_config("catalog.yml")), first, second)
    tell_manifest(shown, Path(".demo/currencies.csv") / second / ".manifest.json")
    print(f"board      {shown / '.demo/board.png' / second / 'board.png'}")
    print(f"report     {shown / '.demo/report.md' / second / 'report.md'}")


def deliver(files: list[Path]) -> None:
    """Put files into the inbox, as the bank would."""
    INBOX.mkdir(parents=True, exist_ok=True)
    for file in files:
        shutil.copyfile(file, INBOX / file.name)
    print(f"inbox      {len(files)} files arrive, {files[0].name} to {files[-1].name}")


def run(name: str) -> str:
    """Run the pipeline with a catalog of its own, which means a version of its own, and return that version."""
    start = time.perf_counter()
    catalog = DataCatalog.from_config(read_config("catalog.yml"))
    SequentialRunner().run(exchange(), catalog)

    check = catalog.load("check")
    new = check["new_months"]
    print(
        f"{name}      {len(new)} new months picked up and confirmed, {new[0]} to {new[-1]}: "
        f"now {check['rows']:,} rates; {time.perf_counter() - start:.1f} s"
    )
    return catalog.get("check").resolve_load_version()


def tell_versions(catalog: DataCatalog, first: str, second: str) -> None:
    """Load one table as it was after each run."""
    print(
        f"versions   zones.csv has {len(catalog.get('zones').list_versions())}; as it was after each of these two runs:"
    )
    for version in (first, second):
        zones = catalog.load("zones", version=version)
        print(f"           {version}: Croatia pays in {', '.join(zones.loc[zones['iso'] == 'HR', 'currency'])}")


def tell_manifest(shown: Path, path: Path) -> None:
    """Read who made a version, from what."""
    manifest = json.loads(path.read_text(encoding="utf-8"))
    (file,) = manifest["files"]
    maker = manifest["run"]["node"].split("(")[0]
    print(f"manifest   {file['path']}: {maker} made {file['bytes']:,} bytes ({file['checksum'][:17]}...)")
    print(f"           from {', '.join(manifest['inputs'])}, and noted which version of each: {shown / path}")


if __name__ == "__main__":
    main()
