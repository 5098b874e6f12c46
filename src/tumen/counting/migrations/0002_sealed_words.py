"""The title of a saved table is sealed under a key of its own."""

import tumen.archive.sealed
from django.db import migrations


from tumen.archive import sealing


def seal(apps, _schema):
    sealing.seal_columns(apps, "counting.Definition", "id", {"title": sealing.line})


class Migration(migrations.Migration):
    dependencies = [
        ("counting", "0001_initial"),
    ]

    operations = [
        migrations.AlterField(
            model_name="definition",
            name="title",
            field=tumen.archive.sealed.SealedField(editable=True, max_length=200, null=True, owner="id"),
        ),
        migrations.RunPython(seal, migrations.RunPython.noop),
    ]
