"""What a bundle brought in is kept, so that changes of both sides can be told apart."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("courses", "0011_change_of_an_edition")]

    operations = [
        migrations.AddField(
            model_name="loadeditem",
            name="form",
            field=models.JSONField(null=True),
        ),
    ]
