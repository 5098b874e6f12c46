"""Digests cover sealed values by their tombstones, so that an erased value leaves its change verifiable."""

from django.db import migrations

from tumen.archive import sealing


def renew(apps, _schema):
    sealing.renew_digests(apps)


class Migration(migrations.Migration):
    dependencies = [
        ("archive", "0004_sealed_words"),
        ("guard", "0001_initial"),
        ("sources", "0004_sealed_words"),
        ("coding", "0006_sealed_words"),
        ("linking", "0002_sealed_words"),
        ("counting", "0002_sealed_words"),
    ]
    operations = [migrations.RunPython(renew, migrations.RunPython.noop)]
