"""What a bundle brought in is kept, so that changes of both sides can be told apart."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("courses", "0010_harm_answers")]

    operations = [
        migrations.AddField(
            model_name="loadeditem",
            name="form",
            field=models.JSONField(null=True),
        ),
    ]
