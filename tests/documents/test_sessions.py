"""The sessions of the document about custom datasets, typed into `tidemill ipython` in a terminal."""

from __future__ import annotations

import subprocess

import pytest
from tests.documents.document import block, session
from tests.documents.project import RAW
from tests.documents.terminal import Terminal

AS_BYTES = ('mode="r")', 'mode="rb")')
PYPROJECT = """\
[tool.{tool}]
package_name = "kedro_pokemon"
project_name = "kedro-pokemon"
{tool}_init_version = "0.18.14"
"""
REGISTRY = """\
from {root}.pipeline import Pipeline


def register_pipelines():
    return {{"__default__": Pipeline([])}}
"""


@pytest.fixture
def start(project, dialect, tmp_path):
    """Start a session in the document's project, with a dataset class and a catalog of its blocks."""
    tool = "kedro" if dialect._verbatim else "tidemill"
    (tmp_path / "pyproject.toml").write_text(PYPROJECT.format(tool=tool))
    (tmp_path / "src/kedro_pokemon/pipeline_registry.py").write_text(REGISTRY.format(root=tool))
    (tmp_path / "src/kedro_pokemon/settings.py").touch()
    for name in ("base", "local"):
        (tmp_path / "conf" / name).mkdir(parents=True)
    terminals = []

    def start(dataset, *definitions):
        home = tmp_path / "src/kedro_pokemon/extras/datasets/image_dataset.py"
        home.write_text(dialect.text(dataset, AS_BYTES))
        (tmp_path / "conf/base/catalog.yml").write_text("\n".join(dialect.text(each) for each in definitions))
        terminals.append(Terminal(tmp_path, tmp_path / "home"))
        assert "kedro-pokemon: catalog, context, session and pipelines are here." in terminals[-1].greeting
        return terminals[-1]

    yield start
    for each in terminals:
        assert each.close() == 0


def test_load_show_save_and_all_of_the_pictures(project, start):
    project.draw(721)
    before = (project.raw / "pikachu.png").stat().st_mtime_ns
    terminal = start("000_10_complete.py", "000_05_pikachu.yml", "000_11_pokemon.yml")

    terminal.replay(session(block("000_06_load_session.txt")))
    assert terminal.type("image.shape").endswith("(3, 2, 4)")
    terminal.replay(session(block("000_08_save_session.txt")))
    assert (project.raw / "pikachu.png").stat().st_mtime_ns > before
    terminal.replay(session(block("000_12_pokemon_session.txt")))
    terminal.replay([(line, None) for line in block("000_22_serialisable.py").splitlines() if line and line[0] != "#"])


@pytest.mark.parametrize("magic", ["%reload_kedro", "%reload_tidemill"])
def test_versions_in_a_session(project, start, magic):
    project.draw()
    commands = "\n".join(line.removeprefix("$ ") for line in block("000_19_first_version.txt").splitlines())
    subprocess.run(["sh", "-euc", commands], check=True, cwd=project.root, timeout=60)  # noqa: S607
    terminal = start("000_15_versioned.py", "000_17_pikachu_versioned.yml")

    terminal.replay(session(block("000_21_versioned_session.txt")))
    folder = project.root / RAW / "pikachu.png"
    assert len([each for each in folder.iterdir() if each.name[0] != "."]) == 2

    again = terminal.type("context.catalog.save('pikachu', data=img)")
    assert "VersionAlreadyExistsError" in again
    assert len(again.splitlines()) <= 4
    assert "Traceback (most recent call last)" in terminal.type("%tb")

    assert "are here" in terminal.type(magic)
    terminal.replay([("context.catalog.save('pikachu', data=img[:1])", None)])
    assert terminal.type("context.catalog.load('pikachu').shape").endswith("(1, 2, 4)")
    assert len([each for each in folder.iterdir() if each.name[0] != "."]) == 3


def test_reload_reads_code_and_configuration_anew(project, start, dialect):
    project.draw()
    terminal = start("000_10_complete.py", "000_05_pikachu.yml")
    assert terminal.type("context.catalog.load('pikachu').shape").endswith("(3, 2, 4)")
    code = project.root / "src/kedro_pokemon/extras/datasets/image_dataset.py"
    code.write_text(code.read_text().replace('convert("RGBA")', 'convert("L")'))
    catalog = project.root / "conf/local/catalog.yml"
    catalog.write_text("more: {type: MemoryDataset, data: '${runtime_params:n,0}'}")

    assert terminal.type("context.catalog.load('pikachu').shape").endswith("(3, 2, 4)")
    terminal.type("%reload_kedro --params n=5,model.depth=3")
    assert terminal.type("context.catalog.load('pikachu').shape").endswith("(3, 2)")
    assert terminal.type("catalog.load('more'), context.params['model']").endswith("(5, {'depth': 3})")
    catalog.write_text("more: [")
    broken = terminal.type("%reload_kedro")
    assert "conf/local/catalog.yml, line " in broken
    assert len(broken.splitlines()) <= 4
    assert terminal.type("catalog.load('more')").endswith("5")  # what was there stays
