"""Bills of materials of what a scan found, for the programs that keep such bills."""
