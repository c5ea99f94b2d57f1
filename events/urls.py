"""Addresses of events; each audience adds its own lines."""

from django.urls import path

from events.api.urls import api_patterns
from events.web.attachments import attachment
from events.web.feeds import event_feed, public_feed
from events.web.manage import accesses, contacts, lists, notices, parts, places, series
from events.web.manage import events as desk
from events.web.manage import moves as steps
from events.web.manage.attachments import change_files, files
from events.web.manage.legal_hold import legal_hold
from events.web.manage.releasing import release
from events.web.processes import process_list, process_page
from events.web.public import event_list, event_page
from events.web.rss import event_rss

public_patterns = [
    path("events/", event_list, name="event-list"),
    path("events/rss.xml", event_rss, name="event-rss"),
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
    path("manage/events/<slug:slug>/legal-hold/", legal_hold, name="manage-event-legal-hold"),
    path("manage/events/<slug:slug>/release/", release, name="manage-event-release"),
    path("manage/events/<slug:slug>/copy/", series.copy, name="manage-event-copy"),
    path("manage/events/<slug:slug>/template/", series.keep_as_template, name="manage-event-template"),
    path("manage/events/<slug:slug>/delete/", series.delete, name="manage-event-delete"),
    path("manage/events/<slug:slug>/repeat/", series.repeat, name="manage-event-repeat"),
    path("manage/events/<slug:slug>/table/", series.from_table, name="manage-event-table"),
    path("manage/templates/", series.template_list, name="manage-templates"),
    path("manage/series/", series.all_series, name="manage-series-list"),
    path("manage/series/<int:number>/", series.one_series, name="manage-series"),
    path("manage/events/<slug:slug>/agenda/", parts.agenda, name="manage-event-agenda"),
    path("manage/events/<slug:slug>/questions/", parts.questions, name="manage-event-questions"),
    path("manage/events/<slug:slug>/files/", files, name="manage-event-files"),
    path("manage/events/<slug:slug>/files/change/", change_files, name="manage-event-files-change"),
    path("manage/lists/", lists.all_lists, name="manage-lists"),
    path("manage/topics/", lists.topic_list, name="manage-topics"),
    path("manage/topics/new/", lists.new_topic, name="manage-topic-new"),
    path("manage/topics/<slug:slug>/", lists.change_topic, name="manage-topic"),
    path("manage/kinds/", lists.kind_list, name="manage-kinds"),
    path("manage/kinds/new/", lists.new_kind, name="manage-kind-new"),
    path("manage/kinds/<slug:code>/", lists.change_kind, name="manage-kind"),
    path("manage/organizations/", lists.organization_list, name="manage-organizations"),
    path("manage/organizations/new/", lists.new_organization, name="manage-organization-new"),
    path("manage/organizations/<slug:slug>/", lists.change_organization, name="manage-organization"),
    path("manage/audiences/", lists.audience_list, name="manage-audiences"),
    path("manage/audiences/new/", lists.new_audience, name="manage-audience-new"),
    path("manage/audiences/<slug:slug>/", lists.change_audience, name="manage-audience"),
    path("manage/audiences/<slug:slug>/paste/", lists.paste_organizations, name="manage-audience-paste"),
    path("manage/places/", places.venue_list, name="manage-venues"),
    path("manage/places/new/", places.new_venue, name="manage-venue-new"),
    path("manage/places/<slug:slug>/", places.change_venue, name="manage-venue"),
    path("manage/access-log/", accesses.accesses, name="manage-access-log"),
    path("manage/notices/", notices.notice_list, name="manage-notices"),
    path("manage/notices/<slug:slug>/", notices.notice, name="manage-notice"),
    path("manage/notices/<slug:slug>/contact/", contacts.contact, name="manage-contact"),
]
plain_patterns = [
    path("calendar/events.ics", public_feed, name="feed-public"),
    path("events/<slug:slug>.ics", event_feed, name="feed-event"),
    path("attachments/<uuid:attachment_id>/<str:file_name>", attachment, name="attachment"),
]

__all__ = ["api_patterns", "plain_patterns", "public_patterns"]
