"""Word lists of the synthetic prompts. The tokenizer was trained on them: most are one token behind a space."""

import random

NAMES = "Ada Amir Anna Anton Aria Ben Bianca Boris Cara Carlos Chen Clara Dana David Diego Elena Elias Emma Erik Eva Farid Felix Fiona Frida Gabriel Greta Hana Hugo Ida Igor Ines Ivan Jana Jonas Julia Kai Karim Lars Lea Leo Lina Luca Lucia Maja Marco Maria Mei Mila Mira Nadia Nils Nina Noah Nora Olga Omar Oscar Paula Pavel Petra Piotr Rania Ravi Rosa Samir Sara Selma Sofia Stefan Tara Theo Tom Uma Vera Viktor Wei Yara Yusuf Zoe".split()
FIRMS = "Acorn Apexon Bluefin Borealis Brightwell Cobalt Corvid Deltora Eastgate Emberly Fernway Fluxion Halcyon Harbor Ironwood Juniper Kestrel Lattice Lumen Meridian Nimbus Northstar Oakline Orbita Pinecrest Quanta Redstone Silverlake Solstice Summit Tidewater Veltrix Vireo Westbrook Zephyr".split()
CITIES = "Athens Bergen Berlin Bern Bilbao Boston Cairo Cork Delhi Denver Dublin Florence Geneva Ghent Hanoi Helsinki Kyoto Lagos Leeds Lima Lisbon London Lyon Madrid Malmo Milan Nairobi Naples Nice Osaka Oslo Paris Porto Prague Quito Riga Rome Seoul Sofia Tallinn Tampa Tokyo Toronto Tunis Turin Utrecht Vienna Warsaw Zurich".split()
COLOURS = "amber black blue brown coral crimson gold green grey indigo ivory jade lime olive orange pink purple red silver teal violet white yellow".split()
THINGS = "archive attic barn bridge cabin cellar chest closet door drawer engine garage garden gate hall hangar kitchen lab ladder library locker office pantry safe shed silo studio tower tunnel vault window workshop".split()
TIERS = "basic bronze silver gold platinum student family senior partner guest".split()
BENEFITS = ["free shipping", "a five percent discount", "a ten percent discount", "a twenty percent discount", "priority support", "a free upgrade", "early access", "a welcome gift",
            "no discount", "a late checkout", "a free coffee", "double points"]
DRINKS = "tea coffee water juice milk cocoa cider lemonade".split()
RELATIONS = "manager mentor sister neighbor friend".split()

FILLER = ["The meeting was moved to the afternoon.", "Rain is expected later this week.", "The printer on the second floor is out of paper.", "Please keep the windows closed at night.",
          "The garden was repainted last spring.", "Lunch is served at noon.", "The train was ten minutes late.", "Everyone agreed to try again.", "A new map hangs in the hall.",
          "The old radio still works.", "The lights go off at nine.", "The bus stops near the gate.", "The report will be ready soon.", "Nobody remembers who left the umbrella.",
          "The keys are kept in a small box.", "The team met twice in May.", "The soup was too salty.", "Music played in the next room."]


class Draws(random.Random):
    """Seeded draws. `original` keeps to the first wording of everything and to plain layouts: all that the first weights have seen."""
    original = False


def draws(seed, original=False):
    r = Draws(seed); r.original = original
    return r


def filler(r):
    """One sentence that no answer rests on; the made-up ones name persons, places and things that questions ask about, too."""
    if r.original or r.random() < .4: return r.choice(FILLER)
    thing, colour, name, city = r.choice(THINGS), r.choice(COLOURS), r.choice(NAMES), r.choice(CITIES)
    return r.choice([f"The {thing} was repainted last {r.choice(['week', 'spring', 'night'])}.", f"The {colour} {thing} was closed at {r.choice(['noon', 'night', 'nine'])}.",
                     f"The train to {city} was {r.choice(['five', 'ten', 'twenty'])} minutes late.", f"Rain is expected in {city} later this week.", f"{name} left the meeting early.",
                     f"{name} remembers the report.", f"A {colour} map hangs in the {thing}.", f"The {thing} is near the {r.choice(THINGS)}.", f"{name} met the team twice in {city}."])


def number(r, digits=None):
    """Digits as text: a number is a string of three to five digits, or of `digits`."""
    return ''.join(r.choice('0123456789') for _ in range(digits or r.choice([3, 4, 5])))
