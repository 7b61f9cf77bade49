"""A question about one exhibit of a case as a document: page, PDF, data and site alike."""
