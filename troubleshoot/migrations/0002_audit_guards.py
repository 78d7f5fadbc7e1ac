"""The audit chain only grows: the database itself refuses to change or delete what stands in it."""

from django.db import migrations

REFUSAL = "the audit chain only grows"

SQLITE = {
    "audit_entry_no_update": "BEFORE UPDATE ON troubleshoot_auditentry",
    "audit_entry_no_delete": "BEFORE DELETE ON troubleshoot_auditentry",
    "audit_text_no_update": "BEFORE UPDATE ON troubleshoot_erasabletext",
    "audit_head_no_delete": "BEFORE DELETE ON troubleshoot_audithead",
    "audit_head_one_step": "BEFORE UPDATE ON troubleshoot_audithead WHEN NEW.sequence <> OLD.sequence + 1",
}

POSTGRESQL = {
    "audit_entry_no_update": "BEFORE UPDATE ON troubleshoot_auditentry FOR EACH ROW",
    "audit_entry_no_delete": "BEFORE DELETE ON troubleshoot_auditentry FOR EACH ROW",
    "audit_entry_no_truncate": "BEFORE TRUNCATE ON troubleshoot_auditentry FOR EACH STATEMENT",
    "audit_text_no_update": "BEFORE UPDATE ON troubleshoot_erasabletext FOR EACH ROW",
    "audit_head_no_delete": "BEFORE DELETE ON troubleshoot_audithead FOR EACH ROW",
    "audit_head_no_truncate": "BEFORE TRUNCATE ON troubleshoot_audithead FOR EACH STATEMENT",
    "audit_head_one_step": (
        "BEFORE UPDATE ON troubleshoot_audithead FOR EACH ROW WHEN (NEW.sequence <> OLD.sequence + 1)"
    ),
}


def statements_up(vendor):
    """Return the SQL that sets the guards up on the database `vendor` (`sqlite` or `postgresql`)."""
    if vendor == "sqlite":
        return [
            f"CREATE TRIGGER {name} {when} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
            for name, when in SQLITE.items()
        ]
    function = (
        "CREATE OR REPLACE FUNCTION troubleshoot_audit_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    return [function] + [
        f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION troubleshoot_audit_refuse()"
        for name, when in POSTGRESQL.items()
    ]


def statements_down(vendor):
    """Return the SQL that takes the guards away again."""
    if vendor == "sqlite":
        return [f"DROP TRIGGER {name}" for name in SQLITE]
    tables = {name: when.split(" ON ")[1].split(" ")[0] for name, when in POSTGRESQL.items()}
    drops = [f"DROP TRIGGER {name} ON {table}" for name, table in tables.items()]
    return [*drops, "DROP FUNCTION troubleshoot_audit_refuse()"]


def set_up(apps, schema_editor):
    for statement in statements_up(schema_editor.connection.vendor):
        schema_editor.execute(statement)


def take_away(apps, schema_editor):
    for statement in statements_down(schema_editor.connection.vendor):
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("troubleshoot", "0001_initial")]

    operations = [migrations.RunPython(set_up, take_away)]
