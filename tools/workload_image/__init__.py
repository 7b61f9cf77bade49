"""The image of the measured workload: the same bytes wherever it is built."""
