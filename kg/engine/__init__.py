"""Running extraction and builds: on one machine, later on many."""
