"""Logs of requests as providers keep them: read a row at a time, reduced, and kept reduced."""
