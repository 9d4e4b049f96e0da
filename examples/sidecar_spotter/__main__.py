"""`python -m sidecar_spotter` is the command `sidecar-spotter`."""

from sidecar_spotter.cli import main

if __name__ == "__main__":
    main()
