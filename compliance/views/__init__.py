"""Doors of the portal: each finds what the user may see, calls one service and answers."""

from compliance.views.adjustments import (
    adjustment_change,
    adjustment_new,
    adjustment_undo,
    confirm_new,
    confirm_undo,
    licence_change,
    licence_new,
)
from compliance.views.another_way import another_way, other_ways
from compliance.views.as_of import people_as_of, person_history
from compliance.views.assignments import (
    assignment_default,
    assignment_edit,
    assignment_new,
    assignment_withdraw,
    assignments,
    preview,
    proposal,
)
from compliance.views.bulk import assign_to_many, record_of_many
from compliance.views.counting import counting
from compliance.views.drafts import drafts
from compliance.views.evidence import evidence, evidence_pack, evidence_pdf, evidence_request
from compliance.views.exports import export_columns, export_file, export_stop, exports
from compliance.views.kits import kit, kit_piece, kit_whole, kits
from compliance.views.letters import letters, letters_pdf
from compliance.views.messages import address_again, planned, sent
from compliance.views.people import employment_end, employment_new, people, person, person_new
from compliance.views.roles import role, roles
from compliance.views.rules import (
    rule_approval,
    rule_approval_end,
    rule_condition,
    rule_pack,
    rule_pack_adopt,
    rule_pack_stop,
    rule_site,
    rules,
)
from compliance.views.same_person import same_person
from compliance.views.saved_filters import filter_forget, filter_save
from compliance.views.sites import site_change, site_new
from compliance.views.slips import slip, slips
from compliance.views.status import home, organisation, status_workbook
from compliance.views.trainers import trainer_withdraw, trainers
from compliance.views.visible import visible
from compliance.views.workbooks import (
    export,
    import_again,
    import_confirm,
    import_marked_up,
    import_page,
    import_report,
    import_undo,
    upload,
    upload_template,
    workbooks,
)

__all__ = [
    "address_again",
    "adjustment_change",
    "adjustment_new",
    "adjustment_undo",
    "another_way",
    "assign_to_many",
    "assignment_default",
    "assignment_edit",
    "assignment_new",
    "assignment_withdraw",
    "assignments",
    "confirm_new",
    "confirm_undo",
    "counting",
    "drafts",
    "employment_end",
    "employment_new",
    "evidence",
    "evidence_pack",
    "evidence_pdf",
    "evidence_request",
    "export",
    "export_columns",
    "export_file",
    "export_stop",
    "exports",
    "filter_forget",
    "filter_save",
    "home",
    "import_again",
    "import_confirm",
    "import_marked_up",
    "import_page",
    "import_report",
    "import_undo",
    "kit",
    "kit_piece",
    "kit_whole",
    "kits",
    "letters",
    "letters_pdf",
    "licence_change",
    "licence_new",
    "organisation",
    "other_ways",
    "people",
    "people_as_of",
    "person",
    "person_history",
    "person_new",
    "planned",
    "preview",
    "proposal",
    "record_of_many",
    "role",
    "roles",
    "rule_approval",
    "rule_approval_end",
    "rule_condition",
    "rule_pack",
    "rule_pack_adopt",
    "rule_pack_stop",
    "rule_site",
    "rules",
    "same_person",
    "sent",
    "site_change",
    "site_new",
    "slip",
    "slips",
    "status_workbook",
    "trainer_withdraw",
    "trainers",
    "upload",
    "upload_template",
    "visible",
    "workbooks",
]
