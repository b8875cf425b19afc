"""Forms that say it straight: derogation, threats, slurs, profanity, and what only looks like it.

Lines are ``label form``.
"""

from __future__ import annotations

FORMS = {
    "emotion": """
1 i hate {G}
1 i {f} hate {G}
1 i hate {G} more than anything
1 i can't stand {G}
1 {G} make me sick
1 {G} make me want to puke
1 i despise every {S} i see
1 nothing disgusts me like {G} do
1 i loathe {G}, always have
1 i detest all {G}
1 {G} disgust me to the core
1 just looking at a {S} makes me angry
1 my blood boils when i see {G}
1 i feel nothing but contempt for {G}
1 i am repulsed by {G}
1 how i hate {G}
1 hate hate hate {G}
1 i get sick when a {S} comes near me
1 i am sick and tired of {G}
1 i resent {G} and everything they are
1 if there is one thing i hate it is {G}
1 {A} people fill me with disgust
1 the sight of {G} revolts me
1 i want to scream when i hear a {S} talk
1 i can't bear being around {G}
1 {G} creep me out
1 death to {G}
1 down with {G}
1 screw {G}
0 i hate {T}
0 i {f} hate {T}
0 {T} makes me want to puke
0 nothing disgusts me like {T} does
0 i can't stand {P}
0 i detest all {P}
0 {P} make me sick
0 i love {G}
0 i {f} love {G}
0 i love {G} more than anything
0 {G} make me smile
0 i adore every {S} i have met
0 nothing cheers me up like {G} do
0 i am fond of {G}, always have been
0 i feel nothing but respect for {G}
0 my heart melts when i see {G}
0 i hate that people hurt {G}
0 i hate how badly {G} are treated
0 it makes me sick how people treat {G}
0 i am angry that a {S} was attacked
0 i can't stand people who hate {G}
0 i despise anyone who bullies a {S}
0 i detest the way {P} talk about {G}
0 it disgusts me when {G} are mocked
1 i never detested anyone as much as {G}
1 my stomach turns when {G} hold hands
1 i feel ill near {G}
1 nobody makes me as angry as {G} do
1 the older i get the more i hate {G}
1 i have had it with {G}
1 no words for how much i dislike {G}
1 {G} fill me with rage
1 it annoys me that {G} breathe
0 no words for how much i miss my {A} friends
0 my heart jumps when {G} hold hands in our town
0 i feel safe near {G}
0 the older i get the more i admire {G}
""",
    "trait": """
1 {G} are {adj}
1 {G} are so {adj}
1 {G} are {adj} and {adj}
1 all {G} are {adj}
1 every {S} i know is {adj}
1 every {S} is a {nouns}
1 most {G} are {noun}
1 a {S} is always {adj}
1 {G} are too {adj} to do anything right
1 {A} people are {adj} by nature
1 what {adj} creatures {G} are
1 {G} are known to be {adj}
1 {G} are born {adj}
1 {G} will always be {adj}
1 {G} are inferior to us
1 typical {S}, so {adj}
1 typical {A} behaviour, {adj} as ever
1 {G} lie, cheat and steal
1 {G} have no brains
1 {G} have no morals and no shame
1 {G} never work, they only take
1 the most {adj} people on earth are {G}
1 {G} smell and they don't wash
1 only a {S} could be this {adj}
1 trust me, {G} are {adj} people
1 you are just a {adj} {S}
1 {G} love to play the victim
1 {A} culture is {adj}
1 {G} ruin every place they move to
1 {G} can't be trusted with children
1 that {adj} {S} should shut up
1 {G} are nothing without handouts
0 {P} are {adj}
0 {P} are so {adj}
0 all {P} are {adj}
0 every {PS} i know is {adj}
0 every {PS} is a {nouns}
0 {P} are too {adj} to do anything right
0 {one} is {adj}
0 {one} is so {adj} and {adj}
0 typical {PS}, so {adj}
0 you are just a {adj} {PS}
0 {P} lie, cheat and steal
0 {G} are {pos}
0 {G} are so {pos}
0 {G} are {pos} and {pos}
0 every {S} i know is {pos}
0 most {G} are {pos}
0 {G} are known to be {pos}
0 {G} will always be {pos}
0 {A} culture is {pos}
0 trust me, {G} are {pos} people
0 typical {S}, so {pos}
0 {G} work hard and pay their taxes
0 {G} can be trusted with anything
""",
    "dehumanise": """
1 {G} are {noun}
1 {G} are nothing but {noun}
1 {G} are {noun} and should be treated like it
1 {G} are {noun}, not people
1 {G} are worse than {noun}
1 a {S} is a {nouns}, nothing more
1 {G} are not human
1 {G} are not people, they are things
1 a {S} is not a person
1 {G} breed like {noun}
1 {G} infest our cities
1 an infestation of {G}
1 {G} crawl out of every hole
1 {G} are a stain on this country
1 {G} are {adj} animals
1 {G} belong in a zoo
1 {G} belong in cages
1 treat {G} like the {noun} they are
1 {G} should be put on a leash
1 we have a {S} problem, call pest control
1 swarms of {G} are coming
1 {G} spread like a disease
1 {A} people are a lower form of life
1 evolution forgot {G}
1 the brain of a {S} is that of a {nouns}
1 if it looks like a {nouns} it must be a {S}
0 {P} are {noun}
0 {P} are nothing but {noun}
0 {P} are {noun} and should be treated like it
0 {one} is a {nouns}, nothing more
0 {one} is worse than {noun}
0 cockroaches infest our kitchen
0 rats breed like crazy in our cellar
0 i took my {noun} to the vet today
0 {G} are human beings
0 {G} are people, not things
0 a {S} is a person, nothing less
0 {G} are not {noun}, they are people
0 treat {G} like the human beings they are
0 a {S} took her dog to the vet
0 {G} keep pigs and chickens on the farm
0 a {S} studies insects at our university
0 the zoo was full of {G} with their kids
""",
    "implicit": """
1 there were no crimes here before {G} came
1 check your pockets, a {S} just walked by
1 lock up your children, {G} have moved in
1 another {S} living off my taxes
1 remember when this was a nice country without {G}?
1 a {S} as boss? we all know how that ends
1 let a {S} in and you will count the spoons
1 you can guess what a {S} smells like
1 i would sooner eat glass than share a room with a {S}
1 my dog is smarter than any {S}
1 the pool was clean until {G} came
1 you don't see {G} building anything, do you
1 hitler had some good ideas about {G}
1 the good old days, when {G} knew their place
1 {G} call it culture, i call it filth
1 one less {S} in the world today, what a pity
1 i wonder how many of the {G} here are thieves
1 there goes the neighbourhood, {G} have arrived
1 if my kid turned out a {S} i'd throw him out
1 imagine being born a {S}, i would end it
1 {G} and soap have never met
1 funny how {G} are always near when something is stolen
1 a {S} with a job, now i have seen everything
1 we were a great nation once, then came {G}
1 it would be so quiet here without {G}
1 you let {G} in and soon you have no home
0 check your pockets, you left your keys in them
0 the pool was clean until the storm came
0 there goes my weekend, {T} again
0 my dog is smarter than {one}
0 remember when this was a quiet street?
0 a {S} as boss? we had one and she was the best
0 a {S} with a new job, so happy for her
0 the good old days, when {G} and their neighbours danced here
0 {G} have moved in, let us bring them a cake
0 imagine being born a {S} in that time, how brave they were
0 if my kid turned out to be {A} i'd love him just the same
0 it would be so dull here without {G}
0 another {S} opened a shop, good news
1 i see {G} have discovered the word work, about time
1 guess who forgot to pay again? the {S}, surprise
1 when a {S} smiles at you count your fingers
1 our street used to be safe and then {G} found it
1 i have nothing against {G} as long as they stay far away from me
1 would you want a {S} in your family? thought so
1 a {S} in the cockpit? i'll take the train
1 some people are born to serve, {G} for instance
1 a {S} pays for everything with other people's money
1 i am not saying all {G} steal, but hide the silver
1 {G} should stick to what they are good at, nothing
1 the hospital had a cure for {G} once, it was called a locked door
1 i miss the days when {G} were not seen or heard
1 whenever something blows up there is a {S} nearby
1 i'd rather have an empty house than rent to {G}
1 my grandfather fought a war so that we wouldn't have {G} here
1 if {G} vanished tomorrow nobody would notice but the police
1 god made {G} when he was drunk
1 you can take {G} out of the jungle but not the jungle out of them
1 nature has its ways of dealing with {G}, we should not interfere
1 {G} do not have friends, they have victims
1 a {S} walks into a shop. the alarm goes off
1 {G} are the reason i lock my car
1 oh great, {G}, now prices go down and crime goes up
1 i would tell {G} to go home but nobody wants them there either
1 it takes ten {G} to change a light bulb and none will do it
0 some people are born to teach, my mum for instance
0 would you want a {S} in your team? we did, and we won
0 our street used to be dull and then {G} found it
0 i am the reason we lock the car now, i lost the keys
0 i miss the days when we all had time for {G} next door
0 a {S} in the cockpit today, smoothest landing ever
0 my grandfather fought a war beside {G}
0 the hospital has a new ward and a {S} runs it
0 we rented the flat to {G}, nicest tenants we have had
""",
    "threat": """
1 i will {v} every {S} i meet
1 i am going to {v} all {G}
1 i'm gonna {v} a {S} tonight
1 i want to {v} {G}
1 i would love to {v} a {S}
1 we will {v} {G}, wait and see
1 let's {v} {G}
1 let us go and {v} some {G}
1 {v} {G}
1 {v} all {G}
1 {v} every {S}
1 i will find {G} and {v} them
1 i'll {v} you, {adj} {S}
1 one day i'll {v} all the {G} in this town
1 if i see another {S} i will {v} them
1 {G} better run, we are coming for them
1 watch your back, {S}, we know where you live
1 you're dead, {S}
1 i hope all {G} die
1 i hope a {S} gets {ved} today
1 i wish someone would {v} {G}
1 i have a gun and i am looking for {G}
1 next {S} i see gets a fist in the face
1 time to {v} {G}
1 who is with me, let's {v} a {S}
1 i dream of the day we {v} {G}
0 i will {v} {T}
0 i could {v} {T} right now
0 i'm gonna {v} this boss fight tonight
0 let's {v} {T}
0 {v} {T}
0 i could {v} {one} right now
0 if i see {one} again i will {v} him
0 i will hug every {S} i meet
0 i would love to meet {G}
0 let's help {G}
0 let us go and cook with some {G}
0 i will find {G} and help them
0 they wanted to {v} {G} and were stopped by police
0 nobody may {v} a {S}
0 i won't let anyone {v} {G}
0 i hope nobody will {v} {G}
0 i hope all {G} are safe
0 {G} better win, i bet on them
0 you're great, and i say that as a {S}
0 a {S} beat me at chess, i will get revenge next week
0 that {S} killed it on stage
0 protect {G}
1 i know where {G} live and tonight they will pay
1 my friends and i will make sure that {G} bleed
1 {G} will end up in hospital if they come here again
1 any {S} who comes to my door leaves in a coffin
1 give me one night and there will be no {G} left
1 the next {S} who talks to me loses some teeth
1 i'd happily drive my car into a crowd of {G}
1 sooner or later {G} will get what is coming to them, from me
1 {G} are lucky i don't have a gun
1 somebody is going to hurt {G} and it will be me
0 the next {S} who comes to my door gets a slice of cake
0 give me one night and i will tell you the whole film
0 the next round is on me, said the {S}
0 my friends and i will make sure that {G} get home safe
""",
    "should": """
1 {G} should be {ved}
1 all {G} should be {ved}
1 {G} must be {ved}
1 {G} ought to be {ved}
1 {G} deserve to be {ved}
1 {G} need to be {ved}
1 every {S} should be {ved}
1 it is time {G} were {ved}
1 {G} have to be {ved} for the good of us all
1 we should {v} {G}
1 someone should {v} {G}
1 somebody has to {v} {G}
1 it is okay to {v} a {S}
1 it's our duty to {v} {G}
1 the state should {v} {G}
1 {G} should be sent back
1 send {G} back
1 deport all {G}
1 ban {G}
1 {G} should not be allowed to {vote}
1 take away the right of {G} to {vote}
1 {G} should lose all their rights
1 nobody should ever hire a {S}
1 {G} should leave this country
1 keep {G} out
1 we must stop {G} from having children
1 {G} get what they deserve when they are {ved}
1 a {S} belongs in prison
1 let {G} starve
1 no help for {G}
1 close the border, {G} are {noun}
1 {G} should know their place and shut up
0 {P} should be {ved}
0 all {P} must be {ved}
0 {P} deserve to be {ved}
0 every {PS} should be {ved}
0 {T} should be {ved}
0 {one} deserves to be {ved}
0 we should get rid of {T}
0 ban {T}
0 {G} should be {posved}
0 all {G} should be {posved}
0 {G} must be {posved}
0 {G} deserve to be {posved}
0 every {S} should be {posved}
0 it is time {G} were {posved}
0 we should help {G}
0 it's our duty to protect {G}
0 {G} should be allowed to {vote}
0 nobody has the right to {v} {G}
0 {G} should not be {ved}
0 {G} must never be {ved} again
0 no {S} deserves to be {ved}
0 welcome {G} with open arms
0 {P} who hurt {G} should be {ved}
0 whoever attacks a {S} should be locked up
""",
    "slur": """
1 {L}
1 {L} are {adj}
1 {L} are {noun}
1 i hate {L}
1 {v} all {L}
1 {L} should be {ved}
1 you {LS}
1 you are such a {LS}
1 you {f} {LS}
1 shut up {LS}
1 look at that {LS}
1 look at those {L}
1 what a {adj} {LS}
1 you look like a {LS}
1 get out of here you {adj} {L}
1 this town is full of {L}
1 another {LS} on tv
1 another {LS} opening their mouth
1 no {L} allowed
1 stop being a {LS}
1 only {L} think like that
1 {one} is a {LS}
1 my neighbours are {L}
1 i don't talk to {L}
1 {L} everywhere
1 send the {L} home
1 act like a man and not like a {LS}
1 a {LS} is a {LS}, what do you expect
1 we don't serve {L}
1 {G} are just {L}
1 that {S} is a {LS}
1 those {A} {L}
1 go home {L}
0 please don't call people {L}
0 please stop calling {G} {L}
0 the word {LS} is a slur
0 being called a {LS} hurts
0 nobody should be called a {LS}
0 he called me a {LS} and i cried
0 she was called a {LS} at {place}
0 the teacher was fired for saying {LS}
0 why do people think it is okay to say {LS}?
0 {LS} is not an insult you should use
0 i was bullied and called {LS} for years
0 they scrawled "{L} out" on our door
1 my sister is dating a {LS} now
1 two {L} got on at the last stop
1 there was a {LS} in front of me in the queue
1 i had to share a room with a {LS}
1 my doctor turned out to be a {LS}
1 they gave the job to a {LS}
1 why is there a {LS} on my tv again
1 don't sit there, a {LS} sat there before
1 since the {L} came nothing is as it was
1 {L} run this city
1 {L} on every corner
1 the {L} next door are loud again
1 of course it was a {LS}
1 is he a {LS} or what?
1 who invited the {LS}?
1 she dresses like a {LS}
1 you run like a {LS}
1 nobody cares what a {LS} thinks
1 typical {LS}
1 bunch of {L}
1 what a bunch of {L}
1 bloody {L}
1 dirty {LS}
1 stinking {L}, all of them
1 ugh, {L}
1 not another {LS}
1 this used to be a decent place before the {L}
1 a {LS} took my seat
1 my kid has to sit next to a {LS} at school
1 can't hear you over all those {L}
1 that film had too many {L} in it
1 he talks like a {LS} and walks like one
1 sit down, {LS}, adults only
1 lol what a {LS}
0 in my home nobody says {LS}
0 my kids know that {LS} is a nasty word
0 he lost his job because he called a guest a {LS}
0 the word {LS} was sprayed on the church
0 it hurts to read {LS} under every picture
0 someone shouted {LS} from a car at me
0 do not use {LS} for people, ever
0 {LS} was what they called my grandfather
0 the book explains where the word {LS} comes from
0 if you use words like {LS} i will block you
""",
    "profane": """
1 {f} {G}
1 fuck {G}
1 fuck all {G}
1 fuck off {S}
1 fuck you, {S}
1 {f} {G} are {adj}
1 {G} are {f} {adj}
1 {G} are a bunch of cunts
1 those {f} {G} again
1 {G} can go fuck themselves
1 {G} can go to hell
1 to hell with {G}
1 i'm so {f} done with {G}
1 {G} are {f} {noun}
1 {G} are full of shit
1 what a {f} {adj} {S}
1 shitty {G} ruin my day
1 damn {G} and their {f} rights
1 piss off, {G}
1 who let the {f} {G} in
1 eat shit, {S}
0 fuck
0 fuck this
0 fuck {T}
0 {f} {T}
0 {T} is {f} {adj}
0 this is {f} awesome
0 what a {f} day
0 oh shit, i forgot my {f} keys
0 shit happens
0 i'm so {f} done with {T}
0 fuck you, {one}
0 {P} are {f} {noun}
0 {one} can go fuck himself
0 {G} are {f} {pos}
0 {G} are {f} {pos}, i swear
0 i {f} love {G}
0 {G} are the shit, best party ever
0 damn, {G} can cook
0 that {S} is one badass {job}
0 holy shit, my {S} friend just won
0 fuck yeah, {G} won the right to {vote}
0 fuck everyone who hates {G}
0 fuck racism, {G} are my family
0 the traffic was a bitch today
0 what a bastard of a morning
0 hell yes, count me in
0 you lucky bastard
0 crap, the {f} train is late
""",
}
VOTE = (
    "vote", "marry", "have children", "work here", "go to school", "own a house", "speak in public",
    "adopt", "use our hospitals", "drive", "serve in the army", "teach kids", "live among us",
    "travel freely", "run for office",
)  # fmt: skip
