"""Clauses that other forms hold: hateful ones (``bad``) and kind ones (``good``) about a group."""

from __future__ import annotations

BAD = """
{G} are {adj}
{G} are {noun}
{G} are {adj} and {adj}
all {G} are {noun}
every {S} is a {nouns}
{G} are nothing but {noun}
{G} are worse than {noun}
{G} are not human
{G} should be {ved}
{G} deserve to be {ved}
{G} must be {ved}
{G} do not belong here
{G} can't be trusted
{G} ruin everything
{G} have no place in our country
{G} are taking over
{G} spread disease
{G} smell
{G} are less than us
a {S} is not a real person
{G} deserve to die
{G} are out to destroy us
{G} steal from everyone
{G} should go back where they came from
{G} should not have rights
{G} can't think for themselves
we should {v} {G}
someone should {v} every {S}
it's fine to {v} {G}
the world is better off without {G}
i hate {G}
i despise all {G}
{G} make me sick
{G} disgust me
being a {S} is a disease
{G} are the problem
{G} are good for nothing
{G} are {f} {adj}
"""

GOOD = """
{G} are {pos}
{G} are {pos} and {pos}
{G} deserve to be {posved}
{G} should be {posved}
{G} have a right to live here
{G} are human beings like us
{G} belong here
{G} are equal to everyone else
{G} can be trusted
{G} make this town better
{G} deserve respect
{G} should be allowed to vote
{G} should have the same rights as us
{G} work as hard as anybody
{G} are good neighbours
{G} make good parents
{G} enrich our lives
{G} are as clever as anyone
i like {G}
i respect {G}
i would trust a {S}
a {S} can do any job
a {S} is a person like you and me
{G} have something to offer
{G} are normal people
{G} are decent people
"""
