"""What people type about a source or a file is sealed under its key."""

import tumen.archive.sealed
from django.db import migrations


from tumen.archive import identity, sealing
from tumen.archive.sealed import seal_value


def seal(apps, _schema):
    words = dict.fromkeys(("title", "publisher", "channel", "collector", "risk"), sealing.line)
    sealing.seal_columns(apps, "sources.Source", "id", words)
    uploads = apps.get_model("sources.Upload").objects
    for upload in uploads.all():
        key = identity.readable([upload.owner]).get(upload.owner)
        facts = key and seal_value(key, upload.owner, "facts", 1, str(upload.facts))
        uploads.filter(pk=upload.pk).update(facts=facts)


class Migration(migrations.Migration):
    dependencies = [
        ("sources", "0003_uploads"),
    ]

    operations = [
        migrations.AlterField(
            model_name="source",
            name="channel",
            field=tumen.archive.sealed.SealedField(
                editable=True, help_text="how it reached the archive", max_length=80, null=True, owner="id"
            ),
        ),
        migrations.AlterField(
            model_name="source",
            name="collector",
            field=tumen.archive.sealed.SealedField(editable=True, max_length=200, null=True, owner="id"),
        ),
        migrations.AlterField(
            model_name="source",
            name="publisher",
            field=tumen.archive.sealed.SealedField(editable=True, max_length=300, null=True, owner="id"),
        ),
        migrations.AlterField(
            model_name="source",
            name="risk",
            field=tumen.archive.sealed.SealedField(
                editable=True, help_text="what could happen to whom if it leaked", max_length=80, null=True, owner="id"
            ),
        ),
        migrations.AlterField(
            model_name="source",
            name="title",
            field=tumen.archive.sealed.SealedField(
                editable=True, help_text="no names of persons at risk", max_length=500, null=True, owner="id"
            ),
        ),
        migrations.AlterField(
            model_name="upload",
            name="facts",
            field=tumen.archive.sealed.SealedField(
                editable=True, help_text="what the form said about the file, as JSON", null=True, owner="owner"
            ),
        ),
        migrations.RunPython(seal, migrations.RunPython.noop),
    ]
