"""Run one of the systems in `examples/pods/` as processes or as a pod.

``nox -s lab -- NAME`` is the command. Where to change what:

* ``manifest.py``: what of a ``pod.yaml`` is read;
* ``systems.py``: which systems there are, and which tools they need;
* ``processes.py``: a pod as plain processes on this machine;
* ``podman.py``: a pod under podman; ``base_image.py``: its image without a registry;
* ``show.py``: what stands on the screen; ``__main__.py``: the command line.

It is a runner of our own. It keeps the order of starts and stops that Kubernetes
documents, but it is not a kubelet.
"""
