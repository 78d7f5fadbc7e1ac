"""Views, forms, presenters. No rules here."""
