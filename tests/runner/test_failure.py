from __future__ import annotations

import pickle

import pytest

from tidemill.catalog import DataCatalog
from tidemill.errors import DatasetError, PipelineError
from tidemill.io import LambdaDataset
from tidemill.pipeline import Pipeline, node
from tidemill.runner import SequentialRunner, ThreadRunner
from tidemill.runner.failure import failure_of, told


def users_line(_):
    return {}["wheels"]


def calls_a_library(text):
    import json

    return json.loads(text)


def failing(func, value=1, outputs="b", catalog=None):
    with pytest.raises(Exception) as caught:  # noqa: PT011 - each test says which
        SequentialRunner().run(
            Pipeline([node(func, "a", outputs, name="n")]), DataCatalog({"a": value, **(catalog or {})})
        )
    return caught.value


def test_a_line_in_a_library_is_told_as_the_users_line_that_called_it():
    error = failing(calls_a_library, "{")

    assert failure_of(error).place.text == "return json.loads(text)"
    assert failure_of(error).place.function == "calls_a_library"


def test_a_dataset_of_the_user_is_the_users_code_too():
    def save(_):
        raise OSError("full")

    error = failing(str, outputs="mine", catalog={"mine": LambdaDataset(None, save)})

    assert isinstance(error, DatasetError)
    assert failure_of(error).place.text == 'raise OSError("full")'


def test_there_may_be_no_line_of_the_user():
    error = failing(str, outputs=["b", "c"])

    assert failure_of(error).place is None
    assert told(error).splitlines()[0] == "Node 'n' failed while running."


def test_what_was_noted_travels_with_the_exception():
    error = failing(users_line)
    again = pickle.loads(pickle.dumps(error))

    assert failure_of(again) == failure_of(error)
    assert again.__notes__ == error.__notes__
    assert told(again) == told(error)


def test_the_lines_about_an_error_that_no_node_raised():
    assert told(PipelineError("The run cannot start:\n  'a' is missing.")) == (
        "PipelineError: The run cannot start:\n  'a' is missing."
    )
    assert told(KeyError()) == "KeyError"
    assert failure_of(KeyError()) is None


def test_other_failures_meanwhile_are_told_too():
    import threading

    both = threading.Barrier(2)

    def fail(value):
        both.wait(10)
        raise ValueError(value)

    nodes = [node(fail, name, None, name=f"n{name}") for name in "ab"]
    with pytest.raises(ValueError, match="[AB]") as caught:
        ThreadRunner(2).run(Pipeline(nodes), DataCatalog({"a": "A", "b": "B"}))

    other = "b" if str(caught.value) == "A" else "a"
    assert caught.value.__notes__[-1] == f"Meanwhile, node 'n{other}' failed: ValueError: {other.upper()}"
