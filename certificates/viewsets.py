"""Certifications in the CMS. Certificates are not there: editors never see learners."""

from typing import Any

from django.db.models import Field
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, MultiFieldPanel, ObjectList
from wagtail.snippets.views.snippets import InspectView, SnippetViewSet

from certificates.forms.certification import CertificationForm, policy_in_words
from certificates.models import Certification


class CertificationInspectView(InspectView):
    """One certification to read, its policy in words."""

    object: Certification

    def get_field_display_value(self, field_name: str, field: Field) -> Any:
        """Return the policy part by part; other fields as they are, a dash for nothing."""
        if field_name != "policy":
            return super().get_field_display_value(field_name, field) or "–"
        lines = (f"{label}: {words}" for label, words in policy_in_words(self.object.validity_policy))
        return format_html_join(mark_safe("<br>"), "{}", ((line,) for line in lines))


class CertificationViewSet(SnippetViewSet):
    """What must be completed, and how long it is good. Who may only view sees the list and one at a time."""

    model = Certification
    icon = "circle-check"
    menu_label = _("Certifications")
    menu_order = 250
    add_to_admin_menu = True
    list_display = ("title", "code")
    search_fields = ("title", "code")
    inspect_view_enabled = True
    inspect_view_class = CertificationInspectView
    inspect_view_fields = ("code", "title", "full_title", "courses", "expression", "refreshers", "policy")
    copy_view_enabled = False

    edit_handler = ObjectList(
        [
            MultiFieldPanel(
                [
                    FieldPanel("title", help_text=_("Neutral: it is printed, mailed and seen over shoulders.")),
                    FieldPanel("full_title", help_text=_("For employers' records.")),
                    FieldPanel("code"),
                    FieldPanel(
                        "courses", help_text=_("All of them must be completed, unless it says otherwise below.")
                    ),
                    FieldPanel(
                        "expression",
                        help_text=_(
                            "Leave it empty to ask for all courses. Otherwise write a line for each part; lines inside another"
                            " stand one step further in below it. Name only courses that are ticked above. Save to get"
                            " more empty lines."
                        ),
                    ),
                    FieldPanel(
                        "refreshers",
                        help_text=_(
                            "What a renewal in time asks instead, in turn: each line that stands one step in is one refresher."
                        ),
                    ),
                ],
                heading=_("What it is"),
            ),
            MultiFieldPanel(
                [
                    HelpPanel(
                        content=_("A change holds from the next certificate on. Those already issued keep their dates.")
                    ),
                    FieldPanel("anchor"),
                    FieldRowPanel([FieldPanel("validity"), FieldPanel("window"), FieldPanel("grace")]),
                    FieldRowPanel(
                        [FieldPanel("calendar_month"), FieldPanel("calendar_day"), FieldPanel("min_validity")]
                    ),
                    FieldPanel("late"),
                    FieldPanel("early"),
                    FieldPanel("seen"),
                ],
                heading=_("How long it is good"),
            ),
        ],
        base_form_class=CertificationForm,
    )
