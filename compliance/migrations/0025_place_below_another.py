from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('compliance', '0024_files_of_assignments_wait_too'),
    ]

    operations = [
        migrations.AlterField(
            model_name='previewrun',
            name='kind',
            field=models.CharField(choices=[('require', 'New assignment'), ('each', 'New assignments to people chosen one by one'), ('change', 'Assignment changed'), ('adopt', 'Rules followed'), ('stop', 'Rules followed no longer'), ('site', 'Place described anew'), ('parent', 'Place belongs to another site'), ('role', 'Kind of work called otherwise'), ('upload', 'Assignments from a file'), ('undo', 'File of assignments taken back'), ('counting', 'Counted another way'), ('withdraw', 'Assignment withdrawn')], max_length=10),
        ),
        migrations.AlterField(
            model_name='proposal',
            name='kind',
            field=models.CharField(choices=[('require', 'New assignment'), ('each', 'New assignments to people chosen one by one'), ('change', 'Assignment changed'), ('adopt', 'Rules followed'), ('stop', 'Rules followed no longer'), ('site', 'Place described anew'), ('parent', 'Place belongs to another site'), ('role', 'Kind of work called otherwise'), ('upload', 'Assignments from a file'), ('undo', 'File of assignments taken back'), ('counting', 'Counted another way'), ('withdraw', 'Assignment withdrawn')], max_length=10),
        ),
    ]
