"""The commit of a project, in the manifests of what its runs save."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from tidemill.project import Session, revision
from tidemill.runner import ParallelRunner, SequentialRunner

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


def git(folder, *arguments):
    options = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    command = [shutil.which("git"), *options, *arguments]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def project(make_project):
    root = make_project({".gitignore": "data\n.tidemill\n__pycache__\n"})
    git(root, "init", "-q")
    git(root, "add", ".")
    git(root, "commit", "-q", "-m", "First")
    return root


def test_commit_and_changes(project):
    commit = git(project, "rev-parse", "HEAD")
    assert revision.of(project / "src") == {"git": {"commit": commit, "dirty": False}}
    (project / "new.txt").write_text("unknown to git")
    assert revision.of(project) == {"git": {"commit": commit, "dirty": False}}
    (project / "conf/base/parameters.yml").write_text("a: 4\n")
    assert revision.of(project) == {"git": {"commit": commit, "dirty": True}}


def test_no_repository_no_commit(make_project, tmp_path):
    assert revision.of(make_project()) == {}
    git(tmp_path, "init", "-q")
    assert revision.of(tmp_path) == {}


@pytest.mark.parametrize("packed", [False, True])
def test_without_git_on_the_path(project, monkeypatch, packed):
    commit = git(project, "rev-parse", "HEAD")
    git(project, "worktree", "add", "-q", "../other")
    git(project, "checkout", "-q", "--detach")
    if packed:
        git(project, "pack-refs", "--all")
    monkeypatch.setenv("PATH", "")
    assert revision.of(project) == {"git": {"commit": commit}}
    assert revision.of(project.parent / "other") == {"git": {"commit": commit}}


def test_references_that_go_in_circles_name_no_commit(project, monkeypatch):
    (project / ".git/HEAD").write_text("ref: refs/heads/a\n")
    for name, other in ("ab", "ba"):
        (project / ".git/refs/heads" / name).write_text(f"ref: refs/heads/{other}\n")
    assert revision.of(project) == {}
    monkeypatch.setenv("PATH", "")
    assert revision.of(project) == {}


def test_variables_of_a_git_hook(project, tmp_path, monkeypatch):
    other = tmp_path / "elsewhere"
    other.mkdir()
    git(other, "init", "-q")
    commit = git(project, "rev-parse", "HEAD")
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    assert revision.of(project)["git"]["commit"] == commit


@pytest.mark.parametrize("runner", [SequentialRunner, lambda: ParallelRunner(max_workers=1)])
def test_manifests_of_a_run(project, runner):
    commit = git(project, "rev-parse", "HEAD")
    with Session.create(project) as session:
        session.run(runner=runner())
        dataset = session.load_context().catalog.get("doubled")
    manifest = dataset.manifest(dataset.list_versions()[0])
    assert manifest.run["git"] == {"commit": commit, "dirty": False}
    assert manifest.run["node"] == "first"
