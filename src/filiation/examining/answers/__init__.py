"""The question about recorded answers: what is asked, and what their absence cannot show."""
