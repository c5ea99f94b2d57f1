"""An error report says what happened, not to whom."""

from config.error_reports import without_people


def test_a_report_leaves_people_out() -> None:
    report = {"user": {"id": 7}, "request": {"url": "/r/secret/"}, "message": "ann@example.org", "level": "error"}

    assert without_people(report, {}) == {"message": "[e-mail]", "level": "error"}
