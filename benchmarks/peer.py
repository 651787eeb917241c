"""The same measurements of Kedro, in its own environment and by its public API: `python peer.py NAME ARGUMENTS`.

The last line printed is the figure: seconds, or megabytes.
"""

from __future__ import annotations

import json
import logging
import os
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def importing() -> float:
    return _process("import kedro.io")


def names() -> float:
    return _process(
        "from kedro.io import DataCatalog, Version, AbstractDataset, AbstractVersionedDataset, MemoryDataset\n"
        "from kedro.io import CachedDataset, DatasetError\n"
        "from kedro.io.core import get_protocol_and_path, get_filepath_str, generate_timestamp\n"
        "from kedro.pipeline import node, Pipeline, pipeline\n"
        "from kedro.runner import SequentialRunner, ThreadRunner, ParallelRunner\n"
        "from kedro_datasets.partitions import PartitionedDataset, IncrementalDataset\n"
        "from kedro_datasets.pandas import CSVDataset\n"
    )


def command(folder: str, *arguments: str) -> float:
    os.environ["OMEGACONF_MAX_YAML_EXPANDED_NODES"] = "none"  # as in `reading`
    return _process(
        f"import os, runpy, sys; os.chdir({folder!r}); sys.argv = ['kedro', *{arguments!r}]; "
        "runpy.run_module('kedro', run_name='__main__')"
    )


def from_config(count: str) -> float:
    from kedro.io import DataCatalog

    definitions = _definitions(int(count))
    return _timed(lambda: DataCatalog.from_config(definitions))


def get_all(count: str) -> float:
    from kedro.io import DataCatalog

    definitions = _definitions(int(count))
    catalog = DataCatalog.from_config(definitions)
    return _timed(lambda: [catalog.get(name) for name in definitions])


def representation(count: str) -> float:
    from kedro.io import DataCatalog

    catalog = DataCatalog.from_config(_definitions(int(count)))
    return _timed(lambda: repr(catalog))


def factories(patterns: str, count: str, what: str) -> float:
    from kedro.io import DataCatalog

    catalog = DataCatalog.from_config(
        {
            f"room_{n}.{{name}}@csv": {"type": "pandas.CSVDataset", "filepath": f"data/{n}/{{name}}.csv"}
            for n in range(int(patterns))
        }
    )
    name = "room_{}.table_{}@csv" if what == "contains" else "hall_{}.table_{}@parquet"
    names = [name.format(n % int(patterns), n) for n in range(int(count))]
    return _timed(lambda: [name in catalog for name in names])


def warm_load(path: str) -> float:
    from kedro.io import DataCatalog

    catalog = DataCatalog.from_config({"cars": {"type": "pandas.CSVDataset", "filepath": path}})
    catalog.load("cars")
    return min(_timed(lambda: [catalog.load("cars") for _ in range(20)]) for _ in range(20)) / 20


def versioned_save(path: str) -> float:
    import pandas as pd
    from kedro.io import Version
    from kedro_datasets.pandas import CSVDataset

    table = pd.DataFrame({"id": range(200), "price": [n * 1.5 for n in range(200)], "name": ["a name"] * 200})
    best = float("inf")
    for _ in range(20):
        dataset = CSVDataset(filepath=path, version=Version(None, None), save_args={"index": False})
        time.sleep(0.002)  # its versions are named by the millisecond
        best = min(best, _timed(lambda dataset=dataset: dataset.save(table), time.perf_counter))
    return best


def versions(what: str, root: str, count: str) -> float:
    from kedro.io import Version
    from kedro_datasets.text import TextDataset

    if "://" in root:
        import fsspec

        fs = fsspec.filesystem("memory")
        for number in range(int(count)):
            name = f"2020-{number // 2400 + 1:02d}-01T00.{number % 2400 // 60:02d}.{number % 60:02d}.000Z"
            fs.pipe_file(f"/bench/report.txt/{name}/report.txt", b"")
        root = root.replace("memory://", "memory:///")  # what follows two slashes it takes for a host, and drops
    dataset = TextDataset(filepath=root, version=Version(None, None))
    works = {"load the latest": dataset.load, "exists": dataset.exists, "save": lambda: dataset.save("new")}
    return _timed(works[what])


def requests(what: str, root: str) -> float:
    import fsspec
    from kedro.io import Version
    from kedro_datasets.text import TextDataset

    asked: list[str] = []
    fs = fsspec.filesystem("s3")
    fs.connect()
    fs.s3.meta.events.register("before-send.s3", lambda request, **_: asked.append(request.method))
    dataset = TextDataset(filepath=root, version=Version(None, None))
    works = {"load the latest": dataset.load, "exists": dataset.exists, "save": lambda: dataset.save("new")}
    works[what]()
    return float(len(asked))


def stopping(runner: str, workers: str, pause: str) -> float:
    from stopping import program, stopped

    imports = (
        "from kedro.io import DataCatalog, MemoryDataset, SharedMemoryDataCatalog\n"
        f"from kedro.pipeline import Pipeline, node\nfrom kedro.runner import {runner}"
    )
    catalog = "SharedMemoryDataCatalog" if runner == "ParallelRunner" else "DataCatalog"
    begun = program(imports, f'{catalog}({{"x0": MemoryDataset(1)}})', runner, int(workers), float(pause))
    return stopped(sys.executable, begun)


def partitions(root: str) -> float:
    from kedro_datasets.partitions import PartitionedDataset

    return _timed(PartitionedDataset(path=root, dataset="pandas.CSVDataset", filename_suffix=".csv").load)


def partitions_peak(root: str) -> float:
    partitions(root)
    with open("/proc/self/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:")) / 1024


def increments(count: str, latency: str) -> float:
    import fsspec
    from fsspec.implementations.memory import MemoryFileSystem
    from kedro_datasets.partitions import IncrementalDataset

    class SlowFileSystem(MemoryFileSystem):
        protocol = "slow"

        @classmethod
        def _strip_protocol(cls, path: str) -> str:
            return super()._strip_protocol(path.replace("slow://", "memory://"))

        def _open(self, *args: Any, **kwargs: Any) -> Any:
            time.sleep(float(latency))
            return super()._open(*args, **kwargs)

    fs = fsspec.filesystem("memory")
    for number in range(int(count)):
        fs.pipe_file(f"/events/{number:04d}.txt", b"an event")
    fsspec.register_implementation("slow", SlowFileSystem)
    dataset = IncrementalDataset(path="slow:///events", dataset="text.TextDataset", filename_suffix=".txt")
    begin = time.perf_counter()
    assert len(dataset.load()) == int(count)
    return time.perf_counter() - begin


def memory_load(count: str) -> float:
    from kedro.io import MemoryDataset

    dataset = MemoryDataset(1)
    dataset.load()
    times = range(int(count) // 10)
    return _timed(lambda: [dataset.load() for _ in times]) / len(times)


def sequential(count: str) -> float:
    from kedro.io import DataCatalog, MemoryDataset
    from kedro.runner import SequentialRunner

    pipeline = _chain(int(count))
    return _timed(lambda: SequentialRunner().run(pipeline, DataCatalog({"x0": MemoryDataset(1)})))


def threads(count: str) -> float:
    from kedro.io import DataCatalog, MemoryDataset
    from kedro.runner import ThreadRunner

    pipeline = _chain(int(count))
    return _timed(lambda: ThreadRunner().run(pipeline, DataCatalog({"x0": MemoryDataset(1)})))


def building(shape: str, count: str) -> float:
    make = {"chain": _chain, "wide": _wide, "layered": _layered}[shape]
    return _timed(lambda: make(int(count)))


def adding(count: str) -> float:
    from kedro.pipeline import Pipeline

    nodes, step = _chain(int(count)).nodes, int(count) // 100
    parts = [Pipeline(nodes[begin : begin + step]) for begin in range(0, int(count), step)]
    return _timed(lambda: sum(parts))


def processes(count: str) -> float:
    return _in_processes(_chain(int(count)), 1)


def handing_on(kind: str, megabytes: str) -> float:
    from kedro.pipeline import Pipeline, node

    make = {"array": _array, "numbers": _numbers, "strings": _strings}[kind]
    return _in_processes(Pipeline([node(make, "x0", "data"), node(_length, "data", "length")]), int(megabytes))


def reading(folder: str) -> float:
    from kedro.config import OmegaConfigLoader

    with tempfile.TemporaryDirectory(dir=folder) as conf:
        for environment in ("base", "local"):
            os.mkdir(f"{conf}/{environment}")
        os.link(f"{folder}/catalog.yml", f"{conf}/base/catalog.yml")
        os.environ["OMEGACONF_MAX_YAML_EXPANDED_NODES"] = "none"  # by default it refuses a file of this size
        loader = OmegaConfigLoader(conf, base_env="base", default_run_env="local")
        return _timed(lambda: loader["catalog"])


def interpolating(conf: str) -> float:
    from kedro.config import OmegaConfigLoader

    os.makedirs(f"{conf}/local", exist_ok=True)
    os.environ["OMEGACONF_MAX_YAML_EXPANDED_NODES"] = "none"  # by default it refuses a file of this size
    loader = OmegaConfigLoader(conf, base_env="base", default_run_env="local")
    return _timed(lambda: loader["catalog"])


def _same(value: int) -> int:
    return value


def _chain(count: int) -> Any:
    from kedro.pipeline import Pipeline, node

    return Pipeline([node(_same, f"x{n}", f"x{n + 1}", name=f"n{n}") for n in range(count)])


def _wide(count: int) -> Any:
    from kedro.pipeline import Pipeline, node

    return Pipeline([node(_same, "x0", f"y{n}", name=f"n{n}") for n in range(count)])


def _layered(count: int) -> Any:
    from kedro.pipeline import Pipeline, node

    def before(n: int) -> list[str]:
        return [f"x{n // 100}_{(n + near) % 100}" for near in range(3)]

    return Pipeline([node(_any, before(n), f"x{n // 100 + 1}_{n % 100}", name=f"n{n}") for n in range(count)])


def _any(*values: int) -> int:
    return len(values)


def _in_processes(pipeline: Any, start: object) -> float:
    from kedro.io import MemoryDataset, SharedMemoryDataCatalog
    from kedro.runner import ParallelRunner

    catalog = SharedMemoryDataCatalog({"x0": MemoryDataset(start)})
    return _timed(lambda: ParallelRunner(max_workers=2).run(pipeline, catalog), time.perf_counter)


def _array(megabytes: int) -> Any:
    import numpy as np

    return np.ones(megabytes * 125_000)


def _numbers(megabytes: int) -> Any:
    import numpy as np
    import pandas as pd

    return pd.DataFrame(np.ones((megabytes * 12_500, 10)))


def _strings(megabytes: int) -> Any:
    import pandas as pd

    text = pd.Series([f"text {number:09d}" for number in range(megabytes * 1_000_000 // 44)])
    return pd.DataFrame({"a": text, "b": text.str.upper()})


def _length(data: Any) -> int:
    return len(data)


def _definitions(count: int) -> dict[str, dict[str, Any]]:
    return {f"table_{n}": {"type": "pandas.CSVDataset", "filepath": f"data/01_raw/table_{n}.csv"} for n in range(count)}


def _timed(work: Callable[[], Any], clock: Callable[[], float] = time.process_time) -> float:
    begin = clock()
    work()
    return clock() - begin


def _process(code: str) -> float:
    best = float("inf")
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        best = min(best, used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime)
    return best


if __name__ == "__main__":
    os.environ["DO_NOT_TRACK"] = "1"
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    figure = globals()[sys.argv[1]](*sys.argv[2:])
    print(f"\n{json.dumps(figure)}")
