"""Forms of rule packs: adopting one, recording an approval, saying what kind of place a site is."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from certificates.models import Certification
from cms.languages import language_name
from cms.places import PLACES
from cms.validators import code_validator
from compliance.forms import DayField, TrainingField, assignable_certifications
from compliance.models import Adoption
from compliance.rules.schema import Rule
from compliance.selectors import Choice
from courses.models import Edition
from people.exceptions import NotATag
from people.models import Organisation, Role, Site
from people.models.organisation import SITE_KIND_CHOICES
from people.selectors import possible_parents
from people.services import as_tags

SUGGESTED_DAYS = 30
# Arabic and Chinese have commas of their own.
_COMMAS: Final = re.compile("[,;،؛，、；]")
_CODE_HELP = gettext_lazy("Stands in workbooks, such as night-audit. It never changes.")


class _RolesField(forms.ModelMultipleChoiceField):
    """Roles of an organisation, any number of them."""

    def clean(self, value: Any) -> Any:
        """Return the roles; a key too large for the database is that of none."""
        try:
            return super().clean(value)
        except OverflowError:
            raise ValidationError(
                self.error_messages["invalid_pk_value"], code="invalid_pk_value", params={"pk": "…"}
            ) from None


class AdoptionForm(forms.Form):
    """A training for each rule that shall be assigned, perhaps for some roles only, and a last good day for all."""

    due_on = DayField(
        label=gettext_lazy("Last good day for people who work here now"),
        help_text=gettext_lazy("Where a rule gives less time, its own day holds."),
        error_messages={"required": gettext_lazy("Choose the last good day.")},
    )

    def __init__(
        self, *args: Any, organisation: Organisation, rules: Sequence[Rule], today: date, held: Adoption | None
    ) -> None:
        super().__init__(*args)
        self._rules, self._today = [rule for rule in rules if rule.binds], today
        chosen = {it.rule_code: it for it in held.chosen.all()} if held else {}
        roles = Role.objects.filter(organisation=organisation)
        for rule in self._rules:
            choice = chosen.get(rule.code)
            training = TrainingField(
                label=gettext_lazy("Training"),
                queryset=assignable_certifications(),
                required=False,
                empty_label=pgettext_lazy("no training is chosen for a rule", "Assign nothing for this rule"),
                initial=choice.certification_id if choice else None,
            )
            training.today = today
            self.fields[f"training-{rule.code}"] = training
            self.fields[f"roles-{rule.code}"] = _RolesField(
                label=gettext_lazy("Only people in these roles"),
                queryset=roles,
                required=False,
                help_text=gettext_lazy("Choose none to assign it to everybody at the site."),
                widget=forms.CheckboxSelectMultiple,
                initial=[role.pk for role in choice.roles.all()] if choice else None,
            )
        self.fields["due_on"].initial = (
            held.due_on if held and held.due_on > today else today + timedelta(SUGGESTED_DAYS)
        )

    @property
    def rows(self) -> list[tuple[Rule, BoundField, BoundField]]:
        """Return each rule with its fields."""
        return [(rule, self[f"training-{rule.code}"], self[f"roles-{rule.code}"]) for rule in self._rules]

    def clean_due_on(self) -> date:
        """Refuse a past day."""
        day: date = self.cleaned_data["due_on"]
        if day < self._today:
            raise ValidationError(_("Choose today or a later day."))
        return day

    def clean(self) -> dict[str, Any]:
        """Gather ``choices`` by the code of the rule; refuse none at all."""
        cleaned: dict[str, Any] = super().clean() or {}
        choices: dict[str, Choice] = {}
        for rule in self._rules:
            training: Certification | None = cleaned.get(f"training-{rule.code}")
            if training is not None:
                choices[rule.code] = Choice(training, tuple(cleaned.get(f"roles-{rule.code}") or ()))
        if not choices and not self.errors:
            raise ValidationError(_("Choose a training for one rule at least. A pack without any assigns nothing."))
        cleaned["choices"] = choices
        return cleaned


class ApprovalForm(forms.Form):
    """Who approved which edition of a course for a rule, and under what reference."""

    edition = forms.ModelChoiceField(
        label=gettext_lazy("Course and edition"),
        queryset=Edition.objects.none(),
        empty_label=pgettext_lazy("first line of a list to choose from", "Choose"),
        help_text=gettext_lazy("Exactly the edition that was looked at. A later one needs its own approval."),
        error_messages={"required": gettext_lazy("Choose the course and edition.")},
    )
    body = forms.CharField(
        label=gettext_lazy("Approved by"),
        max_length=200,
        error_messages={"required": gettext_lazy("Type who approved it.")},
    )
    reference = forms.CharField(
        label=gettext_lazy("Reference"),
        max_length=120,
        help_text=gettext_lazy("The number or date of the letter, so that others find it."),
        error_messages={"required": gettext_lazy("Type the reference of the approval.")},
    )
    approved_on = DayField(
        label=gettext_lazy("Approved on"), error_messages={"required": gettext_lazy("Choose the day.")}
    )

    def __init__(self, *args: Any, rule: Rule, today: date) -> None:
        super().__init__(*args)
        self._today = today
        field: Any = self.fields["edition"]
        field.queryset = (
            Edition.objects.filter(course__certifications__in=assignable_certifications())
            .select_related("course")
            .order_by("course__code", "-number")
            .distinct()
        )
        field.label_from_instance = lambda edition: (
            _("%(course)s, edition %(edition)s")
            % {
                "course": edition.course.code,
                "edition": edition.number,
            }
        )
        self.fields["body"].initial = rule.approval.body if rule.approval else ""

    def clean_approved_on(self) -> date:
        """Refuse a day to come."""
        day: date = self.cleaned_data["approved_on"]
        if day > self._today:
            raise ValidationError(_("Choose today or an earlier day."))
        return day


class SiteFactsForm(forms.ModelForm):
    """Where a site lies, what kind of place it is and how large: rules depend on it."""

    class Meta:
        model = Site
        fields: tuple[str, ...] = ("jurisdiction", "kind", "rooms", "size")
        labels = {"jurisdiction": gettext_lazy("State or province")}
        help_texts = {
            "jurisdiction": gettext_lazy("Help lines and rules of this place hold here."),
            "rooms": gettext_lazy("For hotels and other lodging."),
        }

    def __init__(self, *args: Any, places: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        here = self.instance.jurisdiction
        names = {**{code: str(name) for code, name in PLACES.items()}, **places}
        names.setdefault(here, here.upper())
        old = self.fields["jurisdiction"]
        choices = sorted((name, code) for code, name in names.items())
        self.fields["jurisdiction"] = forms.ChoiceField(
            label=old.label, help_text=old.help_text, choices=[(code, name) for name, code in choices]
        )
        kind: Any = self.fields["kind"]
        kind.choices = [("", pgettext_lazy("kind of site", "Not said yet")), *SITE_KIND_CHOICES]


class SiteForm(SiteFactsForm):
    """A new place of work: what it is called, what it belongs to, on which calendar its people live."""

    class Meta(SiteFactsForm.Meta):
        fields = ("name", "code", "parent", "time_zone", *SiteFactsForm.Meta.fields)
        labels = {
            **SiteFactsForm.Meta.labels,
            "name": gettext_lazy("Name"),
            "code": gettext_lazy("Code"),
            "parent": pgettext_lazy("what a site belongs to", "Belongs to"),
        }
        help_texts = {
            **SiteFactsForm.Meta.help_texts,
            "code": _CODE_HELP,
            "time_zone": gettext_lazy("Such as America/Vancouver. Days begin and end by it."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_parents(self, self.instance)


def _offer_parents(form: forms.ModelForm, site: Site) -> None:
    """Let ``parent`` be a site to which ``site`` may belong, or none."""
    parent: Any = form.fields["parent"]
    parent.queryset = possible_parents(site=site)
    parent.empty_label = pgettext_lazy("what a site belongs to", "No other site")


class SiteNamesForm(forms.ModelForm):
    """What a site is called, by which calendar its people live, what is spoken there and whom to ask."""

    first = forms.ChoiceField(label=gettext_lazy("Language that is printed first"))
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("Languages"), required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Site
        fields = ("name", "time_zone", "contact")
        labels = {"name": SiteForm.Meta.labels["name"]}
        help_texts = {
            "time_zone": SiteForm.Meta.help_texts["time_zone"],
            "contact": gettext_lazy("Printed on slips: a role, or a name and a place. No private number."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        spoken = self.instance.languages
        self.initial = {**self.initial, "first": self.instance.workplace_language, "languages": spoken}
        # What is spoken there stays offered, also where the platform is not made for it.
        offered = dict(settings.KNOWN_LANGUAGES) | {
            code: language_name(code, "name_local") for code in spoken if code not in dict(settings.KNOWN_LANGUAGES)
        }
        for name in ("first", "languages"):
            field: Any = self.fields[name]
            field.choices = list(offered.items())

    @property
    def said(self) -> dict[str, Any]:
        """Return what was said, the language that is printed first at the front and new ones at the end."""
        cleaned = self.cleaned_data
        before: list[str] = self.initial["languages"]
        chosen = sorted(cleaned["languages"], key=lambda code: before.index(code) if code in before else len(before))
        written = {name: cleaned[name] for name in self.Meta.fields}
        return written | {"languages": list(dict.fromkeys([cleaned["first"], *chosen]))}


class SiteParentForm(forms.ModelForm):
    """To which other site a site belongs."""

    class Meta:
        model = Site
        fields = ("parent",)
        labels = {"parent": SiteForm.Meta.labels["parent"]}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_parents(self, self.instance)


class RoleForm(forms.Form):
    """A role that people here may be employed in."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=40,
        validators=[code_validator],
        help_text=_CODE_HELP,
    )


MOST_TAGS = 20


class KindsOfWorkForm(forms.Form):
    """What rules call the work in a role: words that are known here, and others."""

    tags = forms.MultipleChoiceField(
        label=gettext_lazy("Kinds of work"), required=False, widget=forms.CheckboxSelectMultiple
    )
    others = forms.CharField(
        label=gettext_lazy("Other words"),
        max_length=500,
        required=False,
        help_text=gettext_lazy("Separated by commas."),
    )

    def __init__(self, *args: Any, role: Role, known: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered: Any = self.fields["tags"]
        offered.choices = [(tag, tag_words(tag)) for tag in sorted({*known, *role.tags})]
        offered.initial = role.tags

    def clean(self) -> dict[str, Any]:
        """Gather all words as ``tags``; what is no plain word is said beside the field."""
        cleaned: dict[str, Any] = super().clean() or {}
        others = [word for word in _COMMAS.split(cleaned.get("others", "")) if word.strip()]
        try:
            cleaned["tags"] = as_tags([*cleaned.get("tags", ()), *others])
        except NotATag as error:
            self.add_error("others", _("Not a plain word: %(word)s") % {"word": error.word.strip()})
        else:
            if len(cleaned["tags"]) > MOST_TAGS:
                self.add_error("others", _("At most %(n)s words.") % {"n": MOST_TAGS})
        return cleaned


def tag_words(tag: str) -> str:
    """Return a tag of a role as people read it."""
    return tag.replace("_", " ")
