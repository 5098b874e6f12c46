from django.conf import settings
from django.db import migrations, models
from django.db.models.deletion import PROTECT

ROLES = [
    ("administrator", "Administrator"),
    ("auditor", "Auditor"),
    ("investigator", "Investigator"),
    ("coder", "Coder"),
    ("checker", "Checker"),
    ("linker", "Linker"),
    ("analyst", "Analyst"),
    ("lawyer", "Lawyer"),
    ("publisher", "Publisher"),
    ("reader", "Reader of coded facts"),
]


class Migration(migrations.Migration):
    """More roles, roles in the archive as a whole, and users who may not log in for a while."""

    dependencies = [("guard", "0001_initial")]

    operations = [
        migrations.AlterField("membership", "role", models.CharField(choices=ROLES, max_length=20)),
        migrations.AlterField(
            "membership",
            "compartment",
            models.ForeignKey(
                blank=True, null=True, on_delete=PROTECT, related_name="memberships", to="guard.compartment"
            ),
        ),
        migrations.CreateModel(
            name="Suspension",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("version", models.IntegerField(default=1)),
                ("change", models.BigIntegerField(db_index=True)),
                ("retracted", models.BooleanField(default=False)),
                (
                    "user",
                    models.ForeignKey(on_delete=PROTECT, related_name="suspensions", to=settings.AUTH_USER_MODEL),
                ),
            ],
            options={"abstract": False},
        ),
    ]
