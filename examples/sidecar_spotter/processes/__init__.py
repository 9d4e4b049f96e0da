"""Two processes that share a scan, and a limit of time for one file."""
