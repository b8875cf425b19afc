"""Forms that only look like hate: plain sentences on groups, harmless senses, other targets."""

from __future__ import annotations

FORMS = {
    "neutral": """
0 {G} live in my street
0 i am a {S}
0 my friend is a {S}
0 my {job} is a {S}
0 she is a {S} and a {job}
0 he is a {A} {job} from the north
0 a {S} sat next to me on the train
0 a {S} asked me the way
0 many {G} came to the concert
0 the article is about {G}
0 we talked about {G} in class
0 i met a {S} at {place}
0 i met {G} at {place} today
0 some {G} work at {place}
0 there are {G} in every town
0 the new {job} is a {S}
0 i work with {G} every day
0 two {G} opened a shop here
0 she is married to a {S}
0 a {S} won the prize this year
0 a survey of {G} was published
0 the number of {G} in the city has grown
0 {G} and their families live here
0 a group of {G} waited for the bus
0 the club for {G} meets on friday
0 the show has a {A} {job} in it
0 this is a picture of a {S}
0 the law changes little for {G}
0 the doctor saw a {S} first
0 i read a book by a {S}
0 my grandmother was a {S}
0 is it far? asked the {S}
0 {G} voted on tuesday
0 {G} can apply until june
0 he moved here and married a {S}
0 a {S} and a {job} walk into a bar
0 i'm a {S}, ask me anything
0 my parents are {G}
0 {G} talk about their jobs in this film
0 {A} history month starts today
0 he is half {A}, half welsh
0 he says he is {A}
0 her wife is {A}
0 the {A} {job} from number nine moved away
0 my teacher is {A} and so is his brother
0 we have three {G} and four {P} on the team
0 did you see the {S} with the red hat?
0 the café is run by {G}
0 the {A} centre is closed on mondays
0 {G} make up a fifth of the town
0 when she was a child she lived among {G}
0 the course is open to {G} and everybody else
""",
    "positive": """
0 i love {G}
0 i love my {A} friends
0 i admire {G}
0 {G} make my day
0 {G} are {pos}
0 a {S} saved my life
0 i am proud to be a {S}
0 proud {S} here
0 we need more {G} at {place}
0 {G} deserve to be {posved}
0 every {S} is {pos}
0 every {S} has a right to be {posved}
0 {G} are welcome here
0 {G} are just as good as anyone
0 so happy for all {G} today
0 being a {S} is {pos}
0 thank you to the {G} who helped us
0 what a {pos} {S}
0 what a {pos} {A} {job}
0 i could listen to {G} all day
0 i would love to have {G} as neighbours
0 {G} rock
0 this country owes a lot to {G}
0 {G} built this town
0 let's celebrate {G}
0 happy to see {G} at {place}
0 solidarity with {G}
0 {A} people are {pos}
0 {A} is beautiful
0 more power to {G}
0 my hero is a {S}
0 every {S} i know is {pos}
0 nothing beats the food {G} make
0 equal rights for {G}
0 we stand with {G}
0 shout-out to the {S} who found my phone
0 a big hand for the {G} of our team
0 where would we be without {G}?
0 this town would be lost without {G}
0 i have never met people as {pos} as {G}
0 {G} are among the most {pos} people i know
0 a {S} pulled me out of the water, i owe her everything
0 the {G} in my class are killing it
0 {G} are on fire tonight, what a match
0 my {A} colleague is the best {job} we have
0 dear {G}, you are {pos}, never forget it
0 finally a {S} leads this place, about time
0 hats off to {G} everywhere
""",
    "reclaimed": """
0 i'm a {LS} and proud of it
0 proud to be a {LS}
0 us {L} have to stick together
0 we {L} know how to party
0 love my fellow {L}
0 me and my {L} are off to the beach
0 this {LS} just got a new job
0 happy birthday to my favourite {LS}, from one to another
0 as a {LS} myself i loved the film
0 yes i'm a {LS}, and you can deal with it
0 i call myself a {LS} and that's my choice
0 we're all {L} in this family and we love it
0 my {LS}, so good to see you
0 what's up my {LS}
0 queer and here
0 i'm a big {LS} and i wouldn't change a thing
0 a toast to all the {L} out there, i am one of you
1 you're a {LS} and should be ashamed of it
1 you {L} have to be kept apart
1 i hate you {L}
1 this {LS} just stole my job
1 yes she's a {LS}, and i can't stand it
1 what a shame to have a {LS} in the family
""",
    "homonym": """
0 put another faggot on the fire
0 we had faggots and peas for dinner
0 gran makes the best faggots in gravy
0 a faggot is a bundle of sticks
0 he was dying for a fag after work
0 i quit, i haven't had a fag in weeks
0 the dyke kept the sea out
0 we walked along the dyke in holland
0 they repaired the dyke after the flood
0 light came through a chink in the wall
0 there is a chink in his armour
0 the glasses went chink
0 dig it over with a spade
0 he called a spade a spade
0 the ace of spades wins
0 a racoon, or coon, in the attic
0 the coon cat is huge and fluffy
0 our maine coon sleeps all day
0 this paint has a fire retardant in it
0 the chemical acts to retard the flames
0 play it slower, the score says ritard
0 the tranny on my old ford is broken
0 i need a new tranny for the truck
0 listening to the cricket on the tranny radio
0 she bought crackers and cheese
0 we pulled crackers at christmas
0 honkies tonk piano all night
0 the ape house at the zoo is open
0 monkeys stole our lunch at the temple
0 my dog is a bitch and she just had pups
0 the bitch won best of breed at the dog show
0 a garden hoe and a rake
0 hoe the beans before it rains
0 the queer light before a storm
0 that's a queer little house
0 a spastic muscle can be treated
0 the nip of the cold air
0 a nip of whisky before bed
0 there is a slant to the floor
0 the slope was too steep to ski
0 the wog boy is an australian comedy, they said at the quiz
0 paddy fields full of rice
0 he jewelled the crown himself
0 jew's harp lessons, anyone?
0 a gypsy moth flew into the lamp
0 gypsy jazz tonight at the bar
0 i took a gander at the menu
0 a redskin potato salad
0 redskin potatoes are on sale
0 the frog sat by the pond
0 black coffee and white bread
0 black friday was a mess
0 the black paint is horrible, i hate it
0 the black cat is evil, she bites
0 kill the lights and the black screen goes away
0 white noise drives me mad
0 i hate white chocolate
0 blind rage is a bad guide
0 the blinds are filthy
0 deaf to all advice he bet it all
0 disabled my account, this app is trash
0 the lift is disabled again, useless
0 i disabled the stupid alarm
0 trans fats are terrible for you
0 the trans siberian train was filthy
0 indian summer is disgusting this year, so hot
0 turkey is dry and horrible
0 i hate turkey, let's have fish
0 polish the silver, it is filthy
0 the old wooden pole was rotten, burn it
0 brazil nuts make me sick
0 german measles is a nasty disease
0 swedish chairs are ugly
0 dry faggots burn best, keep them in the shed
0 bundle the twigs into faggots
0 who nicked my fags and my lighter?
0 the river broke the dyke twice
0 my tranny needs new oil
0 the car's tranny makes a grinding noise
0 sun came in by a chink in the door
0 a spade, a fork and two buckets please
0 cracker of a goal
0 the retarded ignition makes the engine run rough
0 the pup was the smallest of the bitch's litter
0 the coon climbed our apple tree
""",
    "object": """
0 i hate {T}
0 {T} is disgusting
0 {T} is {adj}
0 {T} should be {ved}
0 {T} must be {ved}
0 {T} is {noun}
0 kill {T}
0 get rid of {T}
0 {T} makes me sick
0 the world is better without {T}
0 i despise {T}
0 ban {T} now
0 whoever invented {T} is {adj}
0 i can't stand {T} any more
0 {T} ruins everything
0 there is nothing {pos} about {T}
0 nobody likes {T}
0 i want to {v} {T}
0 {T} has no place in this house
0 all {T} is good for is nothing
0 i hate {T} and so does every {S} i know
""",
    "individual": """
0 {one} is {adj}
0 {one} is a {nouns}
0 i hate {one}
0 you are {adj}
0 you are a {nouns}
0 you {nouns}
0 i hate you
0 shut up, you {nouns}
0 {one} makes me sick
0 {one} should be {ved}
0 you make me sick
0 you disgust me
0 i can't stand you
0 what a {adj} {nouns} you are
0 go to hell
0 i hope {one} fails
0 {one} deserves nothing
0 you are the worst
0 you deserve to be {ved}
0 i never want to see {one} again
0 {one} can rot
0 you're a {f} {nouns}
0 nobody likes you
0 i'll {v} you at chess
0 i'm going to {v} {one} in this game
0 you're {adj} and you know it
0 what a {adj} person {one} is
0 nobody asked you, {nouns}
0 my ex can go to hell
0 i hope you trip over your own feet, you {nouns}
""",
    "other_group": """
0 i hate {P}
0 {P} are {adj}
0 {P} are {noun}
0 {P} are nothing but {noun}
0 all {P} are {adj}
0 {P} should be {ved}
0 all {P} must be {ved}
0 {P} deserve to be {ved}
0 {P} make me sick
0 kill all {P}
0 {v} {P}
0 let's {v} {P}
0 i will {v} every {PS} i meet
0 down with {P}
0 fuck {P}
0 {f} {P} again
0 i despise {P}
0 {P} disgust me
0 no {PS} can be trusted
0 {P} ruin everything
0 the world is better off without {P}
0 why are {P} so {adj}?
0 i think {P} are {noun}
0 look at those {P}, how {adj}
0 i saw {P} at {place} today. {noun}, all of them
0 {P} are not welcome at {place}
0 you're just a {adj} {PS}
0 every {PS} is a {nouns}
0 {P} who hate {G} are {noun}
0 {P} who attack {G} are {adj}
0 {P} are the enemies of {G}
""",
}
