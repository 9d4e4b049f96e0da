"""Signs of what a unit exists for, one by one.

Each says how much more it makes a container look like a helper: a negative number
speaks for the main one. The numbers are set by hand, on the repositories that
`docs/reference/spotter.md` tells of, and mean something beside each other alone.
"""

from collections.abc import Callable

from sidecar_spotter.verdict.signs import company, names, work
from sidecar_spotter.verdict.signs.candidate import Candidate

__all__ = ("SIGNS", "Candidate")

SIGNS: tuple[Callable[[Candidate], float], ...] = (
    work.started_as_a_sidecar,
    work.handed_in,
    names.called_as_the_unit,
    names.called_the_application,
    work.the_units_gateway,
    company.reached_from_outside,
    company.called_by_all,
    names.name_that_others_extend,
    names.the_units_image,
    names.called_as_its_image,
    work.store_for_somebody,
    company.host_of_its_own,
    work.front_for_many,
    company.beside_known_helpers,
    work.known_helper,
    work.about_another,
    names.named_by_its_author,
    company.looks_into_another,
    company.shows_anothers_files,
    company.guest_among_equals,
    company.goes_through_a_tunnel,
    company.always_there,
)
"""All of them are added up."""
