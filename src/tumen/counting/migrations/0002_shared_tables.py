from django.db import migrations, models
from django.db.models.deletion import PROTECT


class Migration(migrations.Migration):
    """A saved table is its user's, or that of all who see a compartment."""

    dependencies = [("counting", "0001_initial"), ("guard", "0002_roles")]

    operations = [
        migrations.AddField(
            "definition",
            "compartment",
            models.ForeignKey(
                blank=True,
                help_text="whose people see it too",
                null=True,
                on_delete=PROTECT,
                related_name="+",
                to="guard.compartment",
            ),
        ),
    ]
