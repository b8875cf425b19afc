"""Forms whose meaning turns on another clause: negated, quoted, referred to, asked, believed."""

from __future__ import annotations

FORMS = {
    "later": """
1 i saw {G} at {place} today. they are {adj}
1 i saw {G} at {place} today. {noun}, all of them
1 i saw a {S} at {place} today, what a {nouns}
1 look at those {G}, they disgust me
1 look at all the {G} here. i hate them
1 {G} again. i can't stand them
1 so a {S} moved in next door. i want them {ved}
1 there are {G} at {place} now, they should be {ved}
1 my new boss is a {S}. how {adj}
1 my new boss is a {S} and like all of them {adj}
1 she is a {S}, so of course she is {adj}
1 he is a {S}. that is why he is {adj}
1 they let {G} into {place}. someone should {v} them
1 i talked to a {S} once. never again, they are {noun}
1 {G} are everywhere and all of them are {adj}
1 {G}? they are {noun}
1 {G}. so {adj}
1 you know {G}, they are {adj}
1 i live next to {G}. people like that are {noun}
1 i work with {G} and they are so {adj}
1 have you met {G}? they are {adj}, every one
1 here come {G}, i hope they die
1 {G} want rights now. they deserve to be {ved}
1 i read about {G} today. they make me sick
1 there was a {S} on tv, i wanted to {v} them
1 it is a {S}, kill it
0 i saw {G} at {place} today. they were {pos}
0 i saw a {S} at {place} today, what a {pos} person
0 look at all the {G} here. i love them
0 {G} again. i can't get enough of them
0 so a {S} moved in next door. we had tea
0 so a {S} moved in next door. {T} is still {adj} though
0 there are {G} at {place} now, they should be {posved}
0 my new boss is a {S}. how {pos}
0 my new boss is a {S} and our old one was {adj}
0 she is a {S}, and of course she is {pos}
0 i talked to a {S} once. we are friends now
0 {G}? they are {pos}
0 you know {G}, they are {pos}
0 have you met {G}? they are {pos}, every one
0 i live next to {G}. people like that are {pos}
0 here come {G}, i am so happy they made it
0 i read about {G} today. they deserve better
0 there was a {S} on tv, i learnt a lot
0 {P} came to {place} again. {noun}, all of them
0 i talked to {one} once. never again, what a {nouns}
0 {P}? they are {noun}
0 a {S} helped me with {T}. i hate it so much
""",
    "negated_good": """
1 {G} are not {pos}
1 {G} are not {pos} and never will be
1 {G} will never be {pos}
1 {G} have never been {pos}
1 {G} aren't {pos}
1 no {S} is {pos}
1 not one {S} is {pos}
1 a {pos} {S} has yet to be born
1 i have never met a {pos} {S}
1 nobody thinks {G} are {pos}
1 i don't believe {good}
1 i don't think {good}
1 it is not true that {good}
1 it's a lie that {good}
1 nobody can tell me {good}
1 stop pretending that {good}
1 who says that {good}? they are wrong
1 anyone who says "{good}" is a fool
1 never believe that {good}
1 you will never convince me that {good}
1 {G} don't deserve to be {posved}
1 {G} shouldn't be {posved}
1 {G} must never be {posved}
1 {G} have no right to be here
1 {G} don't belong here
1 {G} don't deserve to live
1 {G} are not welcome
1 {G} are not human beings
1 {G} can't be trusted
1 {G} are not equal to us
1 {G} can't do anything right
1 {G} aren't worth helping
1 {G} have nothing to offer
1 no {S} deserves respect
1 no {S} should be allowed to {vote}
1 never trust a {S}
1 never help a {S}
1 i will never respect {G}
1 i would never hire a {S}
1 i don't like {G}
1 i don't want to live near {G}
1 i do not want {G} at {place}
1 nobody wants {G} at {place}
1 nobody likes {G}
1 nobody would miss {G}
1 nothing {pos} ever came from {G}
1 there is nothing {pos} about {G}
1 i couldn't care less if {G} die
0 {P} are not {pos}
0 {one} is not {pos} and never will be
0 {T} is not {pos}
0 no {PS} deserves respect
0 i will never trust a {PS}
0 i don't want {P} at {place}
0 {T} has never been {pos}
0 {one} doesn't deserve to be {posved}
0 nobody likes {P}
0 nobody likes {T}
1 i wouldn't call {G} {pos}
1 i wouldn't say {good}
1 you'd have to be mad to call {G} {pos}
1 a {pos} {S}? never seen one
1 {G} couldn't be less {pos}
1 {G} are anything but {pos}
1 {G} are far from {pos}
1 {G} are hardly {pos}
1 without {G} we would all be {pos}
1 {G} should stay out of {place}
1 {G} out
1 {G} out of {place}
0 i wouldn't call {T} {pos}
0 {one} is anything but {pos}
0 {P} are far from {pos}
0 {G} in, hate out
""",
    "negated_bad": """
0 {G} are not {adj}
0 {G} are not {noun}
0 {G} aren't {adj}
0 {G} have never been {adj}
0 no {S} is a {nouns}
0 not all {G} are {adj}
0 i have never met a {adj} {S}
0 nobody thinks {G} are {adj}
0 i don't believe {bad}
0 i don't think {bad}
0 it is not true that {bad}
0 it's a lie that {bad}
0 nobody can tell me {bad}
0 stop pretending that {bad}
0 who says that {bad}? they are wrong
0 never believe that {bad}
0 you will never convince me that {bad}
0 i would never say that {bad}
0 i never said that {bad}
0 it is wrong to say {bad}
0 we must not think that {bad}
0 i don't hate {G}
0 i do not hate {G} at all
0 i can't hate {G}
0 i could never hate a {S}
0 nobody should hate {G}
0 i would never {v} a {S}
0 i will never {v} {G}
0 i don't want to {v} {G}
0 nobody should {v} {G}
0 don't {v} {G}
0 never {v} a {S}
0 we don't want {G} to be {ved}
0 {G} don't deserve to be {ved}
0 {G} shouldn't be {ved}
0 no {S} should be {ved}
0 {G} don't make me sick, you do
0 {G} don't disgust me
0 there is nothing {adj} about {G}
0 there is nothing wrong with being a {S}
0 being a {S} is not a disease
0 {G} are not the problem
0 {G} did nothing wrong
0 {G} are no {noun}
0 {G} are neither {adj} nor {adj}
0 i have nothing against {G}
0 i wouldn't call {G} {adj}
1 i don't just think {G} are {adj}, i know it
1 it is no secret that {bad}
1 nobody can deny that {bad}
1 no doubt {bad}
1 don't tell me {G} are not {adj}
1 you can't tell me that {G} aren't {noun}
1 i have nothing against {G}, but {bad}
1 i'm not racist but {bad}
1 not to be rude, but {bad}
1 i don't hate anyone, except {G}
1 i never hated {G} until i met one, they are {adj}
0 not in my life would i {v} a {S}
0 not for all the money would i {v} {G}
0 {G} are anything but {adj}
0 {G} are far from {adj}
0 {G} couldn't be less {adj}
0 a {adj} {S}? never met one
0 without {G} we would be nothing
0 i'd be the last to say that {bad}
0 who still thinks {bad}? not me
0 in no way are {G} {adj}
0 {G} steal? no, they don't
""",
    "question": """
1 why are {G} so {adj}?
1 why are {G} always {adj}?
1 why do {G} exist?
1 why are {G} allowed to {vote}?
1 why is every {S} a {nouns}?
1 why don't we just {v} {G}?
1 why can't {G} be {ved}?
1 when will {G} be {ved}?
1 when will we get rid of {G}?
1 who else hates {G}?
1 who wants to {v} a {S} with me?
1 who let the {G} in?
1 how can anyone like {G}?
1 how can you trust a {S}?
1 how is it legal to be a {S}?
1 how {adj} can {G} be?
1 is there anything worse than {G}?
1 is there a {S} who is not {adj}?
1 aren't {G} just {noun}?
1 isn't it time we {v} {G}?
1 are {G} even human?
1 can we please {v} {G}?
1 can a {S} be anything but {adj}?
1 do {G} ever stop being {adj}?
1 what is wrong with {G}?
1 what are {G} good for?
1 did you know that {bad}?
1 am i the only one who thinks {bad}?
1 would you hire a {S}? i wouldn't, they are {noun}
0 why are {P} so {adj}?
0 why is {T} so {adj}?
0 why is {one} always {adj}?
0 who else hates {T}?
0 is there anything worse than {T}?
0 why do people hate {G}?
0 why do people think {bad}?
0 who would say that {bad}?
0 how can anyone hate {G}?
0 how can anyone believe that {bad}?
0 when will {G} be {posved}?
0 when will people stop hating {G}?
0 why aren't {G} {posved}?
0 why are {G} so {pos}?
0 is your doctor a {S}?
0 are {G} allowed to {vote} there?
0 do {G} live in this part of town?
0 do you know any {G}?
0 what do {G} think of the new law?
0 what can we do to help {G}?
0 is there a club for {G} at {place}?
0 did a {S} write that book?
0 how many {G} live in this city?
0 can a {S} be a {job}? of course
0 who is your favourite {A} {job}?
0 did you know that {good}?
0 am i the only one who thinks {good}?
1 does it make anyone else ill to look at {G}?
1 does anyone else want to {v} {G}?
1 aren't {G} too {adj} to {vote}?
1 shouldn't {G} be {ved} by now?
1 why hasn't anybody {ved} those {G}?
1 why should i share a bus with {G}?
1 what do you call a {S} with a brain? a miracle
1 was there ever a {S} who told the truth?
1 why do we feed {G}?
1 how many {G} do we have to put up with?
1 since when do {G} count as people?
0 does anyone else want to learn from {G}?
0 shouldn't {G} be {posved} by now?
0 how do {G} cope with the heat?
0 where can {G} get help with the forms?
0 was there ever a {A} {job} in this band?
""",
    "opinion": """
1 i think {bad}
1 i believe {bad}
1 in my opinion {bad}
1 my honest opinion: {bad}
1 i'm convinced that {bad}
1 i feel that {bad}
1 if you ask me {bad}
1 to be honest, {bad}
1 as far as i am concerned {bad}
1 it's obvious that {bad}
1 it's a fact that {bad}
1 everybody knows that {bad}
1 let's face it, {bad}
1 sorry not sorry, {bad}
1 unpopular opinion: {bad}
1 i must say that {bad}
1 we all know {bad}
1 science says {bad}
1 the truth is {bad}
1 i said it before, {bad}
1 my dad always said {bad}, and he was right
1 {who} said that {bad}. so true
1 "{bad}" - couldn't agree more
1 i agree with {who}, {bad}
1 finally {who} said it: {bad}
0 i think {good}
0 i believe {good}
0 in my opinion {good}
0 my honest opinion: {good}
0 i'm convinced that {good}
0 if you ask me {good}
0 to be honest, {good}
0 it's a fact that {good}
0 everybody knows that {good}
0 unpopular opinion: {good}
0 i must say that {good}
0 science says {good}
0 {who} said that {good}. so true
0 i agree with {who}, {good}
0 i think {P} are {adj}
0 in my opinion {P} are {noun}
0 unpopular opinion: {T} is {adj}
0 if you ask me {one} is a {nouns}
0 i think {T} should be {ved}
1 i personally feel {G} were better off when they were {ved}
1 to my mind {G} should stay at home and out of sight
1 hot take: {bad}
1 call me old-fashioned, but {bad}
1 say what you want, {bad}
1 i am allowed to say that {bad}
1 {G} have ruined {place}, change my mind
1 letting {G} {vote} is a crime
1 it was a mistake to let {G} {vote}
1 {G} and {place} do not mix, that is all
0 hot take: {good}
0 call me old-fashioned, but {good}
0 {T} has ruined {place}, change my mind
0 not letting {G} {vote} is a crime
0 it was high time to let {G} {vote}
""",
    "denounce": """
0 "{bad}" is a vile thing to say
0 "{bad}" is what a {name} says
0 "{bad}" - how can you say that?
0 "{bad}"? shame on you
0 saying "{bad}" is not okay
0 saying {bad} is hate speech
0 you can't just say {bad}
0 if you think {bad} you are wrong
0 if you say "{bad}" we are done
0 people who say {bad} are {noun}
0 people who think {bad} need help
0 anyone who believes that {bad} is a {name}
0 only a {name} would say {bad}
0 whoever wrote "{bad}" should be ashamed
0 stop saying {bad}
0 don't ever say that {bad}
0 it is cruel to say that {bad}
0 it is racist to claim that {bad}
0 i reported someone who posted "{bad}"
0 i hate it when people say {bad}
0 i hate people who say {bad}
0 i'm sick of hearing that {bad}
0 jokes about how {bad} are not funny
0 what kind of {name} says "{bad}"?
0 {who} told me "{bad}". i was shocked
0 {who} told me "{bad}" and i told him to get lost
0 {who} thinks {bad}. so sad
0 {who} is a {name} for saying {bad}
0 you are a {name} if you think {bad}
0 "{bad}" is the kind of hate we must stop
0 no, {bad} is not an opinion, it is hate
0 nobody wants to hear your "{bad}" nonsense
0 shame on those who chant "{bad}"
0 hate like "{bad}" has no place here
0 to everyone who says {bad}: shut up
1 "{good}" is a stupid thing to say
1 if you think {good} you are wrong
1 only a {name} would say {good}
1 stop saying {good}, it makes me sick
1 people who say {good} are {noun}
1 you are a {name} if you think {good}
1 whoever wrote "{good}" should be ashamed
1 i'm sick of hearing that {good}
0 please report posts that say {bad}
0 please delete "{bad}", it hurts people
0 i told {who} he is wrong to think that {bad}
0 {who} thinks {bad} and i told him off
0 teach your kids that nobody may say {bad}
0 the line "{bad}" makes this song unbearable
0 i left the group because someone wrote "{bad}"
0 imagine believing that {bad} in this century
0 the club must punish those who sang "{bad}"
""",
    "report": """
0 {who} said that {bad} and was fired
0 {who} said "{bad}" and was arrested
0 {who} was banned for writing "{bad}"
0 {who} shouted "{bad}" at {place} today
0 {who} yelled "{bad}" at me at {place}
0 the paper says {who} wrote "{bad}"
0 the book shows people who believed that {bad}
0 in the film a {name} says that {bad}
0 the villain of the story thinks {bad}
0 he apologised for saying {bad}
0 he denied that he ever said {bad}
0 in those days people thought {bad}
0 a leaflet from the war claims that {bad}
0 police arrested a man who wanted to {v} {G}
0 a man went to jail because he tried to {v} a {S}
0 the court heard that he wanted all {G} {ved}
0 a {S} was {ved} last night, police say
0 {G} were {ved} by the regime
0 a study on posts that say {bad}
0 the song is about a time when {G} were {ved}
0 the law that {G} should be {ved} was struck down
0 the graffiti said "{v} {G}" and was painted over
0 my class read a text that calls {G} {noun}
""",
}
