"""Recorded answers: tables, transcripts, and the logs of other evaluation tools."""
