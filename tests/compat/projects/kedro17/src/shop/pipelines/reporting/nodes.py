"""Tell what was found."""

from __future__ import annotations

from typing import Any


def total(retail: Any, wholesale: Any) -> dict[str, float]:
    return {"retail": round(float(retail.price.sum()), 6), "wholesale": round(float(wholesale.price.sum()), 6)}


def report(totals: dict[str, float], one: dict, other: dict, kept: dict, rules: dict, minimum: float) -> dict[str, Any]:
    return {"totals": totals, "models": [one, other], "kept": kept, "rules": rules, "minimum": minimum}


def write_letter(report: dict[str, Any], greeting: str) -> str:
    return f"{greeting}: {sorted(report)}"


def read_letter(letter: str) -> tuple[str, int]:
    return letter.upper(), len(letter)
