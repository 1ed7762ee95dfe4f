"""The groups of editors, and that of those who pay reviewers.

None of them may see or change anything of people, learning, certificates or workplaces.
"""

from django.db import migrations

PAGES = ("wagtailcore", "page")
IMAGES = ("wagtailimages", "image")
DOCUMENTS = ("wagtaildocs", "document")
QUESTIONS = tuple(
    ("assessments", name)
    for name in (
        "question",
        "singlechoicequestion",
        "multiplechoicequestion",
        "truefalsequestion",
        "orderingquestion",
        "matchingquestion",
        "scenarioquestion",
        "reflectionquestion",
        "questionbank",
        "quiz",
    )
)
DIRECTORY = (("cms", "source"), ("cms", "supportservice"))
SECTORS = (("cms", "sector"), ("cms", "audience"))
COURSES = (("courses", "course"), ("courses", "lesson"))
CLAIMS = (("courses", "claim"),)
FRESHNESS = (("translations", "text"),)

# Group: for each kind of thing what may be done with it.
GROUPS = {
    "author": {
        "pages": ("add", "change"),
        "files": ("add", "change", "choose"),
        "models": {
            **dict.fromkeys(QUESTIONS, ("add", "change", "view")),
            # An emergency correction of a help line needs one person, so authors can do it.
            **dict.fromkeys(DIRECTORY, ("add", "change", "view")),
            **dict.fromkeys(SECTORS, ("view",)),
            **dict.fromkeys(COURSES, ("add", "change", "view")),
            **dict.fromkeys(CLAIMS, ("add", "change", "view")),
            **dict.fromkeys(FRESHNESS, ("view",)),
            ("wagtailadmin", "admin"): ("access",),
        },
    },
    "localiser": {
        "pages": ("add", "change"),
        "files": ("choose",),
        "models": {
            **dict.fromkeys(QUESTIONS, ("change", "view")),
            **dict.fromkeys(DIRECTORY, ("view",)),
            **dict.fromkeys(SECTORS, ("view",)),
            **dict.fromkeys(COURSES, ("view",)),
            ("wagtail_localize", "translation"): ("submit",),
            **dict.fromkeys(CLAIMS, ("view",)),
            **dict.fromkeys(FRESHNESS, ("view",)),
            ("wagtailadmin", "admin"): ("access",),
        },
    },
    "publisher": {
        "pages": ("add", "change", "publish", "lock", "unlock"),
        "files": ("add", "change", "choose", "delete"),
        "models": {
            **dict.fromkeys(QUESTIONS, ("add", "change", "delete", "view")),
            **dict.fromkeys(DIRECTORY, ("add", "change", "delete", "view")),
            **dict.fromkeys(SECTORS, ("add", "change", "view")),
            ("courses", "course"): ("add", "change", "view", "release"),
            ("courses", "lesson"): ("add", "change", "view"),
            ("wagtail_localize", "translation"): ("submit",),
            **dict.fromkeys(CLAIMS, ("add", "change", "view")),
            **dict.fromkeys(FRESHNESS, ("view",)),
            ("wagtailadmin", "admin"): ("access",),
        },
    },
    # They read what is owed and the legal names, and edit nothing else.
    "paymaster": {
        "pages": (),
        "files": (),
        "models": {
            ("courses", "reviewentry"): ("add", "view"),
            ("courses", "revieweridentity"): ("view",),
            ("wagtailadmin", "admin"): ("access",),
        },
    },
}


def _permission(apps, label, model, act):
    """Return the permission, made here where Django and Wagtail make it only after all migrations."""
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(app_label=label, model=model)
    permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=content_type, codename=f"{act}_{model}", defaults={"name": f"Can {act} {model}"}
    )
    return permission


def make_groups(apps, schema_editor):
    Group = apps.get_model("auth", "Group")
    GroupPagePermission = apps.get_model("wagtailcore", "GroupPagePermission")
    GroupCollectionPermission = apps.get_model("wagtailcore", "GroupCollectionPermission")
    root = apps.get_model("wagtailcore", "Page").objects.get(depth=1)
    collection = apps.get_model("wagtailcore", "Collection").objects.get(depth=1)
    for name, allowed in GROUPS.items():
        group, _ = Group.objects.get_or_create(name=name)
        for act in allowed["pages"]:
            permission = _permission(apps, *PAGES, act)
            GroupPagePermission.objects.get_or_create(group=group, page=root, permission=permission)
        for label, model in (IMAGES, DOCUMENTS):
            for act in allowed["files"]:
                permission = _permission(apps, label, model, act)
                GroupCollectionPermission.objects.get_or_create(
                    group=group, collection=collection, permission=permission
                )
        group.permissions.add(
            *(
                _permission(apps, label, model, act)
                for (label, model), acts in allowed["models"].items()
                for act in acts
            )
        )


def remove_groups(apps, schema_editor):
    apps.get_model("auth", "Group").objects.filter(name__in=GROUPS).delete()


class Migration(migrations.Migration):
    replaces = [
        ("courses", "0004_editor_groups"),
        ("courses", "0007_editors_see_languages"),
        ("courses", "0017_paymasters"),
        ("courses", "0019_editors_of_claims"),
    ]

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("wagtailadmin", "0001_create_admin_access_permissions"),
        ("wagtailcore", "0097_baselogentry_uuid_action_timestamp_indexes"),
        # These make permissions of their own in migrations, and would find ours in the way.
        ("wagtail_localize", "0016_rename_page_revision_translationlog_revision"),
        ("wagtaildocs", "0014_alter_document_file_size"),
        ("wagtailimages", "0027_image_description"),
        ("courses", "0001_initial"),
        ("translations", "0001_initial"),
    ]

    operations = [migrations.RunPython(make_groups, remove_groups)]
