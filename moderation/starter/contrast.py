"""Sentences of our own that differ in little and mean the opposite, for training and judging.

Labelled sets teach that the name of a group goes with hate. These forms set against
each other what a filter confuses: insult and its denial, quoting and saying, groups
and things. Every fourth form is held back from training, to judge by.
"""

from __future__ import annotations

from random import Random

import numpy as np

from moderation.starter.augment import PLURAL, SINGULAR
from moderation.starter.data import Texts

HATEFUL = (
    "{G} are disgusting", "i cannot stand {G}", "{G} make me sick", "i hate {G}",
    "{G} are scum and always will be", "every {S} is a liar and a thief", "i despise {G}",
    "all {G} are criminals", "a {S} is worth less than the dirt on my shoe", "{G} are so stupid",
    "you can tell a {S} by the smell", "{G} are inferior to the rest of us", "fuck all {G}",
    "{G} are vermin", "{G} are animals, not people", "{G} are a disease that spreads",
    "{G} breed like rats", "a {S} is not a real human being", "{G} are parasites",
    "{G} should be shot", "somebody should burn down the homes of {G}", "kill every {S}",
    "i will beat up the next {S} i see", "{G} deserve to be beaten", "let us get rid of all {G}",
    "i hope {G} die", "{G} ought to be locked up", "{G} must be wiped out",
    "{G} do not belong here", "send {G} back to where they came from", "ban all {G} from this town",
    "{G} should not be allowed to vote", "no {S} should get a job", "keep {G} away from our kids",
    "the world would be better without {G}", "nobody would miss {G}", "{G} ruin everything",
    "{G} are not human", "{G} will never be equal to us", "no {S} deserves respect",
    "{G} have no right to be here", "{G} don't deserve to live", "not one {S} can be trusted",
    "i will never respect {G}", "you should never trust a {S}", "{G} are no good to anyone",
    "why are {G} so disgusting?", "who else wishes {G} would disappear?",
    "is there anything worse than {G}?", "in my opinion {G} are worthless",
    "look at those {G}. they disgust me", "{G} again. they are all trash", "you {S} piece of trash",
    "being a {S} is a sickness", "those damn {G} are stealing what is ours",
    "go away, {S}, nobody wants you here", "if you are a {S} you should be ashamed",
    "every {S} should leave this country", "{G} have far too many rights", "never help a {S}",
    "nobody likes {G} and they should know it", "stop letting {G} into our schools",
    "people like {G} should be put down", "i would never hire a {S}",
    "i do not want to live next to {G}", "{G} are the problem with this country",
    "it is true that {G} are dirty", "i say it as it is: {G} are thieves",
    "no one should have to sit next to a {S}", "{G} cannot be trusted with money",
    "there is nothing good about {G}", "if you are kind to {G} you are a fool",
    "the only good {S} is a dead one", "all {G} do is steal", "we should not let {G} marry",
    "never forget that {G} are the enemy", "a {S} should know their place",
)  # fmt: skip
HARMLESS = (
    "{G} are wonderful", "i love {G}", "{G} make my day", "i admire {G}", "we need more {G} here",
    "{G} deserve respect", "i am a {S} and proud of it", "every {S} has a right to be safe",
    "my best friend is a {S}", "{G} live in my street", "many {G} came to the concert",
    "the article is about {G}", "she is married to a {S}", "a {S} won the prize this year",
    "{G} and their families are welcome", "a {S} asked me the way", "i work with {G} every day",
    "{G} are not disgusting", "i do not hate {G}", "nobody should hurt {G}",
    "no {S} deserves to be attacked", "{G} are not vermin", "{G} are not inferior to anyone",
    "i would never say that {G} are stupid", "never treat {G} badly", "{G} are no criminals",
    "there is nothing wrong with being a {S}", "not all {G} are the same", "{G} don't deserve this",
    "it is wrong to hate {G}", "we must stop violence against {G}",
    "i can't hate {G}, nobody should",
    "saying '{G} are scum' is vile", "people who think {G} are inferior are wrong",
    "'{G} are vermin' is what bigots say", "stop telling people that {G} should be shot",
    "whoever wrote \"ban all {G}\" should be ashamed", "he was fired for saying he hates {G}",
    "i reported a post that said {G} are parasites", "if you say {G} are animals, we are done",
    "why do people hate {G}?", "who could dislike {G}?", "are {G} treated fairly here?",
    "{G} are fucking amazing", "i fucking love {G}", "damn, {G} are good at this",
    "i hate {O}", "{O} should be banned", "{O} is disgusting", "i cannot stand {O}", "kill {O}",
    "let us get rid of {O}", "{O} makes me sick", "fuck {O}", "the world is better without {O}",
    "{P} are scum", "{P} are parasites", "all {P} are liars", "{P} should be locked up",
    "i despise {P}", "{P} are so stupid", "{P} are worthless", "i hope {P} lose",
    "you are disgusting", "i hate you", "he is a piece of trash", "shut up, you idiot",
    "you make me sick", "go to hell", "what a shitty day", "this is fucking great", "holy shit",
    "i wanted to die of laughter", "that joke killed me", "this heat is murder",
    "every {S} is welcome at our table", "every {S} deserves a fair chance",
    "{G} should be allowed to vote", "{G} should have the same rights as everyone",
    "let {G} live in peace", "nobody should be attacked for being a {S}",
    "i will always respect {G}", "i would trust a {S} with my kids", "all {G} want is some peace",
    "send help to {G}", "a {S} was beaten up last night, so sad", "{G} belong here",
    "{G} were attacked again, this has to stop", "it is not true that {G} are dirty",
    "nobody believes that {G} are thieves", "stop calling {G} criminals",
    "the world would be worse without {G}", "everybody would miss {G}", "i miss my {S} friends",
    "no {S} should be afraid to go out", "i never met a {S} i did not like",
    "do not listen to him, {G} are not a disease", "a law to protect {G} passed today",
    "he said that {G} should die and was arrested", "is a {S} allowed to apply?",
    "the film shows how {G} were hated", "i beat a {S} at chess", "every {S} can vote today",
    "no {P} deserves respect", "send {P} home", "{P} should not be allowed to drive",
    "i will never respect {P}", "nobody would miss {P}", "{P} are the problem with this country",
)  # fmt: skip
THINGS = (
    "mondays", "traffic", "cold coffee", "this printer", "my old phone", "spam", "homework", "rain",
    "plastic waste", "that film", "the new logo", "mosquitoes", "racism", "sexism", "hypocrisy",
    "homophobia", "this weather", "the flu", "my alarm clock", "pineapple on pizza",
)  # fmt: skip
PEOPLE = (
    "bankers", "landlords", "referees", "artists", "influencers", "politicians", "drivers",
    "salesmen", "lawyers", "hipsters", "gamers", "journalists", "bosses", "capitalists", "thieves",
    "racists", "bullies", "spammers", "scammers", "bigots",
)  # fmt: skip
_BEFORE = ("", "", "", "honestly, ", "sorry but ", "lol ", "just saying: ", "today i thought ",
           "everyone knows that ", "i mean, ", "tbh ")  # fmt: skip
_AFTER = ("", "", "", "!", ".", " lol", " and that is that", ", believe me", "!!!", " right?")
_HELD_BACK = 4


def draw(count: int, random: Random, *, held_back: bool = False) -> Texts:
    """``count`` filled forms, half of them hateful, from the training or the held-back forms."""
    texts, labels = [], []
    for number in range(count):
        label = number % 2
        forms = _forms(HATEFUL if label else HARMLESS, held_back=held_back)
        texts.append(_fill(random.choice(forms), random))
        labels.append(label)
    return Texts(tuple(texts), np.array(labels, np.int32))


def _forms(forms: tuple[str, ...], *, held_back: bool) -> list[str]:
    return [form for place, form in enumerate(forms) if (place % _HELD_BACK == 3) is held_back]


def _fill(form: str, random: Random) -> str:
    filled = form.format(
        G=random.choice(PLURAL),
        S=random.choice(SINGULAR),
        O=random.choice(THINGS),
        P=random.choice(PEOPLE),
    )
    text = random.choice(_BEFORE) + filled + random.choice(_AFTER)
    return random.choice((text, text.capitalize(), text))
