"""The group of those who pay reviewers: they read what is owed and the legal names, and edit nothing else."""

from django.db import migrations

GROUP = "paymaster"
PERMISSIONS = (
    ("courses", "reviewentry", "add", "Can add line of the ledger"),
    ("courses", "reviewentry", "view", "Can view line of the ledger"),
    ("courses", "revieweridentity", "view", "Can view legal name of a reviewer"),
    ("wagtailadmin", "admin", "access", "Can access Wagtail admin"),
)


def make_group(apps, schema_editor):
    group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=GROUP)
    for label, model, act, name in PERMISSIONS:
        content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
            app_label=label, model=model
        )
        permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
            content_type=content_type, codename=f"{act}_{model}", defaults={"name": name}
        )
        group.permissions.add(permission)


def remove_group(apps, schema_editor):
    apps.get_model("auth", "Group").objects.filter(name=GROUP).delete()


class Migration(migrations.Migration):
    dependencies = [("courses", "0016_review_pay"), ("courses", "0004_editor_groups")]

    operations = [migrations.RunPython(make_group, remove_group)]
