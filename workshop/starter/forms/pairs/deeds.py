"""Things that people do: ``base|past|objects``; said, denied, done by another, done to another."""

from __future__ import annotations

DEEDS = """
fix|fixed|the window; the roof; the engine; the lift; the fence
break|broke|the window; the vase; the record; the rules; the fence
buy|bought|a house; the old boat; a dog; the club; a new phone
sell|sold|the house; the car; the company; the painting
find|found|the key; the wallet; a coin; the dog; the letter
lose|lost|the key; the wallet; the ticket; the ring
write|wrote|the letter; a book; the report; the song; that tweet
read|read|the letter; the book; the report; the contract
sign|signed|the contract; the letter; the deal; the petition
cook|cooked|dinner; the soup; breakfast; lunch for everyone
eat|ate|the cake; the last biscuit; lunch; the pizza
drink|drank|the milk; the coffee; all the wine
paint|painted|the fence; the house; the wall; the door
steal|stole|the car; the painting; the bike; the money
see|saw|the film; a ghost; the accident; the eclipse
hear|heard|the explosion; the song; the news; a shot
call|called|the police; an ambulance; the plumber; the office
visit|visited|the museum; the hospital; the school; grandma
win|won|the race; the election; the trophy; a medal; the lottery
open|opened|the door; the new school; the letter; the exhibition
close|closed|the shop; the window; the factory; the account
leave|left|the party; the country; the building; the team
join|joined|the club; the protest; the army; the call
save|saved|a child; the cat; the forest; the day
kill|killed|the bill; the wasp; the engine
build|built|the shed; a bridge; the new station; a wall
clean|cleaned|the kitchen; the beach; the car; the windows
teach|taught|the class; maths; the course
break into|broke into|the house; the bank; the shop
pay|paid|the fine; the rent; the bill; the ransom
cancel|cancelled|the trip; the order; the show; the contract
answer|answered|the question; the phone; the letter
delete|deleted|the file; the tweet; the photos; the account
publish|published|the report; the photos; the list; the book
warn|warned|the police; the neighbours; everyone
attack|attacked|the village; the convoy; the base
leak|leaked|the emails; the report; the video
""".strip()

BETWEEN = """
beat|lost to
defeated|was beaten by
taught|learnt from
sold a car to|bought a car from
gave a book to|got a book from
lent money to|borrowed money from
hired|now works for
married|is the wife of
sued|was sued by
arrested|was arrested by
phoned|got a call from
rescued|was rescued by
kissed|was kissed by
hit|was hit by
interviewed|was interviewed by
replaced|was replaced by
followed|was followed by
invited|was invited by
thanked|was thanked by
overtook|was overtaken by
voted for|got the vote of
""".strip()
