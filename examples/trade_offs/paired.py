"""Taking turns: every variant once a round, in an order shuffled for each round.

One variant after the other would not do. A machine has slow and fast phases, and the
variant that met a slow one would be blamed for it. In turns, a phase falls on all.
"""

import random
import time
from collections.abc import Callable, Mapping

Samples = dict[str, list[float]]
"""The samples of each variant; those with the same place are of the same round."""


def take_turns(
    variants: Mapping[str, Callable[[], float]],
    rounds: int,
    *,
    seed: int,
    pace: float = 0.0,
) -> Samples:
    """Ask each variant once a round and return what they answered, round by round.

    *pace* is the time from one start to the next, in seconds: whoever asks at a fixed
    rate does not wait longer because the last answer was late. Zero asks at once.
    Whatever a variant raises goes through, and nothing is returned: a round with a hole
    is no pair.
    """
    samples: Samples = {name: [] for name in variants}
    order = list(variants)
    turns = random.Random(seed)
    due = time.perf_counter()
    for _ in range(rounds):
        turns.shuffle(order)
        for name in order:
            due += pace
            while (left := due - time.perf_counter()) > 0:
                time.sleep(left)
            samples[name].append(variants[name]())
    return samples
