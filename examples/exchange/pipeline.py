"""How the functions hang together: each node names what it takes and what it makes, and that decides the order."""

from __future__ import annotations

import nodes
import pictures
import report

from tidemill import Pipeline, node


def exchange() -> Pipeline:
    """Raw flags, tables and monthly rates in; tables, cards, a board and a report out."""
    return Pipeline(
        [
            # Pictures -> tables
            node(nodes.measure_flags, "flags", "flag_colours"),
            node(nodes.find_lookalikes, "flags", "lookalikes"),
            # New months -> one partition each -> the whole table -> proven, and only then confirmed
            node(nodes.split_inbox, "inbox", "months"),
            node(nodes.join_months, "months", "rates"),
            node(nodes.check_rates, ["rates", "inbox"], "check", confirms="inbox"),
            # Raw tables -> tables
            node(nodes.place_currencies, ["countries", "tenders", "check"], "zones"),
            node(nodes.describe_currencies, ["rates", "zones", "flag_colours"], "currencies"),
            # Tables -> pictures and words
            node(pictures.draw_cards, ["currencies", "rates", "flags"], "cards"),
            node(pictures.pin_board, "cards", "board"),
            node(
                report.write_report,
                ["currencies", "rates", "zones", "countries", "flag_colours", "lookalikes", "check"],
                "report",
            ),
        ]
    )
