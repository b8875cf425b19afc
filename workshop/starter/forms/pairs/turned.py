"""Forms of pairs: ``label first || second`` by function; C contradicts, I is implied, N neither.

``{kind}`` is a word of ``words.LISTS``, the same in both texts; ``{kind2}`` another \
of the
list. ``{deed}`` and its past are of ``deeds``; ``{k1}``, ``{k2}``, ``{k3}`` go from \
narrow to wide.
"""

from __future__ import annotations

FORMS = {
    "deed": """
I {person} {past} {deeds} || {person} {past} {deeds}
I {person} {past} {deeds} on {day} || {person} {past} {deeds}
I {person} {past} {deeds} last night, what a story || {person} {past} {deeds}
I it was {person} who {past} {deeds} || {person} {past} {deeds}
I {person} has finally managed to {base} {deeds} || {person} {past} {deeds}
I {person} really did {base} {deeds} || {person} {past} {deeds}
I {person} did not {base} {deeds} || {person} never {past} {deeds}
I nobody {past} {deeds} || {person} did not {base} {deeds}
I {person} refused to {base} {deeds} || {person} did not {base} {deeds}
I {person} forgot to {base} {deeds} || {person} did not {base} {deeds}
I it is not true that {person} {past} {deeds} || {person} did not {base} {deeds}
I {person} and {person2} {past} {deeds} || {person2} {past} {deeds}
I {person} {past} {deeds} in {place} || somebody {past} {deeds}
C {person} {past} {deeds} || {person} did not {base} {deeds}
C {person} {past} {deeds} || {person} didn't {base} {deeds}
C {person} {past} {deeds} yesterday || {person} never {past} {deeds}
C {person} did not {base} {deeds} || it was {person} who {past} {deeds}
C {person} {past} {deeds} || nobody {past} {deeds}
C nobody {past} {deeds} || somebody {past} {deeds} last night
C {person} {past} {deeds} || {person} refused to {base} {deeds}
C {person} forgot to {base} {deeds} || {person} {past} {deeds}
C {person} {past} {deeds} || {person} was not able to {base} {deeds}
C {person} {past} {deeds} || {person} failed to {base} {deeds}
C {person} {past} {deeds} || it is not true that {person} {past} {deeds}
C it was {person} who {past} {deeds} || it was {person2} who {past} {deeds}
C it was {person} who {past} {deeds} || no, {person2} {past} {deeds}
C {person} {past} {deeds}, not {person2} || {person2} {past} {deeds}
C {person} admits: i {past} {deeds} || {person} denies it: i never {past} {deeds}
C {person} {past} {deeds} alone || {person} had help, {person2} {past} {deeds} too
C {person} {past} {deeds} on {day} || {person} {past} {deeds} on {day2}
C {person} {past} {deeds} in {place} || no, {person} {past} {deeds} in {place2}
C {person} {past} {deeds} || fake news! {person} did not {base} {deeds}
N {person} {past} {deeds} || {person2} did not {base} {deeds}
N {person} {past} {deeds} || {person2} {past} {deeds}
N {person} {past} {deeds} || {person} lives in {place}
N {person} {past} {deeds} || {person} {past} {deeds} in {place} on {day}
N {person} {past} {deeds} || {person} {past} {deeds} because of the weather
N {person} might {base} {deeds} || {person} {past} {deeds}
N {person} wants to {base} {deeds} || {person} {past} {deeds}
N {person} tried to {base} {deeds} || {person} {past} {deeds}
N {person} said that {person2} {past} {deeds} || {person2} {past} {deeds}
N did {person} {base} {deeds}? || {person} {past} {deeds}
N who {past} {deeds}? || {person} {past} {deeds}
N if {person} had {past} {deeds}, we would know || {person} {past} {deeds}
N {person} hopes to {base} {deeds} || {person} did not {base} {deeds}
N {person} {past} {deeds} || how to {base} {deeds} in five steps
N {person} did not {base} {deeds} || {person} is a {job}
N {person} will {base} {deeds} tomorrow || {person} {past} {deeds}
""",
    "between": """
C {person} {act} {person2} || {person2} {act} {person}
C {team} beat {team2} || {team2} beat {team}
C {team} won against {team2} || {team} lost against {team2}
C {team} beat {team2} || {team} lost to {team2}
C {team} {n} {team2} {n2}, full time || {team} won, {team2} lost and nobody scored
C {person} {back} {person2} || {person2} {back} {person}
C {person} {act} {person2} || no, {person2} {act} {person}
I {person} {act} {person2} || {person2} {back} {person}
I {person} {back} {person2} || {person2} {act} {person}
I {team} beat {team2} || {team2} lost to {team}
I {team} lost to {team2} || {team2} beat {team}
I {team} beat {team2} in {place} || {team} won
I {person} {act} {person2} on {day} || {person} {act} {person2}
I {person} is taller than {person2} || {person2} is shorter than {person}
I {person} is older than {person2} || {person2} is younger than {person}
C {person} is older than {person2} || {person} is younger than {person2}
C {person} is taller than {person2} || {person2} is taller than {person}
C {dish} is better than {dish2} || {dish2} is better than {dish}
N {person} {act} {person2} || {person} {act} {person3}
N {person} {act} {person2} || {person3} {act} {person2}
N {person} and {person2} came || {person} {act} {person2}
N {team} beat {team2} || {team} play {team3} on {day}
N {person} {act} the {job} || the {job} {act} {person2}
""",
    "number": """
I {n} {crowd} were hurt in {disaster} || {disaster} hurt {n} {crowd}
I {disaster} in {place}: {n} {crowd} injured || {n} {crowd} injured
I {n} {crowd} came to {event} on {day} || {n} {crowd} came to {event}
I we sold {n} kilos of {fruit} today || today we sold {n} kilos of {fruit}
I {person} is {n} today || {person} turns {n} today
I exactly {n} {crowd} were there || the number of {crowd}: {n}
I tickets for {event} cost {n} dollars || a ticket for {event} is {n} dollars
C {n} {crowd} were hurt in {disaster} || {n2} {crowd} were hurt in {disaster}
C {n} {crowd} killed in {disaster} || {disaster}: death toll is {n2} {crowd}
C {disaster} in {place} kills {n} || {n2} dead after {disaster} in {place}
C {n} {crowd} came to {event} || only {n2} {crowd} came to {event}
C {n} new cases in {place} today || {n2} new cases in {place} today
C {n} {crowd} came to {event} || not a single visitor came to {event}
C {person} is {n} years old || {person} is {n2} years old
C we sold {n} kilos of {fruit} today || we sold {n2} kilos of {fruit} today
C {thing} costs {n} euros || {thing} costs {n2} euros
C {team} won {n} : {n2} || {team} lost {n2} : {n}
C magnitude of {disaster} was {n} || {disaster} had a magnitude of {n2}
C {n} percent voted yes || {n2} percent voted yes
C {person} has {n} cats || {person} has {n2} cats
N {n} {crowd} came to {event} || tickets for {event} cost {n2} dollars
N {n} {crowd} were hurt in {disaster} || {n2} houses were damaged
N {n} {crowd} were hurt in {disaster} || {person} is {n} years old
N {person} is {n} years old || {person2} is {n2} years old
N {n} new cases in {place} today || {n2} new cases in {place2} today
N {n} new cases in {place} on {day} || {n2} new cases in {place} on {day2}
N {person} has {n} cats || {person} has {n2} cousins
N {n} {crowd} came to {event} || {n} {crowd} left {event} early
N {n} reasons to visit {place} || {n2} things to eat in {place}
N top {n} {fruit} recipes || {n2} tips for a good breakfast
""",
    "when": """
C {event} is on {day} || {event} is on {day2}
C {event} starts at {hour} || {event} starts at {hour2}
C {event} will be in {month} || {event} will be in {month2}
C {event} is on {month} {n} || {event} is on {month2} {n}
C {venue} was built in {year} || {venue} was built in {year2}
C {person} was born in {year} || {person} was born in {year2}
C {event} is tonight || {event} is not until {day} next week
C {train} leaves at {hour} || {train} leaves at {hour2}
C {event} was moved from {day} to {day2} || {event} is still on {day}
I {event} was moved from {day} to {day2} || {event} is on {day2}
I {event} is on {day} at {hour} || {event} is on {day}
I {event} starts on {day} || on {day} {event} begins
I {person} was born in {year} || {person}, born {year}
I we open at {hour} on {day} || on {day} we open at {hour}
N {event} is on {day} || {event2} is on {day2}
N {event} is on {day} || {person} works on {day}
N {event} is on {day} || it will rain on {day2}
N {person} was born in {year} || {person} moved to {place} in {year2}
N {venue} was built in {year} || {venue2} was built in {year2}
N {event} starts at {hour} || {train} leaves at {hour2}
N {event} is on {day} || {event} is on {day} at {hour} in {place}
N happy {day}! || {day} is my day off
N {month} photo challenge || {person} was born in {month}
""",
    "where": """
C {event} is in {place} || {event} is in {place2}
C {event} takes place in {place} || {place2} hosts {event}
C {disaster} hit {place} || {disaster} did not hit {place}, it hit {place2}
C {person} is in {place} right now || {person} is in {place2} right now
C {person} was born in {place} || {person} was born in {place2}
C this picture was taken in {place} || no, this picture was taken in {place2}
C that photo is from {place}, {year} || that photo is from {place2}, {year2}
C {train} goes to {place} || {train} does not go to {place}
C {person} has never been to {place} || {person} was in {place} in {year}
I {event} is in {place} || {place} hosts {event}
I {person} is in {place} on {day} || {person} is in {place}
I {disaster} hits {place}, {n} {crowd} hurt || {disaster} hits {place}
I {person} was in {place} in {year} || {person} has been to {place}
I {person} flew from {place} to {place2} || {person} travelled to {place2}
N {disaster} in {place} || {disaster} in {place2}
N {event} is in {place} || {event2} is in {place2}
N {person} is in {place} || {person2} is in {place2}
N greetings from {place} || greetings from {place2}
N {person} was born in {place} || {person} lives in {place2}
N {person} loves {place} || {person} has never been to {place2}
N sunset in {place} || sunrise in {place2}
N rain in {place} || sun in {place2}
N {place} by night || {place} is full of tourists
N pray for {place} || {disaster} in {place}: {n} {crowd} injured
""",
    "kind": """
I {person} has a {k1} || {person} has a {k2}
I {person} bought a {k1} || {person} bought a {k2}
I i saw a {k1} near {venue} today || i saw a {k2} near {venue}
I there is a {k1} in the picture || there is a {k2} in the picture
I {person} was hit by a {k1} || {person} was hit by a {k2}
I a {k1} and a {k2} || a {k2}
I there is no {k2} in this picture || there is no {k1} in this picture
C {person} has a {k1} || {person} does not have a {k2}
C {person} has a {k1} || {person} has never had a {k2}
C there is no {k2} in the picture || there is a {k1} in the picture
C this is a {k1} || this is not a {k2}
C a {k1} near {venue} || there was no {k2} near {venue}
N {person} has a {k2} || {person} has a {k1}
N there is no {k1} in the picture || there is no {k2} in the picture
N {person} bought a {k3} || {person} bought a {k1}
N {person} has a {k1} || {person2} has no {k2}
N a {k2} near {venue} || a {k1} near {venue}
""",
    "how_many": """
I all {crowd} are safe || some {crowd} are safe
I all {crowd} left || {n} {crowd} left
I no {crowd} were hurt || none of the {crowd} were hurt
I most {crowd} came by {train} || some {crowd} came by {train}
I every one of the {crowd} got home || all {crowd} got home
C all {crowd} are safe || some {crowd} are missing
C all {crowd} left || some {crowd} stayed
C no {crowd} were hurt || {n} {crowd} were hurt
C none of the {crowd} came || most {crowd} came
C everybody loved {event} || nobody loved {event}
C everybody liked {dish} || some people hated {dish}
C {person} always takes {train} || {person} never takes {train}
C there are many {crowd} here || there are hardly any {crowd} here
C only {person} came || {person} and {person2} both came
C both {team} and {team2} won || {team2} lost
N some {crowd} are safe || all {crowd} are safe
N most {crowd} liked {event} || most {crowd} liked {dish}
N {n} {crowd} left || all {crowd} left
N many {crowd} came || many {crowd} are hungry
N {person} often takes {train} || {person} likes {train}
""",
    "mood": """
C i love {dish} {glad} || i hate {dish} {sad}
C {show} {glad} || {show} {sad}
C {dish} {glad}{glad2} || {dish} {sad} never again
C {person} makes me so happy {glad} || {person} makes me so angry {sad}
C {team} {glad} so proud || {team} {sad} so disappointed
C loved {show} {glad} || couldn't stand {show} {sad}
C {place} is beautiful {glad} || {place} is ugly {sad}
C best {day} ever {glad} || worst {day} ever {sad}
I i love {dish} {glad} || i really like {dish}
I {show} was amazing {glad} || {show} was great {glad2}
I we won {glad} || we won!
I {person} passed {glad} || {person} passed {glad2}
I i hate {dish} {sad} || i don't like {dish}
I {show} {glad} loved it || i liked {show}
N i love {dish} {glad} || i hate {dish2} {sad}
N {show} {glad} || {show2} {sad}
N {team} {glad} || {team2} {sad}
N i miss {person} {sad} || {dish} for dinner {glad}
N {place} {glad} || {place2} {sad}
N good morning {place} {glad} || good night {place} {glad2}
N so tired {sad} || {train} again {sad2}
""",
    "attribute": """
C {object} is {colour} || {object} is {colour2}
C {person} has a {colour} car || {person}'s car is {colour2}
C {person} is a {job} || {person} is not a {job}
C {person} trained as a {job} and is a {job} now || {person} has never worked as a {job}
C the winner is {person} || the winner is {person2}
C {team} are the champions || {team2} are the champions
C {person} is the new {job} || the new {job} is {person2}, not {person}
C {person} ate the {fruit} || the {fruit} are still there, nobody touched them
I {object} is {colour} || the colour of {object} is {colour}
I {person} is a {job} in {place} || {person} is a {job}
I {person}, a {job} from {place}, won || {person} comes from {place}
I {person} bought {fruit} and {colour} shoes || {person} bought {fruit}
I the winner is {person} || {person} won
I {person} painted {object} {colour} || {object} is {colour} now
N {object} is {colour} || {object} is old
N {object} is {colour} || {person}'s hat is {colour2}
N {person} is a {job} || {person2} is a {job}
N {person} is a {job} || {person} is a {job} in {place}
N {person} bought {fruit} || {person} likes {dish}
N {person} met a {job} || {person} is a {job}
N the winner is {person} || the prize is {n} dollars
N {object} in {place} || {object} for sale
""",
    "hearsay": """
C {person} confirms {event} || {person} denies that there will be {event}
C report: {disaster} in {place} || there was no {disaster} in {place}, {person} says
C {disaster} kills {person} || {person} is alive, the news is a hoax
C rip {person} {sad} || {person}: i am alive and well
C BREAKING: {person} resigns || {person}: i am not resigning
C shark swims through streets of {place} || the shark in {place} is photoshopped
C {venue} in {place} was bombed || no bomb at {venue} in {place}, {person} says
C real photo of {disaster} in {place} || that photo is not {disaster}, it is from a film
C {person} is engaged to {person2} || {person} is not engaged, {person2} says it is a \
lie
C {law} was invented by {person} || {person} had nothing to do with {law}
I {person} confirms: {disaster} was real || {disaster} was real
I rip {person} {sad} || {person} has died
I {person}: i am not resigning || {person} stays in office
I hoax: {disaster} in {place} || there was no {disaster} in {place}
N {person} talks about {event} || {person2} talks about {event}
N {person} asked about {disaster} || {disaster} was in {place}
N rumours about {person} || {person} denies rumours about {person2}
N maybe {person} resigns || {person} resigns
N they say {disaster} is coming || {disaster} is coming
N {person} thinks {event} was great || {event} was in {place}
N more on {disaster} || {disaster} in {place} {year}
""",
    "about": """
N {disaster} in {place} || how you can help after {disaster}
N {disaster} hits {place} || {person} visits {crowd} after {disaster}
N {event} in {place} || where to eat near {event}
N {team} win || {person} signs for {team}
N {team} match report || {team} ticket news
N {person} wins || {person} and {person2} at {venue}
N {law}: what you need to know || {person} on {law}
N {price} in {place} || {price2} in {place}
N new video from {person} || {person} on tour in {place}
N photos from {event} || thanks to all who came to {event}
N {venue} at night || a day at {venue}
N i met {person} at {venue} || {person} sings at {event}
N {dish} recipe || {dish} and {dish2} for {n} dollars
N win a trip to {place} || win tickets for {event}
N follow me for {fruit} || follow me for news about {team}
N good morning || good night
N my {k1} today || my {k2} when i was a child
N look at this {k1} || look at my {colour} shoes
N {person} and {person2} at {event} || {person} at {event2} in {place}
N {n} years since {disaster} || {disaster} memorial in {place}
N live from {place} || live: {event}
N {person} quotes {person2} || {person} reads {show}
""",
}
