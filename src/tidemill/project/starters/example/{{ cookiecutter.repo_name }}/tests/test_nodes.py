"""The functions of the pipeline, without any file."""

from {{ cookiecutter.python_package }}.nodes import compare, read_months, write_report

FILE = "Date,USD,HRK\n2023-01-03,1.0545,N/A\n2023-01-02,1.0683,N/A\n"


def test_a_month_is_sorted_and_has_numbers_only():
    month = read_months({"2023-01": FILE})["2023-01"]

    assert month == [{"date": "2023-01-02", "rates": {"USD": 1.0683}}, {"date": "2023-01-03", "rates": {"USD": 1.0545}}]


def test_changes_are_reported():
    months = {"2023-01": lambda: read_months({"2023-01": FILE})["2023-01"]}

    changes = compare(months, ["USD", "HRK"])

    assert changes["USD"]["change"] == -1.29
    assert "| USD | 1.0683 (2023-01-02) | 1.0545 (2023-01-03) | -1.29 % |" in write_report(changes)
