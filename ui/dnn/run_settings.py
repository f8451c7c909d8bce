"""A run's settings as a visitor reads them, and as the page's controls have them."""

from collections.abc import Mapping
from typing import Any, Final

from core.runs.book import Plain
from ui.dnn.settings import MAX_HIDDEN, MAX_NEURONS, control_names, data_names, usual_samples
from ui.labels import option_labels
from ui.text import _

# Plain settings that are a field of the page under another name; those of the network's shape are put together below.
FIELDS: Final[Mapping[str, str]] = {
    "data.name": "data",
    "data.train_share": "share",
    "data.seed": "data_seed",
    "net.initialisation": "init",
    "net.batch_norm": "norm",
    "train.batch_size": "batch",
    "train.reshuffle": "shuffle",
    **{f"data.{field}": field for field in ("samples", "noise")},
    **{f"net.{field}": field for field in ("activation", "seed", "dropout")},
    **{
        f"train.{field}": field
        for field in ("loss", "optimiser", "lr", "momentum", "schedule", "epochs", "patience", "l1", "l2", "engine")
    },
}


def controls_of(settings: Mapping[str, Plain]) -> dict[str, Any]:
    """Return the page's fields that describe a run's settings; a visitor's own files are not among them.

    Args:
        settings: of core.runs.book.
    """
    found: dict[str, Any] = {field: settings[name] for name, field in FIELDS.items() if name in settings}
    if found.get("samples") == usual_samples(str(found.get("data"))):
        found["samples"] = 0
    inner = tuple(int(width) for width in str(settings.get("net.widths", "")).split("-")[1:-1])
    if not inner:
        found["layers"] = 0
    elif len(set(inner)) == 1 and len(inner) <= MAX_HIDDEN and inner[0] <= MAX_NEURONS:
        found |= {"layers": len(inner), "width": inner[0]}
    else:
        found["widths"] = "-".join(map(str, inner))
    found["activations"] = str(settings.get("net.activations", "")).replace(",", "-")
    features = str(settings.get("data.features", ""))
    if features:
        found["features"] = tuple(features.split(","))
    return found


def setting_name(name: str) -> str:
    """Return what a setting is called on the screen; its own name when it has none there."""
    return {
        **{setting: control_names()[field] for setting, field in FIELDS.items()},
        "net.widths": _("Network"),
        "net.activations": _("Activations one by one"),
        "net.seed": _("Seed of the first weights"),
        "train.seed": _("Seed of the batches"),
        "train.evaluations": _("Looks at the test set"),
        "data.features": _("Input features"),
        "data.table": _("Your own table"),
        "start": _("First weights from a file"),
    }.get(name, name)


def setting_value(name: str, value: Plain | None) -> str:
    """Return what a setting's value is called on the screen."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name == "data.name":
        return data_names().get(str(value), str(value))
    if name == "train.batch_size" and value == 0:
        return _("all samples")
    if isinstance(value, float):
        return f"{value:.6g}"
    if value in (None, ""):
        return "–"
    return option_labels().get(str(value), str(value))
