"""Pairs written one by one, in another voice than the forms, to judge the pair part by.

No table of forms or words made any of them, and none is ever trained on. Lines are
``function | label | first | second``; C contradicts, I is implied, N is neither.
"""

from __future__ import annotations

LINES = """
negation|C|Gran finally got her hip done on Tuesday|Gran's hip never got done on Tuesday
negation|C|The council has replied to our letter 🎉|Still nothing, the council hasn't \
answered our letter
negation|C|Turns out the leaky pipe was the landlord's fault|The leaky pipe wasn't \
the landlord's fault at all
negation|C|Somebody did feed the ducks this morning|Nobody fed the ducks this morning
negation|C|My bike has brakes, promise|my bike has no brakes
negation|C|We've never eaten at the Turkish place on Mill Lane|lovely evening, we ate \
at the Turkish place on Mill Lane again
negation|I|Not a single penguin escaped from the zoo|No penguin got out of the zoo
negation|I|The verdict isn't out yet|No verdict so far
negation|I|it is untrue that the pier burnt down|The pier did not burn down
negation|N|Dad isn't keen on the new sofa|Dad's new car won't start
negation|N|The lift doesn't stop on the fourth floor|There's no parking behind the \
building
opposite|C|Rent in Lisbon keeps climbing|Rents are falling in Lisbon
opposite|C|Our side won the derby!!!|gutted. we lost the derby
opposite|C|The oak by the church is alive and well|The oak by the church is dead
opposite|C|The exam was a doddle|That exam was brutally hard
opposite|C|Ferry left early today|The ferry was late leaving today
opposite|C|The pool is way too hot|Brrr, the pool's freezing
opposite|C|Parliament passed the bottle deposit bill tonight|The bottle deposit bill \
was rejected by Parliament tonight
opposite|N|Rent in Lisbon keeps climbing|Salaries in Porto are falling
opposite|N|The exam was hard|Parking near the school is easy on Sundays
opposite|N|The old mill reopened|The new bakery shut early because of the heat
open|C|Heads up: Queen's Tunnel shut both ways|Queen's Tunnel is clear and traffic is \
moving both ways
open|C|The library on Park Row is closing its doors for good|Great news, the library \
on Park Row stays open
open|C|Schools in the valley are open as usual|all schools in the valley closed today
open|C|The airport is still shut because of ash|planes are taking off again, \
airport's open
open|I|The footpath along the cliff has been closed|You can't use the cliff footpath, \
it's closed
open|N|The museum is closed on Mondays|The museum bought a painting by a local artist
open|N|Queen's Tunnel shut both ways|They want to dig a second tunnel by 2040
number|C|Eleven people hurt in the crash at Dunmore|28 injured in Dunmore crash
number|C|The cake took 3 eggs|I put seven eggs in that cake
number|C|A ticket is £4 these days|Tickets cost £9 these days
number|C|She turned 30 last week|She turned 41 last week
number|C|Two-nil to the Rovers, full time|Full time: Rovers 1, Town 1
number|I|We planted exactly 50 trees on Saturday|Saturday's tree count: 50
number|I|There were 400 of us on the march|More than a hundred people marched
number|N|There were 400 of us on the march|The march was planned over 3 months
number|N|The bus has 52 seats|The driver is 52
date|C|The eclipse is on 12 August|You'll see the eclipse on the 3rd of May
date|C|Wedding's in June!|The wedding is in October
date|C|The shop started in 1954|The shop was founded in 1987
date|C|Choir moved to Thursdays|Choir is on Mondays now
date|I|Choir meets every Wednesday at eight|choir is on Wednesdays
date|N|The eclipse is on 12 August|My dentist sees me on 12 August
date|N|Choir is on Thursday|There's football on Thursday
place|C|The summit will be held in Oslo|Leaders meet in Lima for the summit
place|C|The cat was asleep in the wardrobe the whole time|The cat had been hiding in \
the garden the whole time
place|C|He was born in Accra|He was born in Toronto
place|I|He was born in Toronto|He was born in Canada
place|I|The fire is in a flat in Leith, Edinburgh|Fire in Edinburgh
place|N|A storm is coming to Galway|A storm hit Naples years ago
place|N|The summit will be held in Oslo|Oslo has a new tram line
person|C|Ana scored the winner|The winning goal came from Beth, not from Ana
person|C|Mr Okoro is our new head teacher|Our new head teacher is Ms Lindqvist
person|C|Dad cooked tonight's curry|It was my sister who cooked the curry tonight
person|N|Ana scored in the first half|Beth got a yellow card
person|N|Mr Okoro is our new head teacher|Ms Lindqvist teaches physics
person|I|Mayor Ruiz cut the ribbon at the new clinic|The mayor opened the new clinic
cancelled|C|Saturday's fireworks are off because of the wind|See you at the fireworks \
on Saturday, wind or no wind, they're on
cancelled|C|The strike goes ahead on Monday|Union calls off Monday's strike
cancelled|C|Game postponed, pitch under water|Kick-off in ten minutes, the pitch is fine
cancelled|C|Concert confirmed for the 9th|sad to say that the concert on the 9th has \
been cancelled
cancelled|I|They've scrapped the night train to Vienna|The night train to Vienna is \
no more
cancelled|N|Saturday's fireworks are cancelled|A firework went through my neighbour's \
window in 2009
cancelled|N|The strike goes ahead on Monday|The union elected a new chair
denial|C|Minister says she took no money from the firm|The minister admits she took \
money from the firm
denial|C|The photo of the shark on the motorway is real|That motorway shark picture? \
Fake, folks.
denial|C|BREAKING: actor Tom Vale dead at 61|Tom Vale's agent: he is alive and having \
breakfast
denial|C|A bear is loose in the shopping centre|police: there's no bear in the \
shopping centre, please stop calling
denial|N|Minister says she took no money from the firm|The firm builds wind turbines \
in Spain
denial|N|Police say they're looking into it|The police got new uniforms
denial|I|Zoo confirms rumour: the panda is pregnant|The panda is expecting
wider|I|My poodle ate the remote|A dog ate the remote
wider|I|Every street in the old town lost power|There was a blackout in part of the \
old town
wider|I|She plays the cello in an orchestra|She plays an instrument
wider|I|Tuna sandwich for lunch again|had a sandwich for lunch
wider|N|A dog ate the remote|My poodle ate the remote control and the sofa
wider|N|She plays an instrument|She plays the cello
wider|C|My poodle slept through the whole night|The dog was awake all night
wider|C|All of our flights left on time|Several of our flights were delayed
wider|C|None of the runners finished|Some of the runners finished the race
same|I|Snow on the way, wrap up|Wrap up warm, it's going to snow
same|I|The thief was caught by two cyclists|Two cyclists caught the thief
same|I|Traffic's at a standstill on the ring road|Nobody is moving on the ring road, \
huge jam
same|I|They bought the house next door|the house next door was sold to them
same|I|Firefighters got a kitten out of a drain|Kitten rescued from drain by fire crew
same|I|He quit his job at the bank|He no longer works at the bank
same|I|Marta beat Inga in the final|Inga lost the final to Marta
same|C|Marta beat Inga in the final|Inga beat Marta in the final
same|C|The dog chased the postman|It was the postman who chased the dog
same|I|She survived the fall|She's alive after the fall
less|I|Our tiny bakery on Hill Street sold 600 doughnuts before noon 🍩|our bakery \
sold doughnuts
less|I|A lorry carrying honey overturned near Lyon early this morning, no one was \
hurt|A lorry overturned near Lyon
less|I|Breaking: a second suspect was arrested in Malmö last night, police say|police \
have arrested a second suspect
less|I|I ran my first marathon today and cried at the end|I ran a marathon
more|N|A lorry overturned|A lorry carrying bees overturned in Texas and the driver \
was stung
more|N|I ran a marathon|I ran a marathon in under three hours dressed as a banana
more|N|The baker sold doughnuts|The baker sold doughnuts because the bread had burnt
more|N|The minister resigned|The minister resigned after a row about fishing
topic|N|Flood water is in the High Street, stay away|Volunteers cook soup for \
everyone who lost their homes in the flood
topic|N|Great match last night|Season tickets go on sale on Friday
topic|N|New album out at midnight!|She tours Japan in spring
topic|N|Vote counting has begun|The debate drew six million viewers
topic|N|Wildfire near Split, smoke over the bay|How to pack a bag when a wildfire comes
topic|N|Look at this view from our balcony in Rome|Rome metro is packed today
overlap|N|The man who bit the dog sold a car|The dog sold in the car park was bitten
overlap|N|I know why she left the band|She left the drum at the band's van
overlap|N|The nurse thanked the patient's daughter|The daughter of the nurse is patient
overlap|N|If it rains we stay in the tent|We stayed in the tent and it rained
overlap|N|He might buy the boat|He bought the boat
overlap|N|They hope that the vaccine works|The vaccine works
question|N|Does anyone know if the chemist is open?|The chemist is open
question|N|Is it true that the mayor's resigning?|The mayor is resigning
question|N|Anyone up for a swim?|The lake was warm yesterday
question|C|why is the chemist open on a Sunday?|The chemist isn't open on Sundays
emoji|C|New haircut and I love it 😍|new haircut, I can't look in the mirror 😭 hate it
emoji|C|The soup at Nico's 🤢🤢 never again|Nico's soup is the best in town 😋
emoji|I|passed!!! 🎓🎉|I passed
emoji|N|New haircut 😍|Lost my keys 😭
style|C|RT @harbourwatch: the seal pup has been found alive #sealpup \
https://t.co/a1|@harbourwatch sad news, the seal pup was found dead #sealpup
style|C|#TrainUpdate Line 4 running normally 🚆 https://t.co/b2|no trains on Line 4 at \
the moment #TrainUpdate @cityrail
style|C|Volcano alert LOWERED to yellow #Etna|Volcano alert RAISED to red #Etna \
pic.twitter.com/x9
style|I|RT @newsdesk: Ship runs aground off Crete, crew safe https://t.co/zz|Ship \
runs aground off Crete, crew safe
style|I|Ship runs aground off Crete, crew safe #crete|Ship runs aground off Crete, \
crew safe! https://t.co/q7 via @newsdesk
style|N|RT @harbourwatch: thanks to all volunteers ❤️ #sealpup|The café at the \
harbour has new cakes #sealpup https://t.co/k1
style|N|Win a weekend in Paris! Follow and RT 🎁 #giveaway|Win a bike! Follow us to \
enter #giveaway
style|N|Good morning everyone ☕ #MondayMotivation|Never stop learning \
#MondayMotivation https://t.co/m2
again|I|Chess club tonight at seven, all welcome.|Chess club tonight at seven, all \
welcome.
again|I|chess club TONIGHT at seven - all welcome!!|Chess club tonight at seven, all \
welcome ♟️
again|I|Please share: lost grey parrot near Elm Park, answers to Koko|Lost grey \
parrot near Elm Park, answers to Koko. Please share!
again|I|The bins will be emptied on Friday|Bins will be emptied on Friday
""".strip()
