"""Every address of the site comes from the one table in `troubleshoot.urls`."""

from django.urls import include, path

urlpatterns = [path("", include("troubleshoot.urls"))]

handler400 = "troubleshoot.web.errors.bad_request"
handler403 = "troubleshoot.web.errors.not_permitted"
handler404 = "troubleshoot.web.errors.not_found"
handler500 = "troubleshoot.web.errors.server_error"
