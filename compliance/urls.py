"""Addresses of the portal for HR, and the page that tells learners what it shows."""

from django.urls import path

from compliance import views

app_name = "compliance"
urlpatterns = [
    path("what-your-workplace-can-see/", views.visible, name="visible"),
    path("another-way/<uuid:membership>/<slug:training>/", views.another_way, name="another_way"),
    path("workplace/", views.home, name="home"),
    path("workplace/<slug:code>/", views.organisation, name="organisation"),
    path("workplace/<slug:code>/status.xlsx", views.status_workbook, name="status_workbook"),
    path("workplace/<slug:code>/people/", views.people, name="people"),
    path("workplace/<slug:code>/people/new/", views.person_new, name="person_new"),
    path("workplace/<slug:code>/people/upload/", views.upload, name="upload"),
    path("workplace/<slug:code>/people/template.xlsx", views.upload_template, name="upload_template"),
    path("workplace/<slug:code>/people/slips.pdf", views.slips, name="slips"),
    path("workplace/<slug:code>/people/<uuid:person>/", views.person, name="person"),
    path("workplace/<slug:code>/people/<uuid:person>/end/", views.employment_end, name="employment_end"),
    path("workplace/<slug:code>/people/<uuid:person>/record/<slug:kind>/", views.adjustment_new, name="adjustment_new"),
    path(
        "workplace/<slug:code>/people/<uuid:person>/undo/<uuid:reference>/",
        views.adjustment_undo,
        name="adjustment_undo",
    ),
    path("workplace/<slug:code>/other-ways/", views.other_ways, name="other_ways"),
    path("workplace/<slug:code>/people/<uuid:person>/slip.pdf", views.slip, name="slip"),
    path("workplace/<slug:code>/assignments/", views.assignments, name="assignments"),
    path("workplace/<slug:code>/assignments/new/", views.assignment_new, name="assignment_new"),
    path(
        "workplace/<slug:code>/assignments/<uuid:reference>/withdraw/",
        views.assignment_withdraw,
        name="assignment_withdraw",
    ),
    path("workplace/<slug:code>/assignments/proposals/<uuid:proposal>/", views.proposal, name="proposal"),
    path("workplace/<slug:code>/evidence/", views.evidence, name="evidence"),
    path("workplace/<slug:code>/evidence/record.pdf", views.evidence_pdf, name="evidence_pdf"),
    path("workplace/<slug:code>/evidence/new/", views.evidence_request, name="evidence_request"),
    path("workplace/<slug:code>/evidence/<uuid:pack>.zip", views.evidence_pack, name="evidence_pack"),
    path(
        "workplace/<slug:code>/assignments/<uuid:reference>/default-date/",
        views.assignment_default,
        name="assignment_default",
    ),
    path("workplace/<slug:code>/rules/", views.rules, name="rules"),
    path("workplace/<slug:code>/rules/<slug:pack>/", views.rule_pack, name="rule_pack"),
    path("workplace/<slug:code>/rules/<slug:pack>/adopt/", views.rule_pack_adopt, name="rule_pack_adopt"),
    path("workplace/<slug:code>/rules/<slug:pack>/stop/", views.rule_pack_stop, name="rule_pack_stop"),
    path("workplace/<slug:code>/rules/<slug:pack>/<slug:rule>/approval/", views.rule_approval, name="rule_approval"),
    path(
        "workplace/<slug:code>/rules/<slug:pack>/<slug:rule>/approval/end/",
        views.rule_approval_end,
        name="rule_approval_end",
    ),
    path("workplace/<slug:code>/rules/<slug:pack>/<slug:rule>/condition/", views.rule_condition, name="rule_condition"),
    path("workplace/<slug:code>/sites/<slug:site>/rules/", views.rule_site, name="rule_site"),
    path("workplace/<slug:code>/letters/", views.letters, name="letters"),
    path("workplace/<slug:code>/letters/letters.pdf", views.letters_pdf, name="letters_pdf"),
]
