"""The language of IAM. Pure: no Django, no AWS."""
