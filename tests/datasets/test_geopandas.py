"""Maps, in the suite of every dataset, and what they have of their own."""

from __future__ import annotations

import geopandas as gpd
import pytest
import shapely

from tidemill import DataCatalog, DatasetError
from tidemill.datasets.geopandas import GenericDataset, GeoJSONDataSet, GeoJSONDataset
from tidemill.errors import DatasetConfigError
from tidemill.testing import VersionedDatasetTests

PORTS = gpd.GeoDataFrame(
    {"port": ["Århus", "Esbjerg"], "berths": [3, 5]},
    geometry=[shapely.Point(10.2, 56.15), shapely.Point(8.45, 55.47)],
    crs=4326,
)


class MapTests(VersionedDatasetTests):
    sample, other = PORTS, PORTS.tail(1).reset_index(drop=True)
    arguments = {}

    def make(self, filepath, version=None):
        return self.kind(filepath, version=version, **self.arguments)

    def equal(self, a, b):
        a = a.astype({"berths": "int64"})  # GeoJSON has numbers, and GDAL takes the smallest type that holds them
        same = a.drop(columns="geometry").equals(b.drop(columns="geometry"))
        return a.crs == b.crs and same and bool(a.geometry.geom_equals_exact(b.geometry, 1e-9).all())


class TestGeoJSONDataset(MapTests):
    kind, filename = GeoJSONDataset, "ports.geojson"


class TestGenericDatasetAsGeoPackage(MapTests):
    kind, filename = GenericDataset, "ports.gpkg"


class TestGenericDatasetAsGeoParquet(MapTests):
    kind, filename = GenericDataset, "ports.parquet"
    arguments = {"file_format": "parquet"}


class TestGenericDatasetAsFeather(MapTests):
    kind, filename = GenericDataset, "ports.feather"
    arguments = {"file_format": "feather"}


@pytest.mark.parametrize("name", ["ports.json", "ports.geojson", "ports.gpkg"])
def test_the_driver_is_that_of_the_name(tmp_path, name):
    for place in (str(tmp_path), "memory://maps"):
        dataset = GenericDataset(f"{place}/{name}")
        dataset.save(PORTS)

        assert dataset.load()["berths"].tolist() == [3, 5]
        assert dataset.load().crs == PORTS.crs


def test_a_load_selects(tmp_path):
    catalog = DataCatalog.from_config(
        {
            "ports": {"type": "geopandas.GeoJSONDataset", "filepath": f"{tmp_path}/a.geojson"},
            "parquet": {
                "type": "geopandas.GenericDataset", "filepath": f"{tmp_path}/a.parquet", "file_format": "parquet"
            },
        }
    )  # fmt: skip
    catalog.save("ports", PORTS)
    catalog.save("parquet", PORTS)

    assert catalog.load("ports", bbox=(8, 55, 9, 56))["port"].tolist() == ["Esbjerg"]
    assert [*catalog.load("ports", columns=["port"]).columns] == ["port", "geometry"]
    assert [*catalog.load("parquet", columns=["port", "geometry"]).columns] == ["port", "geometry"]


def test_layers_are_added_to_a_geopackage(tmp_path):
    path = tmp_path / "a.gpkg"
    GenericDataset(path, save_args={"layer": "ports"}).save(PORTS)
    GenericDataset(path, save_args={"layer": "more", "mode": "a"}).save(PORTS.head(1))

    assert len(GenericDataset(path).load(layer="ports")) == 2
    assert len(GenericDataset(path).load(layer="more")) == 1


@pytest.mark.parametrize("name", ["ports.shp", "ports.shp.zip"])
def test_a_shapefile_is_read_and_not_written(tmp_path, name):
    PORTS.to_file(tmp_path / name, driver="ESRI Shapefile")
    before = {each.name: each.read_bytes() for each in tmp_path.iterdir()}

    assert GenericDataset(tmp_path / name).load()["berths"].tolist() == [3, 5]
    with pytest.raises(DatasetError, match="GeoPackage"):
        GenericDataset(tmp_path / name).save(PORTS)
    assert {each.name: each.read_bytes() for each in tmp_path.iterdir()} == before


def test_what_no_map_can_be_is_told(tmp_path):
    with pytest.raises(DatasetConfigError, match="Did you mean 'parquet'"):
        GenericDataset(tmp_path / "a", "parkuet")
    with pytest.raises(DatasetError, match="driver"):
        GenericDataset(tmp_path / "ports.tides").save(PORTS)
    assert [*tmp_path.iterdir()] == []


def test_the_older_spelling_is_the_same_class():
    assert GeoJSONDataSet is GeoJSONDataset
