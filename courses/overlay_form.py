"""The form in which editors write a local part: where it stands, for whom it is, and what it says in one language."""

from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from wagtail.blocks.base import BlockField

from cms.languages import language_name
from cms.models import Region
from cms.places import place_name
from courses.blocks import OverlayBody
from courses.models import Overlay
from courses.selectors import organisations_for, places
from courses.snapshot import Json, label_of
from people.models import User


class OverlayForm(forms.ModelForm):
    """A local part and its text in the language of the page."""

    spot = forms.ChoiceField(label=pgettext_lazy("of a local part", "Where in the course"))
    place = forms.ChoiceField(label=gettext_lazy("Place"), required=False)
    body = BlockField(OverlayBody(required=False), label=gettext_lazy("Text"), required=False)

    class Meta:
        model = Overlay
        fields = ("title", "spot", "act", "place", "sector", "organisation", "owner", "review_by")
        widgets = {
            "act": forms.RadioSelect,
            "review_by": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        }
        help_texts = {
            "organisation": gettext_lazy(
                "Only people of this organisation see it. It may add to help lines, law and rights, never hide them."
            ),
        }

    field_order = ("title", "spot", "act", "body", "place", "sector", "organisation", "owner", "review_by")

    def __init__(self, *args: Any, source: Json | None, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.labels = _spots(source)
        groups: dict[str, list[tuple[str, str]]] = {}
        for spot, (group, label) in self.labels.items():
            groups.setdefault(group, []).append((spot, label))
        fields: dict[str, Any] = dict(self.fields)
        fields["spot"].choices = [("", _("Choose …")), *groups.items()]
        fields["place"].choices = [("", _("Everywhere")), *_place_choices()]
        fields["organisation"].queryset = organisations_for(user)
        # Editors never learn who else has a login here.
        editing = Q(groups__permissions__codename="change_overlay") | Q(is_superuser=True)
        owners = User.objects.filter(editing, is_active=True).distinct()
        fields["owner"].queryset = owners.order_by("name", "pk")
        # The rule says in words what is missing, for a file and for a form alike.
        for name in ("owner", "review_by", "spot"):
            fields[name].required = False
        if self.instance.pk:
            fields["spot"].initial = f"{self.instance.lesson}:{self.instance.anchor}"

    def _post_clean(self) -> None:
        """Leave the row alone: the service writes it."""

    def chosen(self) -> tuple[str, str, str]:
        """Return the code of the lesson, the id of the block and how editors know the spot again."""
        spot = self.cleaned_data.get("spot", "")
        lesson, _colon, anchor = spot.partition(":")
        return lesson, anchor, ": ".join(self.labels.get(spot, ()))


def _spots(source: Json | None) -> dict[str, tuple[str, str]]:
    """Return title of the lesson and label of every spot at which something may stand, by lesson and block."""
    spots = {}
    for lesson in source["lessons"] if source else ():
        for block in lesson["body"]:
            label = block["type"] if block["type"] == "check" else label_of("block", block) or block["type"]
            spots[f"{lesson['code']}:{block['id']}"] = (lesson["title"], label)
        spots[f"{lesson['code']}:"] = (lesson["title"], _("The end of the lesson"))
    return spots


def _place_choices() -> list[tuple[str, str]]:
    regions = {code: f"{place_name(code)}, {name}" for code, name in Region.objects.values_list("code", "name")}
    named = {code: place_name(code) for code in places()} | regions
    return sorted(named.items(), key=lambda pair: (pair[0].count("-") > 0, pair[1]))


def language_choices() -> list[tuple[str, str]]:
    """Return the languages in which a local part may be written, with their names."""
    return [(code, language_name(code, "name_translated")) for code, _name in settings.KNOWN_LANGUAGES]
