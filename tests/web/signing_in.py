"""Browsers for the tests of pages, and how a paste is sent."""

from django.test import Client

from tests.builders import denial_text
from troubleshoot.models import Diagnosis, Person


def signed_in(person: Person) -> Client:
    """Return a browser in which the person is signed in."""
    client = Client()
    client.force_login(person)
    return client


def pasted(client: Client, text: str | None = None) -> Diagnosis:
    """Paste a text as a signed-in person and return the diagnosis that the page leads to."""
    response = client.post("/read/", {"text": text or denial_text()})
    assert response.status_code == 302, response.content.decode()
    return Diagnosis.objects.get(token=response["Location"].split("/")[2])
