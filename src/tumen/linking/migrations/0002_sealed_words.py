"""The reasons of judgements and choices are sealed under keys of their own."""

import tumen.archive.sealed
from django.db import migrations


from tumen.archive import sealing


def seal(apps, _schema):
    for model in ("Judgement", "Chosen"):
        sealing.seal_columns(apps, f"linking.{model}", "id", {"reason": sealing.line})


class Migration(migrations.Migration):
    dependencies = [
        ("linking", "0001_initial"),
    ]

    operations = [
        migrations.AlterField(
            model_name="chosen",
            name="reason",
            field=tumen.archive.sealed.SealedField(editable=True, null=True, owner="id"),
        ),
        migrations.AlterField(
            model_name="judgement",
            name="reason",
            field=tumen.archive.sealed.SealedField(editable=True, null=True, owner="id"),
        ),
        migrations.RunPython(seal, migrations.RunPython.noop),
    ]
