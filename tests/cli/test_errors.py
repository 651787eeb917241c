from __future__ import annotations

import os
import stat

import pytest


def broken(shop, text):
    (shop / "src/shop/pipeline_registry.py").write_text(text)


def test_an_error_in_the_users_code_with_the_users_line(tidemill, shop):
    broken(shop, "def register_pipelines():\n    return {}['x']\n")

    said = tidemill("registry", "list")

    assert said.code == 1
    assert "return {}['x']" in said.err
    assert "  src/shop/pipeline_registry.py:2 in register_pipelines" in said.err
    assert said.err.splitlines()[-1] == "The whole traceback: .tidemill/last_error.txt"


def test_an_option_in_the_place_of_a_command(tidemill, shop):
    said = tidemill("--", "--versoin")

    assert said.code == 2
    assert "There is no option '--versoin'. Did you mean '--version'" in said.err


def test_a_syntax_error_with_its_place(tidemill, shop):
    broken(shop, "def register_pipelines(:\n    return {}\n")

    said = tidemill("registry", "list")

    assert said.code == 1
    assert "SyntaxError" in said.err
    assert "pipeline_registry.py:1" in said.err or "pipeline_registry.py, line 1" in said.err


def test_a_module_that_is_missing_with_what_to_install(tidemill, shop):
    broken(shop, "import no_such_library.part\n")

    said = tidemill("registry", "list")

    assert said.code == 1
    assert "no_such_library" in said.err
    assert len(said.err.splitlines()) <= 6


def test_what_may_not_be_written_with_the_way_out(tidemill, shop):
    broken(shop, "raise PermissionError(13, 'Permission denied', '/elsewhere/file')\n")

    said = tidemill("registry", "list")

    assert "Permission denied: '/elsewhere/file'" in said.err
    assert "This user may not do that there: change the permissions, or name another place." in said.err


def test_an_error_that_cannot_be_shown_is_told_by_its_name_and_place(tidemill, shop):
    broken(shop, "class OddError(Exception):\n    def __str__(self):\n        return None\nraise OddError\n")

    said = tidemill("registry", "list")

    assert said.code == 1
    assert "OddError that cannot be shown: TypeError" in said.err
    assert "src/shop/pipeline_registry.py:4" in said.err


def test_the_traceback_is_for_the_user_alone(tidemill, shop):
    broken(shop, "1 / 0\n")

    tidemill("registry", "list")

    mode = stat.S_IMODE((shop / ".tidemill/last_error.txt").stat().st_mode)
    assert mode == 0o600


def test_outside_of_a_project_it_is_kept_in_the_users_cache(tidemill, tmp_path, monkeypatch):
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")

    said = tidemill("registry", "list")

    assert said.err.splitlines()[-1] == f"The whole traceback: {tmp_path}/cache/tidemill/last_error.txt"
    assert "ProjectNotFoundError" in (tmp_path / "cache/tidemill/last_error.txt").read_text()
    assert os.listdir(tmp_path / "empty") == []


def test_where_the_user_has_no_home_an_option_shows_it(tidemill, tmp_path, monkeypatch):
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    for variable in ("HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(os, "getuid", lambda: 4_000_000)  # as a container may be told to run

    said = tidemill("registry", "list")

    assert said.code == 1
    assert said.err.splitlines()[-1] == "The whole traceback: the same command with --traceback."


def test_in_a_folder_that_was_removed_it_is_told_all_the_same(tidemill, tmp_path, monkeypatch):
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()

    said = tidemill("registry", "list")

    assert said.code == 1
    assert said.err.startswith("Error: FileNotFoundError")
    assert said.err.splitlines()[-1].startswith("The whole traceback: ")


@pytest.mark.skipif(os.getuid() == 0, reason="root may write everywhere")
def test_where_nothing_can_be_written_an_option_shows_it(tidemill, shop, monkeypatch):
    broken(shop, "1 / 0\n")
    monkeypatch.setenv("XDG_CACHE_HOME", "/proc/none")
    shop.chmod(0o500)

    said = tidemill("registry", "list")

    assert said.err.splitlines()[-1] == "The whole traceback: the same command with --traceback."


def test_output_that_nobody_reads_is_no_error(shop):
    import subprocess
    import sys

    command = f"{sys.executable} -m tidemill registry list | true"
    done = subprocess.run(["bash", "-c", command], cwd=shop, capture_output=True, text=True, check=False)  # noqa: S607

    assert done.stderr == ""


def test_warnings_are_lines_with_the_users_place(process, shop):
    registry = shop / "src/shop/pipeline_registry.py"
    registry.write_text(registry.read_text() + "\nimport warnings\nwarnings.warn('old wheels')\n")

    done = process("registry", "list", env={**os.environ, "PYTHONWARNINGS": "default"})

    assert done.stderr.startswith("Warning: old wheels (src/shop/pipeline_registry.py:")
