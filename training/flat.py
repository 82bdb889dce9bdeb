"""A tree as LightGBM dumps it becomes a flat one, as ``archiver.extract.judge`` reads it."""

from __future__ import annotations

from typing import Any


def flat_tree(root: dict[str, Any]) -> dict[str, list[Any]]:
    """The nodes below ``root``, each before its children; values in whole thousandths."""
    tree: dict[str, list[Any]] = {key: [] for key in ("feature", "limit", "left", "right", "value")}

    def add(node: dict[str, Any]) -> int:
        number = len(tree["feature"])
        is_leaf = "split_feature" not in node
        value = node["leaf_value"] if is_leaf else node["internal_value"]
        tree["feature"].append(-1 if is_leaf else node["split_feature"])
        tree["limit"].append(0 if is_leaf else float(f"{node['threshold']:.6g}"))
        tree["left"].append(0)
        tree["right"].append(0)
        tree["value"].append(round(value * 1000))
        if not is_leaf:
            tree["left"][number] = add(node["left_child"])
            tree["right"][number] = add(node["right_child"])
        return number

    add(root)
    return tree
