"""What prints something about a locustfile instead of running it: --list and --show-...

Source: the forms are Locust's (`locust.user.inspectuser`).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from locust_like.cli.streams import tell
from locust_like.plan.combinations import LISTINGS
from locust_like.users.ratios import class_ratios, tree, user_counts

if TYPE_CHECKING:
    from locust_like.plan.plan import RunPlan
    from locust_like.plan.sources import Settings

_RULE = "-" * 80


def is_asked_for(settings: Settings) -> bool:
    """Tell whether an option asks for a list instead of a run."""
    return any(settings.on(name) for name in LISTINGS)


def show(plan: RunPlan) -> int:
    """Print what is asked for on stdout and return the exit code."""
    settings = plan.settings
    if settings.on("list_commands"):
        names = "".join(f"    {cls.__name__}\n" for cls in plan.available)
        return tell(f"Available Users:\n{names}")
    # Without -u the shares are those of the weights.
    users = None if settings.origin("num_users") == "default" else plan.users
    counts = user_counts(plan.user_classes, users)
    per_class = class_ratios(plan.user_classes, counts, is_total=False)
    total = class_ratios(plan.user_classes, counts, is_total=True)
    if settings.on("show_users"):
        rows = "".join(f"    {name:<40} {count:>8}\n" for name, count in counts.items())
        return tell(f"Users of each class:\n{rows}")
    if settings.on("show_task_ratio_json"):
        document = {"per_class": per_class, "total": total}
        return tell(json.dumps(document, indent=4) + "\n")
    return tell(
        f"\n Task ratio per User class\n{_RULE}\n{tree(per_class)}"
        f"\n Total task ratio\n{_RULE}\n{tree(total)}"
    )
