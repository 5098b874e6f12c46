"""What people typed as the reason of a change or bulk job is sealed under a key of its own."""

import tumen.archive.sealed
from django.db import migrations, models


from tumen.archive import sealing


def seal(apps, _schema):
    sealing.seal_reasons()


class Migration(migrations.Migration):
    dependencies = [
        ("archive", "0003_property"),
    ]

    operations = [
        migrations.AddField(
            model_name="batch",
            name="owner",
            field=models.BigIntegerField(help_text="whose key seals `said`: an id of its own", null=True),
        ),
        migrations.AddField(
            model_name="batch",
            name="said",
            field=tumen.archive.sealed.SealedField(
                editable=True, help_text="the reason, when a person typed it", null=True, owner="owner"
            ),
        ),
        migrations.AddField(
            model_name="change",
            name="said",
            field=tumen.archive.sealed.SealedField(
                editable=True, help_text="the reason, when a person typed it", null=True, owner="id"
            ),
        ),
        migrations.AlterField(
            model_name="batch",
            name="why",
            field=models.TextField(default="", help_text="the reason, when it is the program's own sentence"),
        ),
        migrations.AlterField(
            model_name="change",
            name="why",
            field=models.TextField(default="", help_text="the reason, when it is the program's own sentence"),
        ),
        migrations.RunPython(seal, migrations.RunPython.noop),
    ]
