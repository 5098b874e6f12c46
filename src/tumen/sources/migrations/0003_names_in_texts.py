"""The names marked in texts, and a second index of tokens: of reviewed texts only, without the names."""

from django.db import migrations, models
from django.db.models.deletion import PROTECT

from tumen.archive.sealed import SealedField

TABLE = (
    "CREATE VIRTUAL TABLE {name} USING fts5(body, content='', contentless_delete=1, "
    "tokenize=\"unicode61 remove_diacritics 0\", prefix='1')"
)
TABLES = ("nameless_text_tokens", "nameless_passage_tokens")


class Migration(migrations.Migration):
    dependencies = [("sources", "0002_tokens")]
    operations = [
        migrations.CreateModel(
            name="NameMarks",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("version", models.IntegerField(default=1)),
                ("change", models.BigIntegerField(db_index=True)),
                ("retracted", models.BooleanField(default=False)),
                ("marks", SealedField(editable=True, null=True, owner="text_id",
                                      help_text="start-end:kind, in code points, parted by blanks")),
                ("marked", models.BigIntegerField(default=0, help_text="the change that wrote the marks")),
                ("reviewed", models.BigIntegerField(default=0, help_text="the change whose marks were found complete")),
                ("text", models.ForeignKey(db_constraint=False, on_delete=PROTECT, related_name="names",
                                           to="sources.text")),
            ],
            options={"abstract": False},
        ),
        *(migrations.RunSQL(TABLE.format(name=name), f"DROP TABLE {name}") for name in TABLES),
    ]  # fmt: skip
