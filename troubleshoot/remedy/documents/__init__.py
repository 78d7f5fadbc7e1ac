"""The builders: from answers to policy documents, each checked before it is shown. Pure."""
