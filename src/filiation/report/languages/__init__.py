"""Other languages of an expert report: data files beside the English text, which decides."""
