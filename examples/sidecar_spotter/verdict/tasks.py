"""What is a task of a Job: it ends, and serves nobody."""

from sidecar_spotter.verdict.pair import Pair, Ruling
from sidecar_spotter.verdict.traits import same_image

JOBS = ("Job", "CronJob")


def task_of_the_same_job(pair: Pair) -> Ruling | None:
    """Two that a Job starts from one image, each with a command, are two tasks.

    `make-bucket` and `make-user` need the same files, and neither needs the other.
    """
    box, main = pair.box, pair.main
    said = [[word.text for word in one.words] for one in (box, main)]
    if pair.group.kind not in JOBS or pair.helps > 0 or "localhost" in pair.ties:
        return None
    if not all(said) or not same_image(box, main):
        return None
    return Ruling(f"is a task of a Job, as {main.name} is: they are equals", equal=True)
