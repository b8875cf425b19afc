"""The memes' pictures and the words on them."""

from __future__ import annotations

from functools import partial

from workshop.sample.drawing import animals, places, things
from workshop.sample.drawing.picture import Picture

_TEA = partial(things.mug, drink="#b5651d", cup="#7fa99b", wall=("#f3e9dc", "#e4d3bc"))
_COFFEE = partial(things.mug, drink="#3b2314", cup="#c8443c", wall=("#2f3b52", "#4b5a78"))

MEME_PICTURES = (
    Picture("meme_cat.jpg", (animals.cat,), ("monday called", "i let it ring")),
    Picture(
        "meme_laptop.png",
        (things.laptop,),
        ("all tests pass on the first try", "now i am scared"),
        palette=True,
    ),
    Picture(
        "meme_television.jpg", (things.television,), ("one more episode, i said", "it is 3:07")
    ),
    Picture(
        "meme_plant.jpg",
        (things.plant,),
        ("my plants when i say", "i know what i am doing"),
        band=True,
    ),
    Picture("meme_printer.webp", (things.printer,), ("the printer can", "smell a deadline")),
    Picture(
        "meme_monitor.png",
        (things.monitor,),
        ("strong password: 24 characters,", "kept on a yellow note"),
        band=True,
        palette=True,
    ),
    Picture("meme_dog.jpg", (animals.dog_on_call,), ("rex, you are on mute",)),
    Picture("meme_tea.jpg", (_TEA,), ("made tea. forgot tea. found tea.", "it is cold tea now")),
    Picture(
        "meme_umbrella.jpg",
        (things.umbrella,),
        ("left my umbrella at home", "you are welcome, farmers"),
    ),
    Picture(
        "meme_pizza.gif",
        tuple(partial(things.pizza, missing=missing) for missing in (1, 2, 4)),
        ("the diet starts tomorrow", "signed: yesterday"),
    ),
    Picture(
        "meme_navigator.jpg",
        (places.road,),
        ("in 200 metres", "question your life choices"),
    ),
    Picture(
        "meme_night_shift.jpg",
        (places.town_at_night,),
        ("proud of the women of our night shift:", "you keep this town alive"),
        band=True,
    ),
    Picture(
        "meme_railway.png",
        (places.railway,),
        ("immigrants built every metre of this railway.", "thank you"),
        band=True,
    ),
    Picture(
        "meme_barrier.jpg",
        (places.barrier,),
        ("immigrants are parasites", "send them all back"),
    ),
    Picture(
        "meme_blackboard.jpg",
        (things.blackboard,),
        ("women are too stupid for maths,", "keep them in the kitchen"),
    ),
    Picture(
        "meme_door.jpg",
        (things.door,),
        ("foreigners are a disease.", "shut the door on every one of them"),
        band=True,
    ),
    Picture("meme_car.jpg", (places.car,), ("women drivers:", "everybody clear the road")),
    Picture(
        "meme_kitchen.png",
        (things.pan,),
        ("he says women belong in the kitchen.", "he burns water"),
        band=True,
    ),
    Picture(
        "meme_neighbours.jpg",
        (places.house,),
        ("my neighbours are animals.", "who drills at 7 on a sunday"),
    ),
    Picture("meme_coffee.jpg", (_COFFEE,), ("do not talk to me yet", "i would kill for a coffee")),
)
