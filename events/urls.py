"""Addresses of events; each audience adds its own lines."""

from django.urls import path

from events.api import manage, moves, open_data, processes, public, reference
from events.api import places as api_places
from events.web.attachments import attachment
from events.web.feeds import event_feed, public_feed
from events.web.manage import contacts, notices, places
from events.web.manage import events as desk
from events.web.manage import moves as steps
from events.web.manage.attachments import change_files, files
from events.web.processes import process_list, process_page
from events.web.public import event_list, event_page

public_patterns = [
    path("events/", event_list, name="event-list"),
    path("events/<slug:slug>/", event_page, name="event-page"),
    path("processes/", process_list, name="process-list"),
    path("processes/<slug:slug>/", process_page, name="process-page"),
    path("manage/events/", desk.event_list, name="manage-events"),
    path("manage/events/<slug:slug>/edit/", desk.change_event, name="manage-event-edit"),
    path("manage/events/<slug:slug>/submit/", steps.submit, name="manage-event-submit"),
    path("manage/events/<slug:slug>/send-back/", steps.give_back, name="manage-event-send-back"),
    path("manage/events/<slug:slug>/publish/", steps.publish, name="manage-event-publish"),
    path("manage/events/<slug:slug>/postpone/", steps.postpone, name="manage-event-postpone"),
    path("manage/events/<slug:slug>/new-date/", steps.new_date, name="manage-event-new-date"),
    path("manage/events/<slug:slug>/cancel/", steps.cancel, name="manage-event-cancel"),
    path("manage/events/<slug:slug>/hold/", steps.hold, name="manage-event-hold"),
    path("manage/events/<slug:slug>/close/", steps.close, name="manage-event-close"),
    path("manage/events/<slug:slug>/copy/", desk.copy, name="manage-event-copy"),
    path("manage/events/<slug:slug>/files/", files, name="manage-event-files"),
    path("manage/events/<slug:slug>/files/change/", change_files, name="manage-event-files-change"),
    path("manage/places/", places.venue_list, name="manage-venues"),
    path("manage/places/new/", places.new_venue, name="manage-venue-new"),
    path("manage/places/<slug:slug>/", places.change_venue, name="manage-venue"),
    path("manage/notices/", notices.notice_list, name="manage-notices"),
    path("manage/notices/<slug:slug>/", notices.notice, name="manage-notice"),
    path("manage/notices/<slug:slug>/contact/", contacts.contact, name="manage-contact"),
]
plain_patterns = [
    path("calendar/events.ics", public_feed, name="feed-public"),
    path("events/<slug:slug>.ics", event_feed, name="feed-event"),
    path("attachments/<uuid:attachment_id>/<str:file_name>", attachment, name="attachment"),
]
api_patterns = [
    path("events/", public.EventList.as_view(), name="api-events"),
    path("events/<slug:slug>/", public.EventDetail.as_view(), name="api-event"),
    path("events.csv", open_data.EventsCSV.as_view(), name="api-events-csv"),
    path("events.jsonl", open_data.EventsJSONLines.as_view(), name="api-events-jsonl"),
    path("processes/", processes.ProcessList.as_view(), name="api-processes"),
    path("processes/<slug:slug>/", processes.ProcessDetail.as_view(), name="api-process"),
    path("processes/<slug:slug>/report/", processes.ProcessReport.as_view(), name="api-process-report"),
    path("kinds/", reference.KindList.as_view(), name="api-kinds"),
    path("categories/", reference.CategoryList.as_view(), name="api-categories"),
    path("topics/", reference.TopicList.as_view(), name="api-topics"),
    path("districts/", reference.DistrictList.as_view(), name="api-districts"),
    path("venues/", reference.VenueList.as_view(), name="api-venues"),
    path("units/", reference.UnitList.as_view(), name="api-units"),
    path("manage/events/", manage.ManagedEvents.as_view(), name="api-manage-events"),
    path("manage/events/<slug:slug>/", manage.ManagedEvent.as_view(), name="api-manage-event"),
    path("manage/events/<slug:slug>/submit/", moves.SubmitEvent.as_view(), name="api-manage-event-submit"),
    path("manage/events/<slug:slug>/send-back/", moves.SendBackEvent.as_view(), name="api-manage-event-send-back"),
    path("manage/events/<slug:slug>/publish/", moves.PublishEvent.as_view(), name="api-manage-event-publish"),
    path("manage/events/<slug:slug>/postpone/", moves.PostponeEvent.as_view(), name="api-manage-event-postpone"),
    path("manage/events/<slug:slug>/new-date/", moves.NewDateOfEvent.as_view(), name="api-manage-event-new-date"),
    path("manage/events/<slug:slug>/cancel/", moves.CancelEvent.as_view(), name="api-manage-event-cancel"),
    path("manage/events/<slug:slug>/hold/", moves.HoldEvent.as_view(), name="api-manage-event-hold"),
    path("manage/events/<slug:slug>/close/", moves.CloseEvent.as_view(), name="api-manage-event-close"),
    path("manage/events/<slug:slug>/copy/", moves.CopyEvent.as_view(), name="api-manage-event-copy"),
    path("manage/events/<slug:slug>/changes/", manage.EventChanges.as_view(), name="api-manage-event-changes"),
    path("manage/venues/", api_places.ManagedVenues.as_view(), name="api-manage-venues"),
    path("manage/venues/<slug:slug>/", api_places.ManagedVenue.as_view(), name="api-manage-venue"),
]
