"""Addresses of registrations; each audience adds its own lines."""

from django.urls import path

from registrations.api import attendance as api_attendance
from registrations.api import desk as api_desk
from registrations.api import door as api_door
from registrations.api import door_bundle as api_door_bundle
from registrations.api import headcounts as api_headcounts
from registrations.api import invitations as api_invitations
from registrations.api import managed_party as api_managed_party
from registrations.api import needs as api_needs
from registrations.api import own as api_own
from registrations.api import own_data as api_own_data
from registrations.api import own_party as api_own_party
from registrations.api import people as api_people
from registrations.api import signing_up as api_signing_up
from registrations.api import walk_ins as api_walk_ins
from registrations.web import invited, own, own_data, own_party, register
from registrations.web.door_pass import door_pass
from registrations.web.feeds import own_calendar_file, personal_feed
from registrations.web.manage import attendance as staff_attendance
from registrations.web.manage import door as staff_door
from registrations.web.manage import (
    door_app,
    door_conflicts,
    door_headcount,
    door_passes,
    door_walk_in,
    invitations,
    no_shows,
    printing,
)
from registrations.web.manage import needs as event_needs
from registrations.web.manage import registrations as desk
from registrations.web.manage import sign_ups as staff_sign_ups
from registrations.web.manage.online_attendance import online_list
from registrations.web.manage.retention import retention
from registrations.web.manage.ticket import ticket
from registrations.web.my import my_registrations

public_patterns = [
    path("events/<slug:slug>/register/", register.register, name="event-register"),
    path("events/<slug:slug>/register/sent/", register.sent, name="register-sent"),
    path("events/<slug:slug>/register/correct/", register.correct, name="register-correct"),
    path("events/<slug:slug>/register/again/", register.send_again, name="register-send-again"),
    path("my/", my_registrations, name="my-registrations"),
    path("my/<str:token>/", own_data.mine, name="mine"),
    path("my/<str:token>/erase/", own_data.erase_everything, name="mine-erase"),
    path("consents/<str:token>/", own_data.consent, name="consent"),
    path("r/<str:token>/", own.own_page, name="registration-manage"),
    path("r/<str:token>/confirm/", own.confirm, name="registration-confirm"),
    path("r/<str:token>/accept/", own.accept, name="registration-accept"),
    path("r/<str:token>/decline/", own.decline, name="registration-decline"),
    path("r/<str:token>/cancel/", own.cancel, name="registration-cancel"),
    path("r/<str:token>/coming/", own.coming, name="registration-coming"),
    path("r/<str:token>/object/", own.object_to_last_place, name="registration-object"),
    path("r/<str:token>/details/", own.details, name="registration-details"),
    path("r/<str:token>/person/", own_data.person, name="registration-person"),
    path("r/<str:token>/consents/", own_data.consents, name="registration-consents"),
    path("r/<str:token>/close-links/", own_data.close_links, name="registration-close-links"),
    path("r/<str:token>/erase/", own_data.erase, name="registration-erase"),
    path("r/<str:token>/leave/", own_party.leave, name="registration-leave"),
    path("r/<str:token>/substitute/", own_party.hand_over, name="registration-substitute"),
    path("r/<str:token>/party/<int:member_id>/cancel/", own_party.cancel, name="registration-member-cancel"),
    path(
        "r/<str:token>/party/<int:member_id>/substitute/", own_party.substitute, name="registration-member-substitute"
    ),
    path("r/<str:token>/calendar/", own.make_calendar, name="registration-calendar"),
    path("r/<str:token>/calendar/revoke/", own.revoke_calendar, name="registration-calendar-revoke"),
    path("invited/<str:token>/", invited.invitation, name="invitation"),
    path("invited/<str:token>/send/", invited.send_again, name="invitation-send"),
    path("r/<str:token>/calendar/alarm/", own.choose_calendar_alarm, name="registration-calendar-alarm"),
    path("r/<str:token>/calendar.ics", own_calendar_file, name="registration-ics"),
    path("manage/events/<slug:slug>/registrations/", desk.registration_list, name="manage-registrations"),
    path(
        "manage/events/<slug:slug>/registrations/export.csv",
        desk.export,
        {"ending": "csv"},
        name="manage-registrations-csv",
    ),
    path(
        "manage/events/<slug:slug>/registrations/export.xlsx",
        desk.export,
        {"ending": "xlsx"},
        name="manage-registrations-xlsx",
    ),
    path("manage/events/<slug:slug>/registrations/new/", staff_sign_ups.new, name="manage-registration-new"),
    path("manage/events/<slug:slug>/registrations/<slug:reference>/", desk.registration, name="manage-registration"),
    path(
        "manage/events/<slug:slug>/registrations/<slug:reference>/edit/",
        staff_sign_ups.edit,
        name="manage-registration-edit",
    ),
    path(
        "manage/events/<slug:slug>/registrations/<slug:reference>/promote/",
        desk.promote,
        name="manage-registration-promote",
    ),
    path(
        "manage/events/<slug:slug>/registrations/<slug:reference>/approve/",
        desk.approve,
        name="manage-registration-approve",
    ),
    path(
        "manage/events/<slug:slug>/registrations/<slug:reference>/reject/",
        desk.reject,
        name="manage-registration-reject",
    ),
    path(
        "manage/events/<slug:slug>/registrations/<slug:reference>/cancel/",
        desk.cancel,
        name="manage-registration-cancel",
    ),
    path("manage/events/<slug:slug>/needs/", event_needs.needs, name="manage-needs"),
    path("manage/events/<slug:slug>/needs/<int:need_id>/", event_needs.need, name="manage-need"),
    path("manage/retention/", retention, name="manage-retention"),
    path("manage/no-shows/", no_shows.objections, name="manage-no-shows"),
    path("manage/no-shows/<int:number>/decide/", no_shows.decide, name="manage-no-show-decide"),
    path("manage/no-shows/rules/<slug:slug>/", no_shows.rule, name="manage-no-show-rule"),
    path("manage/events/<slug:slug>/invitations/", invitations.invitation_list, name="manage-invitations"),
    path("manage/events/<slug:slug>/invitations/new/", invitations.new_invitation, name="manage-invitation-new"),
    path("manage/events/<slug:slug>/invitations/import/", invitations.import_table, name="manage-invitations-import"),
    path("manage/events/<slug:slug>/invitations/send/", invitations.send, name="manage-invitations-send"),
    path("manage/events/<slug:slug>/invitations/<int:number>/", invitations.change, name="manage-invitation"),
    path(
        "manage/events/<slug:slug>/invitations/<int:number>/revoke/",
        invitations.revoke,
        name="manage-invitation-revoke",
    ),
    path("manage/events/<slug:slug>/door/", staff_door.door, name="manage-door"),
    path("manage/events/<slug:slug>/door/shell/", door_app.shell, name="manage-door-shell"),
    # Below the door, so that it can serve the door and nothing else.
    path("manage/events/<slug:slug>/door/worker.js", door_app.worker, name="manage-door-worker"),
    path("manage/events/<slug:slug>/door/app.webmanifest", door_app.manifest, name="manage-door-manifest"),
    path("manage/events/<slug:slug>/door/figures/", door_app.figures, name="manage-door-figures"),
    path("door/<str:token>/", door_pass, name="door-pass"),
    path("manage/events/<slug:slug>/door/passes/", door_passes.passes, name="manage-door-passes"),
    path(
        "manage/events/<slug:slug>/door/passes/<int:number>/revoke/",
        door_passes.revoke,
        name="manage-door-pass-revoke",
    ),
    path("manage/events/<slug:slug>/door/conflicts/", door_conflicts.conflicts, name="manage-door-conflicts"),
    path("manage/events/<slug:slug>/attendance/", staff_attendance.attendance, name="manage-attendance"),
    path("manage/events/<slug:slug>/print/attendance/", printing.attendance_list, name="manage-print-attendance"),
    path("manage/events/<slug:slug>/print/badges/", printing.badges, name="manage-print-badges"),
    path("manage/events/<slug:slug>/print/door/", printing.door_list, name="manage-print-door"),
    path("manage/events/<slug:slug>/attendance/online/", online_list, name="manage-online-attendance"),
    path("manage/events/<slug:slug>/attendance/close/", staff_attendance.close, name="manage-attendance-close"),
    path("manage/events/<slug:slug>/attendance/reopen/", staff_attendance.reopen, name="manage-attendance-reopen"),
    path("manage/events/<slug:slug>/attendance/person/", staff_attendance.person, name="manage-attendance-person"),
    path("manage/events/<slug:slug>/door/undo/", staff_door.undo, name="manage-door-undo"),
    path("manage/events/<slug:slug>/door/headcount/", door_headcount.headcount, name="manage-door-headcount"),
    path("manage/events/<slug:slug>/door/headcount/undo/", door_headcount.undo, name="manage-door-headcount-undo"),
    path("manage/events/<slug:slug>/door/walk-in/", door_walk_in.door_walk_in, name="manage-door-walk-in"),
    path("manage/events/<slug:slug>/door/walk-in/here/", door_walk_in.here, name="manage-door-here"),
    path("manage/events/<slug:slug>/door/walk-in/gone/", door_walk_in.gone, name="manage-door-gone"),
]
plain_patterns = [
    # Printed as a code on every registration, so it is short and has no language.
    path("t/<str:code>", ticket, name="ticket-code"),
    path("calendar/my/<str:token>.ics", personal_feed, name="feed-personal"),
]
api_patterns = [
    path(
        "events/<slug:slug>/registrations/",
        api_signing_up.EventRegistrations.as_view(),
        name="api-event-registrations",
    ),
    path("registrations/<str:token>/", api_own.OwnRegistration.as_view(), name="api-registration"),
    path("registrations/<str:token>/confirm/", api_own.ConfirmRegistration.as_view(), name="api-registration-confirm"),
    path("registrations/<str:token>/cancel/", api_own.CancelRegistration.as_view(), name="api-registration-cancel"),
    path("registrations/<str:token>/coming/", api_own.SayComing.as_view(), name="api-registration-coming"),
    path("registrations/<str:token>/object/", api_own.ObjectToLastPlace.as_view(), name="api-registration-object"),
    path("registrations/<str:token>/accept/", api_own.AcceptOffer.as_view(), name="api-registration-accept"),
    path("registrations/<str:token>/decline/", api_own.DeclineOffer.as_view(), name="api-registration-decline"),
    path("registrations/<str:token>/erase/", api_own_data.EraseRegistration.as_view(), name="api-registration-erase"),
    path(
        "registrations/<str:token>/close-links/",
        api_own_data.CloseLinks.as_view(),
        name="api-registration-close-links",
    ),
    path("consents/<str:token>/", api_own_data.OwnConsent.as_view(), name="api-consent"),
    path("registrations/<str:token>/leave/", api_own_party.Leave.as_view(), name="api-registration-leave"),
    path(
        "registrations/<str:token>/substitute/",
        api_own_party.SubstituteContact.as_view(),
        name="api-registration-substitute",
    ),
    path(
        "registrations/<str:token>/party/<int:member_id>/cancel/",
        api_own_party.CancelMember.as_view(),
        name="api-registration-member-cancel",
    ),
    path(
        "registrations/<str:token>/party/<int:member_id>/substitute/",
        api_own_party.SubstituteMember.as_view(),
        name="api-registration-member-substitute",
    ),
    path(
        "manage/events/<slug:slug>/registrations/<slug:reference>/party/<int:member_id>/cancel/",
        api_managed_party.CancelManagedMember.as_view(),
        name="api-manage-member-cancel",
    ),
    path(
        "manage/events/<slug:slug>/registrations/<slug:reference>/party/<int:member_id>/substitute/",
        api_managed_party.SubstituteManagedMember.as_view(),
        name="api-manage-member-substitute",
    ),
    path(
        "manage/events/<slug:slug>/registrations/",
        api_people.ManagedRegistrations.as_view(),
        name="api-manage-registrations",
    ),
    path(
        "manage/events/<slug:slug>/registrations/export.csv",
        api_people.ExportRegistrations.as_view(),
        {"ending": "csv"},
        name="api-manage-registrations-csv",
    ),
    path(
        "manage/events/<slug:slug>/registrations/export.xlsx",
        api_people.ExportRegistrations.as_view(),
        {"ending": "xlsx"},
        name="api-manage-registrations-xlsx",
    ),
    path(
        "manage/events/<slug:slug>/registrations/<slug:reference>/",
        api_desk.ManagedRegistration.as_view(),
        name="api-manage-registration",
    ),
    path(
        "manage/events/<slug:slug>/registrations/<slug:reference>/cancel/",
        api_desk.CancelManagedRegistration.as_view(),
        name="api-manage-registration-cancel",
    ),
    path(
        "manage/events/<slug:slug>/registrations/<slug:reference>/promote/",
        api_desk.PromoteManagedRegistration.as_view(),
        name="api-manage-registration-promote",
    ),
    path(
        "manage/events/<slug:slug>/registrations/<slug:reference>/approve/",
        api_desk.ApproveManagedRegistration.as_view(),
        name="api-manage-registration-approve",
    ),
    path(
        "manage/events/<slug:slug>/registrations/<slug:reference>/reject/",
        api_desk.RejectManagedRegistration.as_view(),
        name="api-manage-registration-reject",
    ),
    path(
        "manage/events/<slug:slug>/invitations/",
        api_invitations.EventInvitations.as_view(),
        name="api-manage-invitations",
    ),
    path(
        "manage/events/<slug:slug>/invitations/import/",
        api_invitations.ImportInvitations.as_view(),
        name="api-manage-invitations-import",
    ),
    path(
        "manage/events/<slug:slug>/invitations/send/",
        api_invitations.SendInvitations.as_view(),
        name="api-manage-invitations-send",
    ),
    path(
        "manage/events/<slug:slug>/invitations/<int:number>/",
        api_invitations.EventInvitation.as_view(),
        name="api-manage-invitation",
    ),
    path(
        "manage/events/<slug:slug>/invitations/<int:number>/revoke/",
        api_invitations.RevokeInvitation.as_view(),
        name="api-manage-invitation-revoke",
    ),
    path("manage/events/<slug:slug>/needs/", api_needs.EventNeeds.as_view(), name="api-manage-needs"),
    path("manage/events/<slug:slug>/needs/<int:need_id>/", api_needs.EventNeed.as_view(), name="api-manage-need"),
    path("manage/events/<slug:slug>/report/", api_people.EventReport.as_view(), name="api-manage-event-report"),
    path("manage/events/<slug:slug>/check-ins/", api_door.CheckIns.as_view(), name="api-manage-check-ins"),
    path("manage/events/<slug:slug>/door/bundle/", api_door_bundle.DoorBundle.as_view(), name="api-manage-door-bundle"),
    path(
        "manage/events/<slug:slug>/check-ins/<str:nonce>/void/",
        api_door.VoidCheckIn.as_view(),
        name="api-manage-check-in-void",
    ),
    path(
        "manage/events/<slug:slug>/check-ins/conflicts/",
        api_door.CheckInConflicts.as_view(),
        name="api-manage-check-in-conflicts",
    ),
    path("manage/events/<slug:slug>/walk-ins/", api_walk_ins.WalkIns.as_view(), name="api-manage-walk-ins"),
    path("manage/events/<slug:slug>/headcounts/", api_headcounts.Headcounts.as_view(), name="api-manage-headcounts"),
    path(
        "manage/events/<slug:slug>/attendance/", api_attendance.EventAttendance.as_view(), name="api-manage-attendance"
    ),
    path(
        "manage/events/<slug:slug>/attendance/close/",
        api_attendance.CloseAttendance.as_view(),
        name="api-manage-attendance-close",
    ),
    path(
        "manage/events/<slug:slug>/attendance/reopen/",
        api_attendance.ReopenAttendance.as_view(),
        name="api-manage-attendance-reopen",
    ),
    path(
        "manage/events/<slug:slug>/attendance/online/",
        api_attendance.ImportOnlineList.as_view(),
        name="api-manage-online-attendance",
    ),
    path(
        "manage/events/<slug:slug>/attendance/excuse/",
        api_attendance.ExcusePerson.as_view(),
        name="api-manage-attendance-excuse",
    ),
    path(
        "manage/events/<slug:slug>/attendance/take-excuse-back/",
        api_attendance.TakeExcuseBack.as_view(),
        name="api-manage-attendance-take-excuse-back",
    ),
]
