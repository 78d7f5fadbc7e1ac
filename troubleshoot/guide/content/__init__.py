"""The topics' words and documents, one module each. Facts are AWS's; each module names the pages they come from."""
