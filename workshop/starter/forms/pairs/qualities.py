"""What things and people are, and what they do to things: ``this, same | opposite, same``."""

from __future__ import annotations

QUALITIES = """
big, large, huge | small, little, tiny
tall, high | short, low
long, lengthy | short, brief
wide, broad | narrow
thick | thin
fat, overweight | slim, thin, skinny
deep | shallow
heavy | light
strong, powerful | weak, feeble
hard, difficult, tough | easy, simple
fast, quick, rapid | slow, sluggish
early | late
new, brand new | old, ancient
young | old, elderly
hot, boiling | cold, freezing, icy
warm | cool, chilly
dry | wet, damp, soaked
clean, spotless | dirty, filthy, grubby
full, packed | empty, deserted
open | closed, shut
locked | unlocked
safe, secure | dangerous, unsafe, risky
alive | dead
healthy, well | sick, ill, unwell
rich, wealthy | poor, broke
cheap, inexpensive | expensive, dear, pricey
free | expensive, costly
good, great, excellent, superb | bad, terrible, awful, dreadful
best | worst
beautiful, pretty, lovely | ugly, hideous
happy, glad, delighted, thrilled | sad, unhappy, miserable, heartbroken
calm, relaxed | nervous, stressed, panicking
proud | ashamed
brave, courageous | cowardly, afraid
kind, friendly, nice | mean, unfriendly, rude, nasty
honest, truthful | dishonest, lying
clever, smart, bright | stupid, dumb
wise | foolish
polite | rude, impolite
generous | stingy, mean
lazy | hard-working, busy
tired, exhausted | wide awake, full of energy
drunk | sober
awake | asleep, sleeping
hungry, starving | full
thirsty | not thirsty at all
busy | free, idle
famous, well known | unknown, obscure
popular | unpopular
lucky | unlucky
married | single, divorced
pregnant | not expecting
male | female
guilty | innocent
legal, lawful | illegal, unlawful, banned
allowed, permitted | forbidden, banned, prohibited
right, correct | wrong, incorrect, mistaken
true | false, untrue
real, genuine, authentic | fake, false, a forgery, photoshopped
possible | impossible
likely, probable | unlikely, improbable
certain, definite | uncertain, unclear
normal, ordinary | strange, weird, unusual
common | rare
public | private, secret
loud, noisy | quiet, silent
bright | dark, dim
sharp | blunt
soft | hard
smooth | rough, bumpy
straight | crooked, bent
sweet | bitter, sour
fresh | stale, rotten, off
raw | cooked, well done
tasty, delicious, yummy | disgusting, tasteless, inedible
fun, exciting, thrilling | boring, dull, tedious
funny, hilarious | serious, not funny
useful, helpful | useless
important, vital | unimportant, irrelevant
necessary, needed | unnecessary, not needed
broken, damaged | intact, undamaged, in one piece
working, fixed | broken, out of order
on | off
online | offline
available, in stock | unavailable, sold out, out of stock
near, close by | far away, miles away
inside, indoors | outside, outdoors
here | gone
present | absent, missing
upstairs | downstairs
first | last
winning, ahead | losing, behind
calm, peaceful | violent
sunny | rainy, cloudy
visible | invisible, hidden
finished, complete, done | unfinished, incomplete
ready | not ready
over, finished | still going on, not over
in favour | against it, opposed
for sale | not for sale
at home | away, abroad
back | still away
employed, in work | unemployed, out of work
fit, in shape | injured, out of shape
vegetarian | a meat eater
left-handed | right-handed
a man | a woman
a boy | a girl
an only child | one of four children
a success, a triumph | a failure, a flop
a hero | a villain
a friend | an enemy
a win | a defeat
a fact | a myth, a rumour
a lie | the truth
an accident | a crime, murder
red | green
black | white
on time, punctual | late, delayed, behind schedule
under way, in progress | cancelled, called off
sure | not sure
satisfied, content, pleased | disappointed, dissatisfied
crowded, busy | empty, quiet
spicy | mild
tight | loose
flat | hilly
modern | old-fashioned
optimistic | pessimistic
patient | impatient
careful | careless
fair | unfair
equal | unequal
""".strip()

ACTS = """
accepted, said yes to, agreed to | rejected, refused, turned down, said no to | the \
offer; the plan; the deal
approved, passed, backed | blocked, rejected, voted down | the law; the budget; the bill
supports, backs, is for | opposes, is against, rejects | the ban; the strike; the \
reform; the new road
loves, adores, really likes | hates, can't stand, dislikes | cats; jazz; the new job; \
spinach; winter
bought, purchased | sold, got rid of | the house; the car; the shares
arrived at, got to, reached | left, departed from | the station; the airport; the party
entered, went into | left, walked out of | the building; the room; the shop
opened, unlocked | closed, shut, locked | the door; the gate; the shop
started, began | stopped, ended, finished | the work; the meeting; the engine
won | lost | the match; the case; the bet; the vote; the election; the final
found | lost | the keys; the ring; the phone; the dog
remembered | forgot | the birthday; the appointment; the password
built | tore down, demolished | the wall; the tower; the house
raised, increased, put up | lowered, cut, reduced | prices; taxes; wages; the limit
gained, put on | lost | weight; five kilos
saved | wasted, spent | the money; all the money
turned on, switched on | turned off, switched off | the light; the heating; the radio
fixed, repaired, mended | broke, damaged | the window; the lift; the fence
caught | missed, was late for | the bus; the train; the flight; the ball
passed | failed, flunked | the exam; the test; the course
told the truth about | lied about | the money; the accident; the letter
admitted, confessed to | denied | the theft; the affair; the mistake
praised, applauded | criticised, slammed, condemned | the plan; the coach; the book; \
the speech
kept | threw away, gave away | the old coat; the letters; the ring
followed, obeyed | broke, ignored | the rules; the law; the order
won against, beat, defeated | lost to, was beaten by | the champions; the neighbours; \
the league leaders
hired, took on | fired, sacked, dismissed | the new coach; ten people; the manager
legalised, allowed | banned, outlawed, prohibited | fireworks; e-scooters; smoking in \
parks
confirmed | denied | the rumour; the report; the engagement; the sale
cancelled, called off, scrapped | confirmed, went ahead with | the trip; the wedding; \
the concert
froze, blocked | released, unblocked | the funds; the account
trusts, believes | distrusts, does not believe | the polls; the doctors; the report
freed, released | locked up, jailed, imprisoned | the activist; the journalist; the \
driver
survived | died in | the crash; the fire; the operation
attended, went to | skipped, stayed away from, missed | the funeral; the class; the \
summit
joined, became a member of | quit, left | the party; the club; the union
landed in, arrived in | took off from, flew out of | Paris; Berlin; Lagos; Mumbai
borrowed | gave back, returned | the ladder; the book; the car
agrees with, shares | disagrees with, disputes | the verdict; the findings; that view
scored | missed, failed to score | the penalty; the goal
succeeded in | failed in, gave up | the attempt; the record try
increased, grew, doubled | shrank, halved, fell | sales; profits; the population
protected, defended | attacked, destroyed | the forest; the village; the statue
""".strip()
