"""What the places in the forms of pairs are filled with: one word or phrase a line part."""

from __future__ import annotations


def _parts(block: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in block.replace("\n", ";").split(";") if part.strip())


LISTS = {
    name: _parts(block)
    for name, block in {
        "venue": """the library; the swimming pool; the market hall; the zoo; the \
castle; the cinema
        the bakery on the corner; the post office; the town hall; the skate park; the \
art gallery
        the city museum; the campsite; the ice rink; the cafe by the lake; the \
theatre; the school
        the clinic; the north gate; the visitor centre; the book shop; the stadium; \
the food bank""",
        "road": """the main road; the ring road; the north tunnel; the coast road
        the motorway; the mountain pass; the high street; the airport road
        Station Street; the ferry crossing; the cycle path; the level crossing; \
junction 12""",
        "train": """the 8:15 train; the night train; the last bus; the ferry; our \
flight; line 3
        the airport shuttle; the tram; the morning express; the school bus; the \
metro; flight 207""",
        "event": """the concert; the match; the parade; the marathon; the book fair; \
the wedding
        the summer festival; the strike; the election; the auction; the launch; the \
press conference
        the meeting; the exhibition; the flower show; the final; the trial; the town \
meeting
        the firework show; the carnival; the film premiere; the charity run; the \
protest march""",
        "person": """Maria; Ahmed; Olga; John; Mrs Patel; the mayor; the goalkeeper; \
the minister
        the singer; my brother; our teacher; the coach; the pilot; Dr Weber; Lena; \
Kwame; Yuki
        the president; the chef; the suspect; my neighbour; Carlos; the senator; the \
actor; Nina
        the director; the prince; my aunt; the nurse; the champion; the captain; Mr \
Silva""",
        "team": """the Tigers; United; City; the Reds; our team; Rangers; the home \
side; the Hawks
        Brazil; Kenya; Norway; the juniors; Spain; the Wolves; India; the visitors""",
        "animal": """the tiger cub; the lost dog; the whale; the old horse; the \
panda; our cat
        the parrot; the seal; the elephant; the runaway cow; the hedgehog; the swan""",
        "thing": """the phone; the new camera; the car; the laptop; the washing \
machine; the heater
        the website; the app; the game; the clock on the tower; the lift; the \
fountain; the printer
        the server; the radio; the bike; the boat; the coffee machine; the drone""",
        "place": """Paris; Berlin; Lagos; Mumbai; Boston; Madrid; Cairo; Sydney; \
Rome; Tokyo; Leeds
        Dublin; Chicago; Athens; Quito; Nairobi; Warsaw; Texas; Glasgow; Osaka; Kyiv; \
Manila; Prague
        Denver; Seoul; Vienna; Havana; Bristol""",
        "dish": """the pizza; the soup; the cake; the coffee here; the curry; the new \
burger
        the breakfast; the ice cream; the fish""",
        "show": """the film; the book; the new album; the series; the speech; the \
play; the song
        the documentary; the video; the finale""",
        "law": """the smoking ban; the new budget; the tax bill; the climate law; the \
peace deal
        the trade agreement; the housing plan; the school reform; the speed limit; \
the vaccine
        the merger; the proposal; the contract""",
        "price": """rent; the price of bread; petrol prices; unemployment; ticket \
prices; inflation
        house prices; the number of cases; oil; the birth rate; the share price; the \
crime rate
        traffic; the water level; the temperature; demand; the debt""",
        "day": "Monday; Tuesday; Wednesday; Thursday; Friday; Saturday; Sunday",
        "month": """January; February; March; April; May; June; July; August; \
September; October
        November; December""",
        "year": "1912; 1950; 1968; 1984; 1999; 2003; 2008; 2012; 2014; 2016; 2019; \
2021; 2023",
        "n": """2; 3; 4; 5; 6; 7; 8; 9; 12; 14; 15; 18; 20; 23; 25; 30; 36; 40; 45; \
50; 64; 70; 80
        90; 100; 120; 150; 200; 250; 300; 500; 700; 1,000; 1,500; 2,000; 10,000; two; \
three; four
        five; six; seven; eight; nine; ten; twelve; twenty; fifty; sixty""",
        "hour": "6; 7; 8; 9; 10; 11; noon; 5.30; 7.45; 8.15; 9.30",
        "disaster": """the earthquake; the flood; the storm; the fire; the landslide; \
the crash
        the explosion; the hurricane; the blackout; the avalanche; the derailment; \
the wildfire""",
        "crowd": """people; children; passengers; workers; soldiers; students; \
visitors; players
        families; tourists; miners; firefighters; fans""",
        "object": """the window; the fence; the car; the cake; the trophy; the \
letter; the report
        the old boat; the roof; the piano; the statue; the painting; the phone; the \
shed; the book
        the fridge; the sign; the engine; the house""",
        "colour": "red; blue; green; yellow; black; white; pink; grey; purple; orange",
        "job": """doctor; teacher; painter; lawyer; farmer; singer; plumber; pilot; \
baker; judge
        sailor; cook; writer""",
        "fruit": "apples; pears; cherries; lemons; plums; grapes; onions; carrots; \
potatoes",
        "topic": """#news; #breaking; #weather; #sport; #love; #traffic; #food; \
#music; #nature
        #monday; #update; #rip; #happy; #win""",
        "glad": "😍; ❤️; 🎉; 😊; 😀; 👍; 🥳; 😋; 🙌; 💪",
        "sad": "😭; 😡; 💔; 😢; 👎; 🤮; 😠; 😞; 🙄; 🤦",
    }.items()
}

KINDS = """
poodle|dog|animal
terrier|dog|pet
tabby|cat|animal
sparrow|bird|animal
eagle|bird|animal
salmon|fish|animal
cobra|snake|reptile
rose|flower|plant
tulip|flower|plant
oak|tree|plant
violin|instrument|thing
trumpet|instrument|thing
piano|instrument|thing
lorry|vehicle|thing
tractor|vehicle|machine
van|vehicle|thing
bus|vehicle|thing
helicopter|aircraft|machine
sandal|shoe|thing
jacket|coat|piece of clothing
hammer|tool|thing
saw|tool|thing
burger|meal|dish
pancake|dessert|dish
apple|fruit|snack
banana|fruit|snack
novel|book|gift
cottage|house|building
sofa|piece of furniture|thing
armchair|chair|piece of furniture
necklace|piece of jewellery|gift
""".strip()
