"""From the units of all files to what is said of the repository."""
