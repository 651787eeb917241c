from __future__ import annotations

import fsspec
import polars as pl
import pytest

from tidemill import DataCatalog, DatasetError, Version
from tidemill.datasets.polars import CSVDataset, EagerPolarsDataset, IPCDataset, LazyPolarsDataset, ParquetDataset
from tidemill.errors import DatasetConfigError
from tidemill.io.object_store import storage_options
from tidemill.testing import VersionedDatasetTests

TIDES = pl.DataFrame({"tide": ["high", "low", "Größe"], "metres": [4, 1, None], "at": [1.5, None, -2.0]})


class PolarsTests(VersionedDatasetTests):
    sample, other = TIDES, pl.DataFrame({"tide": ["slack"] * 5, "metres": [2] * 5, "at": [0.5] * 5})
    forks = False

    def make(self, filepath, version=None):
        return self.kind(filepath, version=version)

    def equal(self, a, b):
        return a.lazy().collect().equals(b.lazy().collect())


class TestCSVDataset(PolarsTests):
    kind, filename = CSVDataset, "tides.csv"


class TestParquetDataset(PolarsTests):
    kind, filename = ParquetDataset, "tides.parquet"


class TestIPCDataset(PolarsTests):
    kind, filename = IPCDataset, "tides.arrow"


class TestEagerPolarsDataset(PolarsTests):
    kind, filename = EagerPolarsDataset, "tides.json"

    def make(self, filepath, version=None):
        return EagerPolarsDataset(filepath, "JSON", version=version)


class LazyTests(PolarsTests):
    kind = LazyPolarsDataset

    def make(self, filepath, version=None):
        return LazyPolarsDataset(filepath, self.file_format, version=version)


class TestLazyParquet(LazyTests):
    file_format, filename = "parquet", "tides.parquet"


class TestLazyCSV(LazyTests):
    file_format, filename = "csv", "tides.csv"


@pytest.mark.parametrize("file_format", ["avro", "csv", "ipc", "ipc_stream", "json", "ndjson", "parquet", "feather"])
def test_what_a_format_writes_it_reads(file_format, tmp_path):
    dataset = EagerPolarsDataset(str(tmp_path / "tides"), file_format)
    dataset.save(TIDES)

    assert dataset.load().equals(TIDES)


@pytest.mark.parametrize("file_format", ["csv", "ipc", "ndjson", "parquet"])
def test_what_a_format_sinks_it_scans(file_format, tmp_path):
    dataset = LazyPolarsDataset(str(tmp_path / "tides"), file_format)
    dataset.save(TIDES.lazy())

    assert isinstance(dataset.load(), pl.LazyFrame)
    assert dataset.load().collect().equals(TIDES)


@pytest.mark.parametrize(("kind", "name"), [(EagerPolarsDataset, "parkett"), (LazyPolarsDataset, "parkett")])
def test_an_unknown_format_is_refused_when_the_dataset_is_made(kind, name):
    with pytest.raises(DatasetConfigError, match=r"is one of .*, not 'parkett'. Did you mean 'parquet'"):
        kind("tides", name)


@pytest.mark.parametrize("suffix", ["gz", "zst"])
@pytest.mark.parametrize("kind", [CSVDataset, LazyPolarsDataset])
def test_a_name_asks_for_compression(kind, suffix, tmp_path):
    arguments = {} if kind is CSVDataset else {"file_format": "csv"}
    dataset = kind(str(tmp_path / f"tides.csv.{suffix}"), **arguments)
    dataset.save(TIDES)

    assert (tmp_path / f"tides.csv.{suffix}").read_bytes()[:2] == {"gz": b"\x1f\x8b", "zst": b"\x28\xb5"}[suffix]
    assert dataset.load().lazy().collect().equals(TIDES)


def test_compression_that_polars_lacks_is_an_error_before_anything_is_written(tmp_path):
    with pytest.raises(DatasetError, match=r"does not write \.bz2.*\.gz or \.zst"):
        CSVDataset(str(tmp_path / "tides.csv.bz2")).save(TIDES)

    assert list(tmp_path.iterdir()) == []


def test_a_load_selects(tmp_path):
    catalog = DataCatalog.from_config(
        {
            "tides": {"type": "polars.ParquetDataset", "filepath": str(tmp_path / "tides.parquet")},
            "lazily": {"type": "polars.LazyPolarsDataSet", "filepath": str(tmp_path / "tides.parquet")},
        }
    )
    catalog.save("tides", TIDES)

    assert catalog.load("tides", columns=["metres"], n_rows=2).equals(TIDES.select("metres").head(2))
    assert catalog.load("lazily", n_rows=1).collect().equals(TIDES.head(1))


@pytest.mark.parametrize("versioned", [False, True])
@pytest.mark.parametrize("place", ["disk", "memory", "s3"])
def test_a_frame_is_saved_over_what_it_scans(place, versioned, tmp_path, request):
    options = {}
    url = {"disk": str(tmp_path), "memory": f"memory://lazy-{versioned}"}.get(place)
    if place == "s3":
        bucket = request.getfixturevalue("s3_bucket")
        url, options = bucket.url, {"credentials": bucket.credentials}
    dataset = LazyPolarsDataset(f"{url}/tides.parquet", version=Version() if versioned else None, **options)
    dataset.save(TIDES)

    dataset.save(dataset.load().filter(pl.col("metres") > 1))

    assert dataset.load().collect().equals(TIDES.head(1))


def test_a_public_bucket_is_scanned_without_credentials(s3_bucket, monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    ParquetDataset(f"{s3_bucket.url}/tides", credentials=s3_bucket.credentials).save(TIDES)
    fsspec.filesystem("s3", **s3_bucket.credentials).chmod(f"{s3_bucket.name}/tides", "public-read")
    public = {"anon": True, "client_kwargs": {"endpoint_url": s3_bucket.endpoint}}

    dataset = LazyPolarsDataset(f"{s3_bucket.url}/tides", fs_args=public)

    assert dataset.load().collect().equals(TIDES)


@pytest.mark.parametrize("protocol", ["az", "abfs", "abfss"])
def test_what_fsspec_calls_the_options_of_azure_is_translated(protocol):
    options = {"account_name": "tides", "sas_token": "a-token", "azure_storage_use_emulator": "true", "anon": False}

    assert storage_options(protocol, options) == {
        "azure_storage_account_name": "tides",
        "azure_storage_sas_token": "a-token",
        "azure_storage_use_emulator": "true",
    }


def test_folders_and_patterns_are_scanned(tmp_path):
    for number, each in enumerate(TIDES.iter_slices(1)):
        ParquetDataset(str(tmp_path / f"day-{number}.parquet")).save(each)

    for path in (tmp_path, tmp_path / "day-*.parquet"):
        assert LazyPolarsDataset(str(path)).load().collect().equals(TIDES)


def test_what_is_not_there_is_told_when_it_is_loaded_and_not_when_it_is_collected(tmp_path):
    with pytest.raises(DatasetError, match="Nothing is there: save it once"):
        LazyPolarsDataset(str(tmp_path / "tides.parquet")).load()


@pytest.mark.parametrize("kind", [CSVDataset, ParquetDataset, IPCDataset])
@pytest.mark.parametrize(
    "table",
    [
        pl.DataFrame({"one": [1, 2]}),
        pl.DataFrame({f"column {number}": [number] for number in range(1000)}),
        pl.DataFrame({"Ebbe, 'Größe' \tm²": ["a,b", 'say "no"', "two\nlines"], " ": [True, False, None]}),
        pl.DataFrame({"empty": pl.Series([], dtype=pl.String), "table": pl.Series([], dtype=pl.String)}),
    ],
    ids=["one column", "1000 columns", "odd names", "empty"],
)
def test_odd_tables_come_back(kind, table, tmp_path):
    dataset = kind(str(tmp_path / "tides"))
    dataset.save(table)

    assert dataset.load().equals(table)


def test_types_come_back_from_parquet(tmp_path):
    from datetime import datetime, timezone

    table = pl.DataFrame(
        {
            "at": [datetime(2026, 3, 29, 1, 30, tzinfo=timezone.utc), None],
            "kind": pl.Series(["high", "low"], dtype=pl.Categorical),
            "nested": [{"metres": [1, 2]}, {"metres": []}],
        }
    ).with_columns(local=pl.col("at").dt.convert_time_zone("Europe/Berlin"))
    dataset = ParquetDataset(str(tmp_path / "tides.parquet"))
    dataset.save(table)

    assert dataset.load().equals(table)
    assert dataset.load().schema == table.schema


@pytest.mark.parametrize("kind", [CSVDataset, LazyPolarsDataset])
def test_a_name_that_polars_does_not_read_back_is_an_error_before_anything_is_written(kind, tmp_path):
    arguments = {} if kind is CSVDataset else {"file_format": "csv"}
    with pytest.raises(DatasetError, match="has a quote in its name"):
        kind(str(tmp_path / "tides.csv"), **arguments).save(pl.DataFrame({'say "m"': [1]}))

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", [CSVDataset, LazyPolarsDataset])
def test_lists_are_refused_by_csv_before_anything_is_written(kind, tmp_path):
    arguments = {} if kind is CSVDataset else {"file_format": "csv"}
    with pytest.raises(DatasetError, match="nested"):
        kind(str(tmp_path / "tides.csv"), **arguments).save(pl.DataFrame({"metres": [[1, 2]]}))

    assert list(tmp_path.iterdir()) == []
