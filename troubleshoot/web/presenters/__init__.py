"""Words and pictures for the pages, made from the data of the answer. No rules here."""
