"""Two sides of one question and several wordings of each: ``kind: this; this | that; that``.

Two wordings of one side imply each other, one of each side contradicts.
"""

from __future__ import annotations

STATES = """
venue: is open; has reopened; opened its doors at last; welcomes visitors | is \
closed; is shut; has closed its doors; stays shut
venue: is free to enter; costs nothing to visit; lets you in for free | charges an \
entrance fee; is not free any more; costs money to enter
venue: is packed; is full of people; is crowded today | is empty; is nearly empty; \
has no visitors today
venue: has been sold; was sold last week; has a new owner | has not been sold; is \
still for sale; has found no buyer
venue: will be torn down; is going to be demolished; faces demolition | will be kept; \
will not be demolished; has been saved from demolition
venue: is safe; was checked and is safe; poses no danger | is dangerous; is not safe; \
is unsafe after all
venue: was destroyed; burnt to the ground; is in ruins | was not damaged; is intact; \
stands unharmed; escaped undamaged
venue: was evacuated; has been cleared; had to be evacuated | was not evacuated; \
stayed full; is working as normal
venue: is hiring; is looking for staff; needs more staff | is laying off staff; is \
cutting jobs; is not hiring
venue: opens early on weekdays; opens before eight | opens late on weekdays; does not \
open before noon
road: is open; has reopened to traffic; is passable | is closed; is blocked; is shut \
to traffic; cannot be used
road: is clear; has no traffic at all; is free of traffic | is jammed; is at a \
standstill; has long queues
road: is dry; has dried | is flooded; is under water; is wet
road: will be widened; is getting wider | will be narrowed; is getting narrower
road: has been repaired; is fixed; was mended last night | is still broken; has not \
been repaired; is full of holes
road: is safe to drive on; is safe | is icy and dangerous; is not safe; is dangerous
road: collapsed; has fallen down; came down | did not collapse; is standing; still \
stands
train: is on time; is running on time; runs to schedule | is late; is delayed; is \
running late; is behind schedule
train: is running; is running again; runs as normal | is not running; is out of \
service; has been cancelled; is suspended
train: has left; has departed; already left | has not left yet; is still at the \
platform; is waiting to depart
train: is full; has no seats left; is packed | has plenty of seats; is half empty; is \
almost empty
train: arrived; has arrived; got in safely | never arrived; has not arrived; did not \
get here
train: is getting cheaper; will cost less | is getting more expensive; will cost more
event: is on; is going ahead; will take place; goes ahead as planned; has been \
confirmed | is cancelled; is off; has been called off; will not take place; won't happen
event: starts in an hour; begins in an hour | is over; has ended; finished an hour ago
event: has started; has begun; is under way | has not started; has yet to begin; has \
not begun
event: is sold out; has no tickets left | still has tickets; has tickets left; is far \
from sold out
event: was a success; went really well; was a triumph | was a failure; was a \
disaster; went badly
event: has been postponed; is delayed until next month | will be held as planned; is \
not postponed; goes ahead on time
event: is free; costs nothing; has free entry | is not free; costs money; has an \
entry fee
event: was peaceful; passed peacefully; was calm | turned violent; ended in violence; \
was not peaceful
event: takes place indoors; is indoors | takes place outdoors; is in the open air
event: was long; dragged on; went on for ages | was short; was over quickly; did not \
last long
event: drew a huge crowd; was very well attended | drew hardly anyone; was badly \
attended; had almost no visitors
person: is alive; is alive and well; has survived; survived | is dead; has died; \
passed away; did not survive
person: won; was the winner; has won the prize; took first place | lost; did not win; \
has lost; went home without a prize
person: has been arrested; was arrested; is under arrest; is in custody | is free; is \
still on the run; has not been arrested; was never arrested
person: is guilty; was found guilty; was convicted | is innocent; was found not \
guilty; was acquitted
person: resigned; has stepped down; quit; gave up the job | refuses to resign; stays \
in the job; is not stepping down; is staying
person: is married; got married last year | is single; never married; is not married
person: arrived early; was early; came too early | arrived late; was late; came too late
person: is happy; is delighted; is over the moon | is sad; is unhappy; is in tears
person: is at home; stayed at home; never left the house | is not at home; went out; \
has gone out
person: told the truth; was telling the truth; did not lie | lied; was lying; did not \
tell the truth
person: is rich; has lots of money; is wealthy | is poor; has no money; is broke
person: has been found; was found; turned up safe | is still missing; has not been \
found; is nowhere to be found
person: is awake; woke up early; is up | is asleep; is still sleeping; fell asleep
person: passed the exam; passed the test | failed the exam; failed the test; did not \
pass the exam
person: is in hospital; was taken to hospital; is in intensive care | is not in \
hospital; left hospital; has been sent home from hospital
person: is pregnant; is expecting a baby | is not pregnant; is not expecting a baby
person: admitted it; confessed; owned up | denied it; denies everything; never confessed
person: will run again; is running again for office; wants another term | will not \
run again; does not want another term; is not a candidate
person: is fit; is fit to play; has recovered | is injured; is out with an injury; is \
not fit to play
person: agreed; said yes; accepted the offer | refused; said no; turned down the offer
person: supports the plan; backs the plan; is in favour | opposes the plan; is \
against it; rejects the plan
person: loves the job; enjoys the work | hates the job; cannot stand the work
person: remembered my birthday; did not forget my birthday | forgot my birthday; did \
not remember my birthday
person: paid the bill; has paid | did not pay the bill; never paid; refused to pay
person: tested positive; has the virus | tested negative; does not have the virus
person: was sober; had nothing to drink | was drunk; had been drinking
person: was unhurt; was not hurt; escaped without injury | was hurt; was badly \
injured; got injured
person: stayed; is staying; decided to stay | left; is leaving; decided to leave
person: is the favourite; is expected to win | is an outsider; has no chance; is not \
expected to win
team: won; won the match; won again; are the winners; took the title | lost; lost the \
match; were beaten; lost again; went home without a point
team: scored first; opened the scoring | did not score; failed to score; never scored
team: are through to the final; reached the final; made it to the final | are out; \
missed the final; were knocked out
team: are top of the table; lead the league | are bottom of the table; are last in \
the league
team: signed a new coach; have a new coach | kept their coach; are sticking with the \
old coach
team: played brilliantly; were great tonight | played badly; were awful tonight
team: are unbeaten; have not lost a game | have lost every game; cannot stop losing
team: were promoted; go up | were relegated; go down
animal: is alive; is alive and well; survived | is dead; died; did not survive
animal: has been found; was found; is back home | is still missing; has not been \
found; is still lost
animal: escaped; got away; is on the loose | was caught; has been captured; is back \
in its cage
animal: is healthy; is in good health | is sick; is very ill; is in poor health
animal: is a boy; is male | is a girl; is female
animal: is real; really exists | is fake; is a hoax; does not exist
thing: works; is working again; has been fixed; works fine now | is broken; does not \
work; stopped working; is still broken; is out of order
thing: is on; is switched on; is running | is off; is switched off; is not running
thing: is cheap; costs very little; is a bargain | is expensive; costs a fortune; is \
not cheap
thing: is fast; is really quick | is slow; takes forever; is so slow
thing: is new; was bought last week | is old; is ancient; is many years old
thing: has been stolen; was stolen; was taken by thieves | was not stolen; was never \
stolen; has been returned
thing: is back online; is up again; is online | is offline; is down; is down again
thing: is on sale now; can be bought from today | is sold out; is not on sale yet; \
cannot be bought
thing: is quiet; makes no noise | is loud; makes a terrible noise; is noisy
thing: is light; weighs almost nothing | is heavy; weighs a ton
thing: is clean; has been cleaned | is dirty; is filthy; has not been cleaned
thing: is locked; was locked | is unlocked; was not locked
dish: is hot; is steaming hot | is cold; is stone cold
dish: is delicious; tastes great; is so good; is the best in town | is disgusting; \
tastes awful; is horrible; is the worst in town
dish: is ready; is done | is not ready; is not done yet
dish: is sweet; is far too sweet | is not sweet at all; is salty; is bitter
dish: is vegan; has no meat in it | contains meat; is not vegan
dish: is sold out; is gone | is still available; is not sold out
show: is great; is brilliant; is a masterpiece; is worth every minute | is terrible; \
is awful; is a waste of time; is rubbish
show: is out now; has been released; came out today | is not out yet; has not been \
released; has been delayed
show: is funny; made me laugh | is not funny; did not make me laugh; is so sad
show: is boring; put me to sleep | is exciting; kept me awake; is thrilling
show: is based on a true story; really happened | is made up; is pure invention; \
never happened
show: is too long; never ends | is too short; was over too soon
show: won an award; got the prize | won nothing; got no award
law: was approved; has passed; got the green light; was accepted | was rejected; did \
not pass; was turned down; has been blocked; failed
law: is popular; has wide support; is what most people want | is unpopular; has \
little support; is what nobody wants
law: starts today; is in force; is now in effect | has been delayed; is not in force \
yet; has not started
law: works; is working; is effective | does not work; is not working; has failed; is \
useless
law: was signed; has been signed; is signed | was not signed; has not been signed; is \
still unsigned
law: will be kept; stays | will be scrapped; is being scrapped; goes
law: is safe; has no side effects | is dangerous; has serious side effects; is not safe
law: is legal; was found lawful | is illegal; was found unlawful; breaks the law
price: is rising; has gone up; is up again; has increased; keeps climbing; is soaring \
| is falling; has gone down; is down again; has dropped; keeps sinking; is plunging
price: is the highest in years; hit a record high | is the lowest in years; hit a \
record low
price: is stable; has not changed; stays the same | is changing fast; has changed a \
lot; jumps up and down
price: will be higher next year; is expected to rise | will be lower next year; is \
expected to fall
disaster: was an accident; was accidental | was no accident; was deliberate; was done \
on purpose
disaster: killed nobody; claimed no lives; left everyone unharmed | killed several \
people; was deadly; claimed many lives
disaster: is over; has passed; has ended | is not over; is still going on; is getting \
worse
disaster: is under control; has been contained | is out of control; is spreading; is \
not under control
disaster: hit the coast; struck the coast | missed the coast; did not reach the \
coast; stayed out at sea
disaster: was expected; had been predicted | came as a surprise; was not expected; \
came without warning
disaster: caused huge damage; destroyed many homes | caused no damage; did little \
damage; left homes untouched
clause: it is raining; it is pouring down; the rain will not stop | the sun is out; \
it is dry; there is not a drop of rain; the rain has stopped
clause: it is freezing; it is so cold; temperatures are below zero | it is boiling \
hot; it is so hot; temperatures are above thirty
clause: the power is back; we have electricity again; the lights are on | the power \
is out; we have no electricity; there is a power cut
clause: the water is safe to drink; you can drink the tap water | the water is not \
safe to drink; do not drink the tap water
clause: everyone is safe; nobody was hurt; there are no injuries; no one was injured \
| people were hurt; several people were injured; there are many injured
clause: the photo is real; this picture is genuine; the picture is not faked | the \
photo is fake; this picture is photoshopped; the picture is a hoax; the image is not \
real
clause: the rumour is true; the rumours were right; it has been confirmed | the \
rumour is false; the rumours were wrong; it has been denied; it is not true
clause: the war is over; the fighting has stopped; the ceasefire holds | the war goes \
on; the fighting continues; the ceasefire is broken
clause: all hostages are free; the hostages were released | the hostages are still \
held; no hostage has been released
clause: schools are open today; classes take place today | schools are closed today; \
there are no classes today; no school today
clause: i am at work; i am in the office today | i am off work; i have the day off; i \
am on holiday
clause: i slept really well; what a good night's sleep | i did not sleep at all; i \
was awake all night; could not sleep
clause: i am hungry; i have not eaten all day | i am full; i just had a huge lunch
clause: i love mondays; mondays are the best | i hate mondays; mondays are the worst
clause: best day ever; what a great day | worst day ever; what an awful day
clause: the beach is clean; there is no rubbish on the beach | the beach is full of \
rubbish; the beach is filthy
clause: the witness saw everything; somebody saw it happen | there were no witnesses; \
nobody saw it happen
clause: the plane landed safely; the plane is on the ground and everyone is fine | \
the plane crashed; the plane came down in a field
clause: the border is open; people can cross the border | the border is closed; \
nobody can cross the border
clause: the vote was unanimous; everyone voted for it | the vote was split; half of \
them voted against it
clause: we have plenty of time; there is no hurry | we have no time; hurry, we are late
clause: masks are required; you must wear a mask | masks are optional; you need not \
wear a mask; no mask is needed
clause: dogs are welcome; you can bring your dog | no dogs allowed; dogs must stay \
outside
clause: the first snow has fallen; it snowed last night | no snow so far; it has not \
snowed yet
clause: the bomb was real; police found a bomb | there was no bomb; it was a false alarm
clause: the shooter acted alone; there was only one gunman | there were two gunmen; \
the shooter did not act alone
clause: the strike is over; workers are back | the strike goes on; workers are still out
clause: the tickets are cheap this year; tickets cost less than last year | the \
tickets are dear this year; tickets cost more than last year
""".strip()
