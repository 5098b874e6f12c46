"""The token indexes of texts and passages: FTS5 tables that hold tokens only, no text.

Contentless, so that the archive keeps no second copy of a testimony; `contentless_delete` lets an erased one go. The prefix index
answers one-syllable searches.
"""

from django.db import migrations

TABLE = (
    "CREATE VIRTUAL TABLE {name} USING fts5(body, content='', contentless_delete=1, "
    "tokenize=\"unicode61 remove_diacritics 0\", prefix='1')"
)


class Migration(migrations.Migration):
    dependencies = [("sources", "0001_initial")]
    operations = [
        migrations.RunSQL(TABLE.format(name=name), f"DROP TABLE {name}") for name in ("text_tokens", "passage_tokens")
    ]
