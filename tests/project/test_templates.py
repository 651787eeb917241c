"""Templates: rendered whole or not at all, and never outside of their target."""

from __future__ import annotations

import errno
import io
import json
import os
import random
import tarfile
import zipfile
from importlib.metadata import EntryPoint
from pathlib import Path
from types import SimpleNamespace

import pytest
from tests.messages import assert_short

from tidemill.errors import TemplateError
from tidemill.project.templates import Answers, StarterSpec, Template, create, naming, opened, starters

NAMES = {"project_name": "Tide Tables"}
FOLDER = "{{ cookiecutter.repo_name }}"


def made(template, parent, given=NAMES, ask=None, directory=None, name=None):
    with opened(template, directory) as folder:
        read = Template.read(folder)
        return create(read, Answers(read, given, ask).values(), parent, name)


def files_in(folder):
    return sorted(each.relative_to(folder).as_posix() for each in Path(folder).rglob("*") if each.is_file())


@pytest.fixture
def cookie(tmp_path):
    """Write a cookiecutter layout: variables, and files under the folder that becomes the project."""

    def write(files=None, prompts=None, **variables):
        root = tmp_path / "template"
        said = {"project_name": "New", "repo_name": "new", "python_package": "new", **variables}
        (root / FOLDER).mkdir(parents=True, exist_ok=True)
        (root / "cookiecutter.json").write_text(json.dumps(said))
        if prompts is not None:
            (root / "prompts.yml").write_text(json.dumps(prompts))
        for path, content in (files or {"a.txt": "a"}).items():
            target = root / FOLDER / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content if isinstance(content, bytes) else content.encode())
        return root

    return write


@pytest.fixture
def parent(tmp_path):
    """Where projects are made; whatever fails must leave it empty."""
    folder = tmp_path / "projects"
    folder.mkdir()
    return folder


def refused(template, parent, *said, given=NAMES, **more):
    before = files_in(parent.parent)
    with pytest.raises(TemplateError) as caught:
        made(template, parent, given, **more)
    assert_short(caught.value, *said)
    assert files_in(parent.parent) == before
    assert [*parent.iterdir()] == []


class TestShipped:
    @pytest.mark.parametrize("name", ["blank", "example"])
    def test_every_file_is_rendered(self, name, parent):
        project = made(starters.find(name).template_path, parent)

        files = files_in(project)
        assert project == parent / "tide-tables"
        assert len(files) <= 15
        assert {"pyproject.toml", "README.md", ".gitignore", "conf/base/catalog.yml", "conf/local/credentials.yml"} <= {
            *files
        }
        assert "src/tide_tables/__main__.py" in files
        for each in files:
            assert "cookiecutter" not in (project / each).read_text(), each
        for each in project.rglob("*.py"):
            compile(each.read_text(), each, "exec")

    def test_both_are_there(self):
        assert [*starters.shipped()] == ["blank", "example"]


class TestCookiecutter:
    def test_names_and_contents(self, cookie, parent):
        template = cookie({"src/{{ cookiecutter.python_package }}/x.py": "name = '{{ cookiecutter.project_name }}'\n"})

        assert files_in(made(template, parent)) == ["src/tide_tables/x.py"]
        assert (parent / "tide-tables/src/tide_tables/x.py").read_text() == "name = 'Tide Tables'\n"

    def test_defaults_use_earlier_variables(self, cookie, parent):
        template = cookie({"a.txt": "{{ cookiecutter.slug }}"}, slug="{{ cookiecutter.project_name | slugify }}")

        made(template, parent)

        assert (parent / "tide-tables/a.txt").read_text() == "tide-tables"

    def test_choices_yes_no_and_mappings(self, cookie, parent):
        template = cookie(
            {"a.txt": "{{ cookiecutter.licence }} {{ cookiecutter.docs }} {{ cookiecutter.by.b }}"},
            licence=["MIT", "BSD"],
            docs=False,
            by={"b": "{{ cookiecutter.repo_name }}"},
        )

        made(template, parent, {**NAMES, "licence": "BSD", "docs": "yes"})

        assert (parent / "tide-tables/a.txt").read_text() == "BSD True tide-tables"

    @pytest.mark.parametrize(("said", "is_so"), [("Yes", True), (" on ", True), ("No", False), ("0", False)])
    def test_yes_and_no_in_many_words(self, cookie, parent, said, is_so):
        template = cookie({"a.txt": "{{ cookiecutter.docs }}"}, docs=not is_so)

        assert (made(template, parent, {**NAMES, "docs": said}) / "a.txt").read_text() == str(is_so)

    def test_neither_yes_nor_no(self, cookie, parent):
        refused(cookie(docs=True), parent, "'docs' is yes or no; not 'maybe'", given={**NAMES, "docs": "maybe"})

    def test_a_choice_there_is_not(self, cookie, parent):
        refused(cookie(licence=["MIT", "BSD"]), parent, "one of MIT, BSD", given={**NAMES, "licence": "GPL"})

    def test_a_variable_there_is_not(self, cookie, parent):
        refused(cookie(licence="MIT"), parent, "no variable 'lisence'. Did you mean", given={**NAMES, "lisence": "BSD"})

    def test_what_is_copied_as_it_is(self, cookie, parent):
        template = cookie(
            {
                "{{ cookiecutter.repo_name }}.j2": "{{ x }}",
                "raw/a.txt": "{{ y }}",
                "b.txt": "{{ cookiecutter.repo_name }}",
            },
            _copy_without_render=["*.j2", "raw"],
        )

        project = made(template, parent)

        assert files_in(project) == ["b.txt", "raw/a.txt", "{{ cookiecutter.repo_name }}.j2"]
        assert (project / "raw/a.txt").read_text() == "{{ y }}"
        assert (project / "b.txt").read_text() == "tide-tables"

    def test_bytes_stay_as_they_are(self, cookie, parent):
        picture = b"\x89PNG\r\n{{ x }}\xff\x00"
        project = made(cookie({"a.png": picture, "b.bin": b"{{ x }}\xff", "c.txt": "a\r\nb\n"}), parent)

        assert (project / "a.png").read_bytes() == picture
        assert (project / "b.bin").read_bytes() == b"{{ x }}\xff"
        assert (project / "c.txt").read_bytes() == b"a\r\nb\n"

    def test_a_file_whose_name_is_empty_is_left_out(self, cookie, parent):
        template = cookie({"{% if cookiecutter.docs == 'yes' %}d.txt{% endif %}": "", "a.txt": ""}, docs="no")

        assert files_in(made(template, parent)) == ["a.txt"]

    def test_empty_folders_and_scripts(self, cookie, parent):
        template = cookie({"run.sh": "#!/bin/sh\n"})
        (template / FOLDER / "logs").mkdir()
        (template / FOLDER / "run.sh").chmod(0o755)

        project = made(template, parent)

        assert (project / "logs").is_dir()
        assert os.access(project / "run.sh", os.X_OK)

    def test_hooks_and_extensions_are_never_executed(self, cookie, parent):
        template = cookie(_extensions=["os.system"])
        (template / "hooks").mkdir()
        (template / "hooks/post_gen_project.py").write_text("open('executed', 'w')\n")

        assert files_in(made(template, parent)) == ["a.txt"]
        assert [each.partition(",")[0] for each in Template.read(template).notes] == ["Not executed", "Not loaded"]
        assert not [*parent.parent.rglob("executed")]

    def test_what_lies_among_the_hooks_and_is_none_needs_no_note(self, cookie):
        template = cookie()
        (template / "hooks").mkdir()
        (template / "hooks/README.md").write_text("None yet.\n")

        assert Template.read(template).notes == ()

    def test_what_python_and_the_desktop_left_behind_is_not_copied(self, cookie, parent):
        template = cookie({"a.py": "", "a.pyc": b"\0", ".DS_Store": b"\0", "__pycache__/a.cpython-311.pyc": b"\0"})

        assert files_in(made(template, parent)) == ["a.py"]

    def test_kedros_own_variables(self, cookie, parent):
        template = cookie({"a": "{{ cookiecutter.kedro_version }}"}, kedro_version="{{ cookiecutter.kedro_version }}")

        assert (made(template, parent) / "a").read_text() == "1.7.0"

    def test_its_options_of_jinja(self, cookie, parent):
        template = cookie(
            {"a": "[[ cookiecutter.repo_name ]] {{ x }}"}, _jinja2_env_vars={"variable_start_string": "[["}
        )
        said = json.loads((template / "cookiecutter.json").read_text())
        said["_jinja2_env_vars"]["variable_end_string"] = "]]"
        (template / "cookiecutter.json").write_text(json.dumps(said))
        (template / FOLDER).rename(template / "{{x}}[[ cookiecutter.repo_name ]]")

        assert (made(template, parent, name="t") / "a").read_text() == "tide-tables {{ x }}"

    @pytest.mark.parametrize(
        ("name", "value", "said"),
        [
            ("_jinja2_env_vars", {"newline_sequence": "x"}, "`_jinja2_env_vars` cannot be used"),
            ("_jinja2_env_vars", {"block_start_string": "{{"}, "`_jinja2_env_vars` cannot be used"),
            ("_jinja2_env_vars", ["trim_blocks"], "`_jinja2_env_vars` a mapping"),
            ("_copy_without_render", "*.j2", "`_copy_without_render` must be a list"),
        ],
    )
    def test_what_it_says_of_itself_and_cannot_be(self, cookie, parent, name, value, said):
        refused(cookie(**{name: value}), parent, "cookiecutter.json", said)


class TestQuestions:
    PROMPTS = {
        "project_name": {"title": "Name", "text": "What?", "regex_validator": "^[A-Z]", "error_message": "A capital."},
        "licence": {"title": "Licence"},
    }

    def test_what_is_asked(self, cookie, parent):
        asked = []

        def ask(prompt, default, choices, check):
            assert check(default)
            asked.append((prompt.title, default, choices))
            return default

        made(cookie(prompts=self.PROMPTS, licence=["MIT", "BSD"], other="x"), parent, {}, ask)

        assert asked == [("Name", "New", []), ("Licence", "MIT", ["MIT", "BSD"])]

    def test_what_is_given_is_not_asked(self, cookie, parent):
        asked = []
        made(cookie(prompts=self.PROMPTS, licence="MIT"), parent, NAMES, lambda p, d, *_: asked.append(p.title) or d)

        assert asked == ["Licence"]

    def test_without_a_list_of_questions_all_is_asked(self, cookie, parent):
        asked = []
        made(cookie(licence="MIT", _hidden="x"), parent, {}, lambda p, d, *_: asked.append(p.title) or d)

        assert asked == ["project name", "repo name", "python package", "licence"]

    def test_an_answer_that_does_not_fit(self, cookie, parent):
        prompts = {"licence": {"title": "L", "regex_validator": "^[A-Z]+$", "error_message": "Capitals, please."}}
        template = cookie(prompts=prompts, licence="MIT")

        refused(template, parent, "'licence' cannot be 'mit'. Capitals, please.", given={**NAMES, "licence": "mit"})

    def test_a_question_may_be_just_a_text(self, cookie, parent):
        asked = []
        template = cookie(prompts={"licence": "Which licence?"}, licence="MIT")
        made(template, parent, NAMES, lambda p, d, *_: asked.append(p.title) or d)

        assert asked == ["Which licence?"]

    @pytest.mark.parametrize(
        ("prompts", "said"),
        [
            (["licence"], "list"),
            ({"licence": ["MIT"]}, "the prompt 'licence' must be a text, or a mapping with a `title`"),
            ({"licence": {"regex_validator": "["}}, "the `regex_validator` of 'licence' is no regular expression"),
        ],
    )
    def test_questions_that_are_wrong(self, cookie, parent, prompts, said):
        refused(cookie(prompts=prompts, licence="MIT"), parent, "prompts.yml", said)

    def test_questions_in_the_variables_that_are_wrong(self, cookie, parent):
        template = cookie(__prompts__=["licence"], licence="MIT")
        refused(template, parent, "cookiecutter.json: the prompts must be a mapping of variable -> question")


class TestPlainTemplates:
    def test_a_folder_of_files(self, tmp_path, parent):
        template = tmp_path / "mine"
        (template / "src/{{ python_package }}").mkdir(parents=True)
        (template / "src/{{ python_package }}/__init__.py").write_text('"""{{ cookiecutter.project_name }}."""\n')

        project = made(template, parent)

        assert files_in(project) == ["src/tide_tables/__init__.py"]
        assert (project / "src/tide_tables/__init__.py").read_text() == '"""Tide Tables."""\n'

    def test_nothing_there(self, tmp_path, parent):
        refused(tmp_path / "none", parent, "no template at")
        (tmp_path / "empty").mkdir()
        refused(tmp_path / "empty", parent, "is empty")

    def test_no_folder_to_make(self, tmp_path, parent):
        (tmp_path / "t").mkdir()
        (tmp_path / "t/cookiecutter.json").write_text("{}")
        refused(tmp_path / "t", parent, "folders whose name has a variable")

    @pytest.mark.parametrize("text", ["{", "[1]", '{"a": 1, "a": 2}'])
    def test_variables_that_cannot_be_read(self, tmp_path, parent, text):
        (tmp_path / "t").mkdir()
        (tmp_path / "t/cookiecutter.json").write_text(text)
        refused(tmp_path / "t", parent, "cookiecutter.json")


class TestSafety:
    @pytest.mark.parametrize("name", ["../x", "a/../../x", "/tmp/x", "a/b", "..", ".", "a\\b", "", "\n"])
    def test_the_folder_of_the_project(self, cookie, parent, name):
        root = cookie(folder=name)
        (root / FOLDER).rename(root / "{{ cookiecutter.folder }}")

        refused(root, parent, "cannot be used" if name.strip() in {"", "a/b"} else "outside of the project")

    @pytest.mark.parametrize("name", ["../x", "a/../../x", "/x", "..", ".", "a\\..\\b", "C:x", "a\0b"])
    def test_files_of_the_project(self, cookie, parent, name):
        refused(cookie({"{{ cookiecutter.file }}": "x", "b/c": "y"}, file=name), parent, "outside of the project")

    def test_a_file_that_is_written_twice(self, cookie, parent):
        template = cookie({"{{ cookiecutter.x }}.txt": "1", "{{ cookiecutter.y }}.txt": "2"}, x="a", y="a")
        refused(template, parent, "two files for 'a.txt'")

    def test_links_in_a_folder(self, cookie, parent, tmp_path):
        (tmp_path / "secret").write_text("secret")
        template = cookie()
        (template / FOLDER / "link").symlink_to(tmp_path / "secret")
        refused(template, parent, "symbolic link")

    def test_a_folder_that_is_a_link(self, cookie, parent, tmp_path):
        template = cookie()
        (template / FOLDER / "link").symlink_to(tmp_path, target_is_directory=True)
        refused(template, parent, "symbolic link")

    @pytest.mark.parametrize(
        "text",
        [
            "{{ ''.__class__.__mro__[1].__subclasses__() }}",
            "{{ cookiecutter.__class__.__init__.__globals__ }}",
            "{{ cycler.__init__.__globals__.os.system('id') }}",
            "{% set x = cookiecutter.update({'a': 1}) %}",
            "{% include '/etc/passwd' %}",
            "{% import 'os' as os %}",
        ],
    )
    def test_the_sandbox(self, cookie, parent, text):
        refused(cookie({"a.txt": text}), parent, "a.txt")

    @pytest.mark.parametrize(
        ("text", "said"),
        [("{{ a", "line 1"), ("\n{% x %}", "line 2"), ("{{ cookiecutter.no }}", "'no'"), ("{{ 1/0 }}", "Zero")],
    )
    def test_mistakes_in_a_template(self, cookie, parent, text, said):
        refused(cookie({"z.txt": text, "a.txt": "a"}), parent, "z.txt", said)


class TestTarget:
    def test_it_is_never_overwritten(self, cookie, parent):
        target = parent / "tide-tables"
        for make in (target.mkdir, lambda: target.write_text("mine"), lambda: target.symlink_to(parent / "none")):
            make()
            with pytest.raises(TemplateError, match="there already, and nothing is overwritten"):
                made(cookie(), parent)
            if target.is_dir():
                assert [*target.iterdir()] == []
                target.rmdir()
            else:
                target.unlink()

    def test_folders_above_it_are_made_and_unmade(self, cookie, parent):
        made(cookie(), parent / "a/b")
        assert (parent / "a/b/tide-tables/a.txt").is_file()
        with pytest.raises(TemplateError):
            made(cookie({"a.txt": "{{ no }}"}), parent / "c/d")
        assert [each.name for each in parent.iterdir()] == ["a"]

    def test_a_parent_that_is_a_file(self, cookie, parent):
        (parent / "file").write_text("x")
        with pytest.raises(TemplateError, match="cannot be made"):
            made(cookie(), parent / "file")

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
    def test_a_parent_that_may_not_be_written(self, cookie, parent):
        parent.chmod(0o500)
        with pytest.raises(TemplateError, match="Nothing was changed"):
            made(cookie(), parent)

    def test_a_file_that_the_disk_refuses(self, cookie, parent):
        refused(
            cookie({"{{ cookiecutter.long }}": "x"}, long="x" * 300), parent, "cannot be made", "Nothing was changed"
        )

    def test_a_folder_in_which_nothing_can_be_made(self, cookie, parent, monkeypatch):
        def denied(path, *_):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)

        template = cookie()
        monkeypatch.setattr(os, "mkdir", denied)  # root, as whom tests may run, may write everywhere
        refused(template, parent, "tide-tables cannot be made: Permission denied. Nothing was changed.")

    def test_an_interruption_leaves_nothing(self, cookie, parent, monkeypatch):
        def interrupted(*_):
            raise KeyboardInterrupt

        monkeypatch.setattr(os, "rename", interrupted)
        with pytest.raises(KeyboardInterrupt):
            made(cookie(), parent)
        assert [*parent.iterdir()] == []


def zipped(path, members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def tarred(path, members, mode="w:gz"):
    with tarfile.open(path, mode) as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name) if isinstance(name, str) else name
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content.encode()))
    return path


class TestArchives:
    GOOD = {"cookiecutter.json": json.dumps({"repo_name": "new"}), f"{FOLDER}/a.txt": "a"}

    @pytest.mark.parametrize("ending", ["zip", "tar", "tar.gz", "tar.xz"])
    @pytest.mark.parametrize("inside", ["", "repo-main/"])
    def test_they_are_as_good_as_a_folder(self, tmp_path, parent, ending, inside):
        members = {f"{inside}{name}": content for name, content in self.GOOD.items()}
        path = tmp_path / f"t.{ending}"
        archive = zipped(path, members) if ending == "zip" else tarred(path, members, f"w:{ending[4:]}")

        assert files_in(made(archive, parent)) == ["a.txt"]

    def test_a_folder_inside(self, tmp_path, parent):
        archive = zipped(tmp_path / "t.zip", {f"repo/deep/er/{name}": text for name, text in self.GOOD.items()})

        assert files_in(made(archive, parent, directory="deep/er")) == ["a.txt"]
        with pytest.raises(TemplateError, match="no folder 'dep'. Its folders: deep"):
            made(archive, parent, directory="dep")
        with pytest.raises(TemplateError, match="no folder"):
            made(archive, parent, directory="../..")

    @pytest.mark.parametrize("name", ["../evil", "a/../../evil", "/evil", "a\\..\\evil", "C:/evil"])
    def test_members_that_leave_the_folder(self, tmp_path, parent, name):
        refused(zipped(tmp_path / "t.zip", {**self.GOOD, name: "x"}), parent, "was not unpacked", "would leave")
        refused(tarred(tmp_path / "t.tgz", {**self.GOOD, name: "x"}), parent, "was not unpacked", "would leave")

    @pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])
    def test_what_is_no_file_in_a_tar(self, tmp_path, parent, kind):
        special = tarfile.TarInfo("special")
        special.type, special.linkname = kind, "/etc/passwd"

        refused(tarred(tmp_path / "t.tgz", {**self.GOOD, special: ""}), parent, "was not unpacked", "'special'")

    def test_links_in_a_zip(self, tmp_path, parent):
        link = zipfile.ZipInfo("link")
        link.external_attr = 0o120777 << 16
        with zipfile.ZipFile(tmp_path / "t.zip", "w") as archive:
            archive.writestr(link, "/etc/passwd")

        refused(tmp_path / "t.zip", parent, "symbolic link")

    def test_folders_and_scripts_in_it(self, tmp_path, parent):
        script, folder = f"{FOLDER}/run.sh", f"{FOLDER}/logs/"
        zip_script = zipfile.ZipInfo(script)
        zip_script.external_attr = 0o755 << 16
        tar_script, tar_folder = tarfile.TarInfo(script), tarfile.TarInfo(folder)
        tar_script.mode, tar_folder.type = 0o755, tarfile.DIRTYPE
        of_zip = zipped(tmp_path / "t.zip", {**self.GOOD, zip_script: "#!/bin/sh\n", folder: ""})
        of_tar = tarred(tmp_path / "t.tgz", {**self.GOOD, tar_script: "#!/bin/sh\n", tar_folder: ""})

        for archive in (of_zip, of_tar):
            project = made(archive, parent, name=archive.suffix[1:])
            assert (project / "logs").is_dir()
            assert os.access(project / "run.sh", os.X_OK)
            assert not os.access(project / "a.txt", os.X_OK)

    def test_one_that_is_enormous(self, tmp_path, parent):
        bomb = tarfile.TarInfo("bomb")
        bomb.size = 10**9
        with tarfile.open(tmp_path / "t.tar", "w") as archive:
            archive.fileobj.write(bomb.tobuf())
            archive.fileobj.truncate(bomb.size + 2048)  # a hole: it takes no room on disk
        with zipfile.ZipFile(tmp_path / "t.zip", "w") as archive:
            archive.writestr("bomb", "x")
            archive.filelist[0].file_size = 10**9  # as the archive's table of contents says

        for archive in (tmp_path / "t.tar", tmp_path / "t.zip"):
            refused(archive, parent, "holds 1 files of 1,000,000,000 bytes: too much for a template", "give the folder")

    def test_one_that_says_it_is_enormous_and_is_not(self, tmp_path, parent):
        bomb = tarfile.TarInfo("bomb")
        bomb.size = 10**12
        with tarfile.open(tmp_path / "t.tar", "w") as archive:
            archive.fileobj.write(bomb.tobuf())

        refused(tmp_path / "t.tar", parent, "t.tar cannot be unpacked")

    @pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04 torn"])
    def test_what_is_no_archive(self, tmp_path, parent, content):
        (tmp_path / "t.zip").write_bytes(content)
        refused(tmp_path / "t.zip", parent, "t.zip")

    @pytest.mark.parametrize("ending", ["zip", "tar.gz", "tar.xz"])
    def test_a_damaged_one(self, tmp_path, parent, ending):
        members = {**self.GOOD, "more": random.Random(0).randbytes(50_000).hex()}  # noqa: S311 - no secret
        path = tmp_path / f"t.{ending}"
        archive = zipped(path, members) if ending == "zip" else tarred(path, members, f"w:{ending[4:]}")
        content = bytearray(archive.read_bytes())
        content[20_000:20_020] = bytes(20)
        archive.write_bytes(content)

        refused(archive, parent, f"t.{ending}")

    def test_a_torn_one(self, tmp_path, parent):
        archive = tarred(tmp_path / "t.tgz", {**self.GOOD, "more": os.urandom(50_000).hex()})
        archive.write_bytes(archive.read_bytes()[:30_000])
        refused(archive, parent, "t.tgz")


class TestStarters:
    def test_what_would_be_fetched(self):
        for url in ("https://host/x.git", "git@host:x.git", "git+https://host/x", "gh:me/x", "ssh://host/x"):
            with pytest.raises(TemplateError, match="no command of Tidemill uses the network") as caught:
                starters.find(url)
            assert_short(caught.value, "git clone")

    def test_one_there_is_not(self):
        with pytest.raises(TemplateError, match="no starter 'exmple'. Did you mean 'example'"):
            starters.find("exmple")

    def test_those_of_packages(self, monkeypatch, tmp_path):
        (tmp_path / "brought.py").write_text(
            "from types import SimpleNamespace as S\nspecs = [S(alias='theirs', template_path='/t', directory='d')]\n"
            "one = S(alias='far', template_path='https://host/x.git')\nwrong = [1]\n"
        )
        monkeypatch.syspath_prepend(tmp_path)

        def announce(*values):
            points = [EntryPoint("x", value, "kedro.starters") for value in values]
            monkeypatch.setattr(
                "importlib.metadata.entry_points", lambda group: points if group == "kedro.starters" else []
            )

        announce("brought:specs", "brought:one")
        assert starters.find("theirs") == StarterSpec("theirs", "/t", "d", "brought:specs")
        assert starters.find("theirs", "e").directory == "e"
        with pytest.raises(TemplateError, match="git clone https://host/x.git"):
            starters.find("far")
        announce("brought:wrong")
        with pytest.raises(TemplateError, match="no list of StarterSpec"):
            starters.find("theirs")
        announce("none:specs")
        with pytest.raises(TemplateError, match="cannot be loaded"):
            starters.find("theirs")

    def test_a_path_is_one(self, tmp_path):
        assert starters.find(str(tmp_path), "d") == StarterSpec(str(tmp_path), str(tmp_path), "d")


class TestNames:
    @pytest.mark.parametrize(
        ("project", "folder", "package"),
        [
            ("Tide Tables", "tide-tables", "tide_tables"),
            ("Öl & Größe", None, "ol_grosse"),
            ("2022 rates", "2022-rates", "project_2022_rates"),
            ("a.b", "a.b", "a_b"),
            ("潮汐", "潮汐", "project"),
        ],
    )
    def test_what_follows_from_the_projects(self, project, folder, package):
        assert naming.package_name(project) == package
        assert naming.check_package_name(naming.package_name(project)) == package
        if folder:
            assert naming.check_folder_name(naming.folder_name(project)) == folder

    @pytest.mark.parametrize("name", ["", " ", "-x", "a/b", "a\nb", "../x", "x" * 101, "a:b", ".x"])
    def test_projects_that_cannot_be(self, name):
        with pytest.raises(TemplateError) as caught:
            naming.check_project_name(name)
        assert_short(caught.value, "cannot be used", "such as")

    @pytest.mark.parametrize(
        ("name", "said"),
        [
            ("2x", "such as 'project_2x'"),
            ("a-b", "such as 'a_b'"),
            ("a b", "such as 'a_b'"),
            ("class", "a word of Python's"),
            ("json", "would hide a module"),
            ("pandas", "is taken"),
            ("tidemill", "is taken"),
            ("ä", "cannot be used"),
        ],
    )
    def test_packages_that_cannot_be(self, name, said):
        with pytest.raises(TemplateError) as caught:
            naming.check_package_name(name)
        assert_short(caught.value, said)

    @pytest.mark.parametrize("name", ["2x", "a-b", "a.b", "import", "", "_x"])
    def test_pipelines_that_cannot_be(self, name):
        with pytest.raises(TemplateError):
            naming.check_pipeline_name(name)


def test_a_starter_of_kedros_kind_may_be_any_object(tmp_path, monkeypatch):
    spec = SimpleNamespace(alias="a", template_path="t", directory=None, origin="x")
    point = SimpleNamespace(load=lambda: spec, dist=SimpleNamespace(name="pack"), value="v")
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: [point])
    assert starters.installed() == {"a": StarterSpec("a", "t", None, "pack")}
