"""Runs the project: `python -m {{ cookiecutter.python_package }}`, with the options of `tidemill run`."""

from pathlib import Path

from tidemill.cli import run_package


def main() -> None:
    """Run a pipeline of this package."""
    run_package(Path(__file__).parent.name)


if __name__ == "__main__":
    main()
