from django.db import migrations

FORWARDS = """
CREATE FUNCTION events_accesslog_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('wiec.retention', true) = 'on' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'access_log_is_append_only' USING ERRCODE = 'integrity_constraint_violation';
END
$$;
CREATE TRIGGER access_log_is_append_only BEFORE UPDATE OR DELETE ON events_accesslog
    FOR EACH ROW EXECUTE FUNCTION events_accesslog_stays();
"""
BACKWARDS = """
DROP TRIGGER access_log_is_append_only ON events_accesslog;
DROP FUNCTION events_accesslog_stays();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0007_invited_asked_released"),
    ]

    operations = [
        migrations.RunSQL(FORWARDS, BACKWARDS),
    ]
