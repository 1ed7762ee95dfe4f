"""The form with which one editor takes a part of a released course away from all readers."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.models import Withdrawal
from courses.snapshot import Json, label_of
from courses.withdrawn import Part, parts_of


class WithdrawForm(forms.Form):
    """Which part, why, and what readers see in its place."""

    part = forms.ChoiceField(label=gettext_lazy("What to take away"))
    reason = forms.ChoiceField(
        label=gettext_lazy("Why"), choices=Withdrawal.Reason.choices, initial=Withdrawal.Reason.SAFETY
    )
    instead = forms.CharField(
        label=gettext_lazy("What readers see instead"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "Plain words, for example what is right. Left empty, readers are told that the part was taken away and why."
        ),
    )

    def __init__(self, *args: Any, snapshots: Iterable[Json], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.labels = _labels(snapshots)
        groups = _grouped(self.labels)
        field = self.fields["part"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Choose …")), *groups.items()]

    def chosen(self) -> tuple[Part, str]:
        """Return the part that was chosen, and how editors know it again."""
        kind, _colon, target = self.cleaned_data["part"].partition(":")
        part = Part(kind, target)
        return part, ": ".join(self.labels[part])


def part_groups(snapshots: Iterable[Json]) -> dict[str, list[tuple[str, str]]]:
    """Return the parts of texts as choices (``kind:target`` and a label), by lesson; questions come last."""
    return _grouped(_labels(snapshots))


def _grouped(labels: dict[Part, tuple[str, str]]) -> dict[str, list[tuple[str, str]]]:
    groups: dict[str, list[tuple[str, str]]] = {}
    for part, (group, label) in labels.items():
        groups.setdefault(group, []).append((f"{part.kind}:{part.target}", label))
    return groups


def _labels(snapshots: Iterable[Json]) -> dict[Part, tuple[str, str]]:
    """Return group and label of every part, the newest text first; what only older ones have comes after it."""
    labels: dict[Part, tuple[str, str]] = {}
    for snapshot in snapshots:
        group = ""
        for part, frozen in parts_of(snapshot):
            if part.kind == "lesson":
                group = frozen["title"]
                labels.setdefault(part, (group, _("The whole lesson")))
            elif part.kind == "block":
                if frozen["type"] != "check":
                    labels.setdefault(part, (group, label_of(part.kind, frozen)))
            else:
                labels.setdefault(part, (_("Questions"), label_of(part.kind, frozen)))
    return labels
