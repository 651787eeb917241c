from __future__ import annotations

from email import policy
from email.message import EmailMessage

import pytest

from tidemill import DatasetError
from tidemill.datasets.email import EmailMessageDataset
from tidemill.testing import VersionedDatasetTests


def message(subject, text, **attached):
    made = EmailMessage()
    made["Subject"], made["From"], made["To"] = subject, "Käpt'n <captain@tide.example>", "crew@tide.example"
    made.set_content(text)
    for name, content in attached.items():
        made.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return made


class TestEmailMessageDataset(VersionedDatasetTests):
    kind, filename = EmailMessageDataset, "tide.eml"
    sample = message("Flut", "High tide.\nFrom now on: Größe 1 m²\n", chart=bytes(range(256)))
    other = message("Ebbe", "Low tide, and a long line: " + "x" * 2000 + "\n")

    def make(self, filepath, version=None):
        return EmailMessageDataset(filepath, version=version)

    def equal(self, a, b):
        def parts(each):
            return [
                [(name, str(value)) for name, value in part.items() if name != "Content-Transfer-Encoding"]
                + ([] if part.is_multipart() else [part.get_content()])
                for part in each.walk()
            ]

        return self.without_boundary(parts(a)) == self.without_boundary(parts(b))

    @staticmethod
    def without_boundary(parts):
        return [[each for each in part if "boundary" not in str(each)] for part in parts]


def test_its_arguments_reach_the_parser_and_the_generator(tmp_path):
    dataset = EmailMessageDataset(
        str(tmp_path / "tide.eml"),
        load_args={"headersonly": True, "parser": {"policy": policy.compat32}},
        save_args={"unixfrom": True, "generator": {"mangle_from_": True}},
    )
    dataset.save(message("Flut", "From now on\n"))

    text = (tmp_path / "tide.eml").read_text()
    assert text.startswith("From nobody")
    assert "\n>From now on" in text
    loaded = dataset.load()
    assert not isinstance(loaded, EmailMessage)  # as the older policy makes them
    assert "policy" in repr(dataset)


def test_bytes_of_another_encoding_come_back(tmp_path):
    raw = b"Subject: tide\nContent-Type: text/plain; charset=latin-1\nContent-Transfer-Encoding: 8bit\n\nGr\xf6\xdfe\n"
    (tmp_path / "tide.eml").write_bytes(raw)
    dataset = EmailMessageDataset(str(tmp_path / "tide.eml"))

    loaded = dataset.load()
    assert loaded.get_content() == "Größe\n"
    dataset.save(loaded)
    assert dataset.load().get_content() == "Größe\n"


def test_an_argument_that_the_parser_does_not_know_is_named(tmp_path):
    dataset = EmailMessageDataset(str(tmp_path / "tide.eml"))
    dataset.save(message("Flut", "high\n"))

    with pytest.raises(DatasetError, match="headers_only"):
        dataset.load(headers_only=True)
