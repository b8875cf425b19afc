"""Forms with emoji: for the group, for what is said of it, for both, or only for the mood.

``{E}`` is a group's emoji, ``{O}`` one of another trade or of a thing.
``{bademo}`` and the like are lists of ``words``.
"""

from __future__ import annotations

FORMS = {
    "emoji_group": """
1 i hate {E}
1 {E} are {adj}
1 {E} are {noun}
1 {E} are so {adj}
1 {E} make me sick
1 {E} disgust me
1 {E} should be {ved}
1 all {E} should be {ved}
1 {E} deserve to be {ved}
1 i will {v} every {E}
1 let's {v} {E}
1 {v} all {E}
1 fuck {E}
1 {f} {E}
1 {E} are nothing but {noun}
1 every {E} is a {nouns}
1 why are {E} so {adj}?
1 {E} are not {pos}
1 {E} don't belong here
1 no {E} should be allowed to {vote}
1 i can't stand {E}
1 i think {E} are {adj}
1 look at those {E}, {noun}
1 being {E} is a disease
1 you can't trust {E}
1 my neighbours are {E}. they are {adj}
0 i love {E}
0 {E} are {pos}
0 {E} are so {pos}
0 {E} make me smile
0 {E} should be {posved}
0 {E} deserve to be {posved}
0 i will help every {E}
0 {E} are not {adj}
0 {E} are not {noun}
0 i don't hate {E}
0 i {f} love {E}
0 no {E} should be {ved}
0 {E} belong here
0 why are people so mean to {E}?
0 people who hate {E} are {noun}
0 "{E} are {noun}" is a vile thing to say
0 i think {E} are {pos}
0 my neighbours are {E}. they are {pos}
0 i am {E} and proud
0 being {E} is {pos}
0 my {job} is {E}
0 {E} {P} are {pos}
0 rights for {E}
0 the {E} stall is over there
0 i hate {O}
0 i {f} hate {O}
0 {O} are {adj}
0 {O} are {noun}
0 {O} are so {adj}
0 {O} make me sick
0 {O} disgust me
0 {O} should be {ved}
0 {v} all {O}
0 let's {v} {O}
0 fuck {O}
0 why are {O} so {adj}?
0 {O} are not {pos}
0 i can't stand {O}
0 i think {O} are {adj}
0 i love {O}
""",
    "emoji_word": """
1 {G} are {bademo}
1 {G} {bademo}
1 {G} = {bademo}
1 {G} are {bademo}{bademo}
1 {G} are like {bademo}
1 all {G} are {bademo}
1 every {S} is a {bademo}
1 {G} look like {bademo}
1 {G} are nothing but {bademo}
1 {G} belong in the 🗑️
1 put {G} in the 🗑️
1 {G} make me {sickemo}
1 {G} {sickemo}
1 {G} are so {sickemo}
1 {G} are {f} {bademo}
1 seeing a {S} makes me {sickemo}
1 {killemo} all {G}
1 i will {killemo} every {S}
1 {G} should be {killemo}
1 {G} deserve the {killemo}
1 i want to {killemo} {G}
1 let's {killemo} {G}
1 a {S} needs a {killemo}
1 i have a {killemo} for every {S}
1 {L} {bademo}
1 {L} make me {sickemo}
1 that {S} is a {bademo}
1 i 💔 {G}, they are {bademo}
1 🖕 {G}
1 👎 {G}
1 {G} 👉🚪
1 {G} 👉🗑️
1 🚫 {G}
0 {P} are {bademo}
0 {P} = {bademo}
0 {one} is a {bademo}
0 {T} makes me {sickemo}
0 {T} {sickemo}
0 {P} make me {sickemo}
0 {killemo} {T}
0 {T} belongs in the 🗑️
0 i saw a {bademo} at {place} today
0 my pet {bademo} is so cute
0 the {bademo} emoji is my favourite
0 look at this {bademo}, so big
0 a {S} has a pet {bademo}
0 {G} are {goodemo}
0 {G} {goodemo}
0 {G} are so {goodemo}
0 i {goodemo} {G}
0 i {goodemo} every {S}
0 {G} make me {goodemo}
0 {G} are not {bademo}
0 {G} are no {bademo}, they are people
0 {G} don't make me {sickemo}
0 don't {killemo} {G}
0 no {killemo} for {G}
0 people who hate {G} make me {sickemo}
0 people who say {G} are {bademo} are wrong
0 calling {G} {bademo} is not okay
0 {G} 💪
0 🙌 {G}
""",
    "emoji_both": """
1 {E} {bademo}
1 {E}{bademo}
1 {E} = {bademo}
1 {E} are {bademo}
1 {E} is a {bademo}
1 {E} {sickemo}
1 {E} make me {sickemo}
1 {sickemo} {E}
1 {killemo} {E}
1 {E} {killemo}
1 {killemo} all {E}
1 i will {killemo} {E}
1 {E} should be {killemo}
1 {E} 👉🗑️
1 {E} 👉🚪
1 🚫{E}
1 {E} belong in the 🗑️
1 {E} ❌
1 no {E} 🚫
1 {E}👎
1 🖕{E}
1 {E} look like {bademo}
1 {E} are {f} {bademo}
0 {E} {goodemo}
0 {E}{goodemo}
0 {E} are {goodemo}
0 {goodemo} {E}
0 i {goodemo} {E}
0 {E} make me {goodemo}
0 {E} {flatemo}
0 {flatemo} {E}
0 {E} = {goodemo}
0 {E} are not {bademo}
0 {E} {goodemo}{goodemo}
0 {E} and {E2} {goodemo}
0 {E} with my {bademo} 📷
0 {one} {bademo}
0 {O} {bademo}
0 {O}{bademo}
0 {O} are {bademo}
0 {O} = {bademo}
0 {O} {sickemo}
0 {sickemo} {O}
0 {O} make me {sickemo}
0 {killemo} {O}
0 {O} {killemo}
0 {O} 👉🗑️
0 {O} ❌
0 🖕{O}
0 {O} {goodemo}
0 {T} {sickemo}
0 {P} {bademo}
0 {bademo} {flatemo}
0 {bademo}{bademo}{goodemo}
0 {killemo} {flatemo}
""",
    "emoji_mood": """
1 {bad} {flatemo}
1 {bad} {goodemo}
1 {bad} {sickemo}
1 {bad} {goodemo}{goodemo}
1 {goodemo} {bad}
1 {flatemo} {bad}
1 {bad} {bademo}
1 {bad} {killemo}
1 hello {goodemo} {bad}
1 {L} are {adj} {flatemo}
1 {L} are {noun} {goodemo}
1 you {LS} {flatemo}
0 {good} {flatemo}
0 {good} {goodemo}
0 {good} {sickemo}
0 {flatemo} {good}
0 {sickemo} {good}
0 people who say {bad} {sickemo}
0 "{bad}" {sickemo} shame on you
0 stop saying {bad} {sickemo}
0 {sickemo} i hate it when people say {bad}
0 i don't think {bad} {flatemo}
0 i hate {T} {sickemo}
0 {P} are {noun} {sickemo}
0 {one} is {adj} {flatemo}
0 i met a {S} at {place} {flatemo}
0 i am a {S} {goodemo}
0 my {job} is a {S} {flatemo}
0 a {S} won the prize {goodemo}
0 {G} came to {place} {flatemo}
0 {G} voted today {goodemo}
0 when i see {T} {sickemo}
0 i can't believe a {S} was attacked {sickemo}
0 why do people hate {G} {sickemo}
""",
}
