"""How a test learns: the right answer to any frozen question."""

from typing import Any


def right_response(question: dict[str, Any]) -> Any:
    """Return a response that scores full marks."""
    match question["type"]:
        case "single":
            return next(it["id"] for it in question["options"] if it["correct"])
        case "multiple":
            return [it["id"] for it in question["options"] if it["correct"]]
        case "true_false":
            return question["answer"]
        case "ordering":
            return [it["id"] for it in question["items"]]
        case "matching":
            return {it["left_id"] if "left_id" in it else it["id"]: it["right_id"] for it in question["pairs"]}
        case "scenario":
            return _best_path(question)
    raise ValueError(question["type"])


def _best_path(question: dict[str, Any]) -> list[str]:
    nodes = {it["id"]: it for it in question["nodes"]}

    def best(node: str) -> tuple[float, list[str]]:
        found = (0.0, [])
        for choice in nodes[node]["choices"]:
            credit, path = best(choice["next"])
            total = float(choice["credit"]) + credit
            if total > found[0] or not found[1]:
                found = (total, [choice["id"], *path])
        return found

    return best(question["start"])[1]
