"""Costs that check themselves: layer tables, formulas with numbers put in, counters reconciled, hand calculations diagnosed.

from kit.counting import cost
cost("resnet18")            # a table, as text or as HTML in a notebook
cost(my_model, (1, 28, 28)).macs
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kit.counting.account import CostReport as CostReport
    from kit.counting.account import cost as cost

__all__ = ["CostReport", "cost"]


def __getattr__(name: str) -> Any:
    """Import torch only when somebody counts: a hand calculation is checked without it."""
    if name in __all__:
        from kit.counting import account

        return getattr(account, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
