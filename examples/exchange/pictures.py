"""From tables to pictures: a card for each currency, and the board that they are pinned on."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image, ImageColor, ImageDraw, ImageFont

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd

WIDTH, HEIGHT, MARGIN, LINE_HEIGHT, GAP = 300, 120, 12, 66, 8
COLUMNS = 4
SMOOTH = 3  # lines are drawn this much larger and scaled down
PAPER, INK, PALE, CORK = (252, 251, 247, 255), (35, 38, 45, 255), (140, 143, 150, 255), (196, 188, 172, 255)
UP, DOWN = (20, 125, 80, 255), (190, 45, 50, 255)


def draw_cards(
    currencies: pd.DataFrame, rates: pd.DataFrame, flags: Mapping[str, Callable[[], np.ndarray]]
) -> dict[str, Callable[[], np.ndarray]]:
    """A function for each card: it reads its flag and draws when the card is written, not before."""
    value = 1 / rates.pivot_table("per_euro", "day", "currency")
    return {
        row["currency"]: partial(
            draw_card, row, value[row["currency"]].to_numpy(), flags[row["iso"].lower()], last_day=value.index.max()
        )
        for row in currencies.to_dict("records")
    }


def draw_card(
    row: dict[str, Any], value: np.ndarray, flag: Callable[[], np.ndarray], *, last_day: pd.Timestamp
) -> np.ndarray:
    """The flag, the rate, the change, and the line of what one unit was worth in euro."""
    card = Image.new("RGBA", (WIDTH, HEIGHT), PAPER)
    picture = Image.fromarray(flag())
    left, right = MARGIN * 2 + picture.width, WIDTH - MARGIN
    card.alpha_composite(picture, (MARGIN, MARGIN))
    card.alpha_composite(_line(value, row["bold_colour"], right - left), (left, HEIGHT - MARGIN - LINE_HEIGHT))

    draw = ImageDraw.Draw(card)
    draw.text((MARGIN, 90), row["currency"], INK, ImageFont.load_default(20))
    if row["last_day"] == last_day:
        digits = max(0, 3 - math.floor(math.log10(row["per_euro"])))
        draw.text((left, 12), f"{row['per_euro']:,.{digits}f}", INK, ImageFont.load_default(18))
        colour = UP if row["change"] >= 0 else DOWN
        draw.text((right, 14), f"{row['change']:+.1%}", colour, ImageFont.load_default(14), anchor="ra")
    else:
        draw.text((left, 14), f"last on {row['last_day']:%Y-%m-%d}", PALE, ImageFont.load_default(14))
    return np.asarray(card)


def _line(value: np.ndarray, colour: str, width: int) -> Image.Image:
    """The value over all days; where there was none, the paper stays empty."""
    known = ~np.isnan(value)
    middle = np.nanmean(value)
    span = max(float(np.ptp(value[known])), 0.02 * middle)  # a currency that is pegged draws a flat line
    down = 0.5 - (value[known] - (value[known].max() + value[known].min()) / 2) / span * 0.9
    across = np.linspace(0, 1, len(value))[known]
    layer = Image.new("RGBA", (width * SMOOTH, LINE_HEIGHT * SMOOTH), (*ImageColor.getrgb(colour), 0))
    points = np.column_stack([across * layer.width, down * layer.height])
    ImageDraw.Draw(layer).line([*map(tuple, points.tolist())], colour, width=2 * SMOOTH, joint="curve")
    return layer.resize((width, LINE_HEIGHT), Image.Resampling.BOX)


def pin_board(cards: Mapping[str, Callable[[], np.ndarray]]) -> np.ndarray:
    """All cards on one picture, in the order of the alphabet."""
    rows = math.ceil(len(cards) / COLUMNS)
    board = np.full((rows * (HEIGHT + GAP) + GAP, COLUMNS * (WIDTH + GAP) + GAP, 4), CORK, np.uint8)
    for place, (_, load) in enumerate(sorted(cards.items())):
        row, column = divmod(place, COLUMNS)
        top, left = GAP + row * (HEIGHT + GAP), GAP + column * (WIDTH + GAP)
        board[top : top + HEIGHT, left : left + WIDTH] = load()
    return board
