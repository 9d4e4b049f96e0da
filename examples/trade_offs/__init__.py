"""What a sidecar costs, measured: `nox -s measure`.

Each measurement is a module with one question. It asks it of several variants in turn,
shuffled anew in each round, so that a slow moment of the machine falls on all of them
(paired.py). A result keeps every sample with the machine that it was taken on
(result.py), and what is said of it is computed from the samples (estimate.py).
"""

import os

# Debian keeps servers where the search path of an ordinary user does not look.
os.environ["PATH"] = os.environ.get("PATH", "/usr/bin") + ":/usr/sbin:/sbin"
