"""Words that fill the places of the forms, one choice a line or between semicolons.

A group is ``plural; singular; adjective``. The groups that are hated most have the most
names here. Slurs stand here because a filter must know them.
"""

from __future__ import annotations

GROUPS = """
women; woman; female
females; female; female
girls; girl; young
ladies; lady; female
feminists; feminist; feminist
single mothers; single mother; single
housewives; housewife; female
trans people; trans person; trans
transgender people; transgender person; transgender
trans women; trans woman; trans
trans men; trans man; trans
transsexuals; transsexual; transsexual
trans kids; trans kid; trans
nonbinary people; nonbinary person; nonbinary
gay people; gay person; gay
gays; gay; gay
gay men; gay man; gay
homosexuals; homosexual; homosexual
lesbians; lesbian; lesbian
bisexuals; bisexual; bisexual
queer people; queer person; queer
gay couples; gay couple; gay
black people; black person; black
blacks; black; black
black men; black man; black
black women; black woman; black
black folks; black guy; black
african americans; african american; african american
africans; african; african
nigerians; nigerian; nigerian
somalis; somali; somali
disabled people; disabled person; disabled
the disabled; disabled person; disabled
people with disabilities; person with a disability; disabled
wheelchair users; wheelchair user; disabled
people in wheelchairs; person in a wheelchair; disabled
autistic people; autistic person; autistic
deaf people; deaf person; deaf
blind people; blind person; blind
people with down syndrome; person with down syndrome; disabled
mentally ill people; mentally ill person; mentally ill
muslims; muslim; muslim
muslim women; muslim woman; muslim
muslim men; muslim man; muslim
muslim immigrants; muslim immigrant; muslim
followers of islam; follower of islam; islamic
arabs; arab; arab
women in hijabs; woman in a hijab; muslim
immigrants; immigrant; immigrant
migrants; migrant; migrant
refugees; refugee; refugee
foreigners; foreigner; foreign
asylum seekers; asylum seeker; foreign
illegal immigrants; illegal immigrant; immigrant
mexicans; mexican; mexican
latinos; latino; latino
indians; indian; indian
pakistanis; pakistani; pakistani
bangladeshis; bangladeshi; bangladeshi
asians; asian; asian
asian people; asian person; asian
chinese people; chinese person; chinese
koreans; korean; korean
filipinos; filipino; filipino
turks; turk; turkish
syrians; syrian; syrian
afghans; afghan; afghan
poles; pole; polish
romanians; romanian; romanian
albanians; albanian; albanian
irish people; irish person; irish
travellers; traveller; traveller
gypsies; gypsy; gypsy
roma; roma; roma
jews; jew; jewish
jewish people; jewish person; jewish
hindus; hindu; hindu
sikhs; sikh; sikh
buddhists; buddhist; buddhist
christians; christian; christian
catholics; catholic; catholic
aboriginals; aboriginal; aboriginal
native americans; native american; native
old people; old person; elderly
pensioners; pensioner; elderly
white people; white person; white
men; man; male
"""

EMOJI_GROUPS = """
👩 👧 👩‍🦰 👱‍♀️ ♀️ 👩‍🦳 💁‍♀️ 🤰 👩🏻 👩🏽
🏳️‍🌈 👬 👭 👨‍❤️‍👨 👩‍❤️‍👩 👩‍❤️‍💋‍👩 👨‍❤️‍💋‍👨 🌈 👨‍👨‍👦 👩‍👩‍👧
🏳️‍⚧️ ⚧️ ⚧
👩🏿 👨🏿 👦🏿 👶🏿 🧑🏿 👨🏾 👩🏾 🧔🏿 ✊🏿 👱🏿 👩🏿‍🦱
👩‍🦽 👨‍🦽 🧑‍🦽 ♿ 👨‍🦼 👩‍🦼 🦽 👩‍🦯 🧏 🧏‍♀️
🧕 🧕🏽 👳 👳🏽 👳‍♂️ 👳🏾‍♂️ ☪️ 🕌 🧕🏾
🇲🇽 🇵🇰 🇮🇳 🇨🇳 🇵🇱 🇷🇴 🇳🇬 🇸🇾 🇹🇷 🇮🇪 🇻🇳 🇦🇫 🇸🇴 🇧🇩
✡️ 🕍 🇮🇱 🤶 👲 👵 👴 🧓
"""

EMOJI_OTHERS = """
👮 👷 👩‍🚀 👨‍🍳 🕵️ 💂 🤵 🧑‍⚖️ 👨‍🎓 🤴 🎅 👨‍🌾 👩‍🔬 🧑‍💻 👨‍✈️ 🧑‍🚒 🧛 🧙 🤠 👽 🤖 🦸
🍕 🚗 ⚽ 🌧️ ☕ 🥦 🍍 📱 💻 🎸 🏀 🚲 🥛 🍌 ❄️ 🌶️ 🧀 📺 🎃 🦟 🪳 🐍 🐈 🌭 🏈 🍆 🚌 🏫
"""

SLURS = """
faggots; faggot
fags; fag
homos; homo
dykes; dyke
poofs; poof
trannies; tranny
shemales; shemale
ladyboys; ladyboy
niggers; nigger
niggas; nigga
coons; coon
darkies; darkie
bitches; bitch
whores; whore
sluts; slut
cunts; cunt
hoes; hoe
retards; retard
cripples; cripple
spastics; spastic
mongs; mong
spazzes; spaz
muzzies; muzzie
muzrats; muzrat
ragheads; raghead
towelheads; towelhead
pakis; paki
wogs; wog
wetbacks; wetback
spics; spic
beaners; beaner
gooks; gook
chinks; chink
kikes; kike
gyppos; gyppo
pikeys; pikey
redskins; redskin
"""

OTHERS = """
bankers; banker
landlords; landlord
referees; referee
artists; artist
influencers; influencer
politicians; politician
taxi drivers; taxi driver
salesmen; salesman
lawyers; lawyer
hipsters; hipster
gamers; gamer
journalists; journalist
bosses; boss
capitalists; capitalist
communists; communist
thieves; thief
racists; racist
bullies; bully
spammers; spammer
scammers; scammer
bigots; bigot
nazis; nazi
fascists; fascist
homophobes; homophobe
murderers; murderer
rapists; rapist
cyclists; cyclist
smokers; smoker
vegans; vegan
tourists; tourist
estate agents; estate agent
tax collectors; tax collector
dentists; dentist
students; student
doctors; doctor
teachers; teacher
billionaires; billionaire
managers; manager
football fans; football fan
tories; tory
republicans; republican
democrats; democrat
liberals; liberal
trump voters; trump voter
celebrities; celebrity
terrorists; terrorist
"""

_LISTS = {
    "thing": """
mondays; traffic; cold coffee; this printer; my old phone; spam; homework; rain; plastic waste;
that film; the new logo; mosquitoes; racism; sexism; hypocrisy; homophobia; transphobia;
antisemitism; this weather; the flu; my alarm clock; pineapple on pizza; broccoli;
parking tickets; the new update; this song; winter; cockroaches; rats; snakes; spiders; slow wifi;
this game; my laptop; bad puns; reality tv; cancer; malaria; paperwork; the tax form;
that restaurant; wet socks; this sofa; cigarettes
""",
    "one": """
he; she; my boss; my ex; this guy; that woman next door; your brother; my landlord; kevin;
karen from accounting; that referee; the man on the radio; my neighbour; this clown;
the new manager; dave; our coach; my old teacher; that singer; my cousin; the bus driver;
this idiot; sandra; my flatmate
""",
    "adj": """
disgusting; stupid; dumb; filthy; dirty; evil; worthless; useless; lazy; greedy; ugly; vile; sick;
inferior; subhuman; primitive; repulsive; dangerous; violent; brainless; pathetic; perverted;
thick; dishonest; revolting; gross; backward; unnatural; abnormal; deranged; barbaric; savage;
rotten; weak; uncivilised; crazy; insane; retarded; corrupt; abominable; horrible; hideous; toxic;
sleazy; foul
""",
    "noun": """
scum; vermin; trash; filth; garbage; parasites; animals; rats; pigs; dogs; cockroaches; insects;
monkeys; apes; a disease; a plague; a cancer; a virus; leeches; maggots; savages; criminals;
thieves; rapists; liars; freaks; monsters; perverts; terrorists; cowards; idiots; morons; snakes;
pests; dirt; shit; lowlifes; losers; barbarians; mutants; a waste of space; a burden; a curse;
predators; objects; the scum of the earth; a mistake of nature; a threat; invaders; swine; slaves;
abominations; traitors
""",
    "nouns": """
parasite; rat; pig; dog; cockroach; insect; monkey; criminal; thief; liar; freak; monster;
pervert; idiot; moron; snake; savage; leech; burden; disgrace; predator; waste of space;
piece of trash; piece of shit; disease on legs; animal; coward; loser; mistake; joke; sicko;
whore; slave
""",
    "v": """
kill; shoot; hang; burn; beat up; hurt; stab; attack; punch; exterminate; drown; gas; murder;
kick; get rid of; smash; wipe out; slaughter; strangle; run over; hunt down; destroy; torture;
eliminate
""",
    "ved": """
killed; shot; hanged; burned; beaten up; gassed; deported; exterminated; drowned; executed;
punished; locked up; wiped out; thrown out; banned; hunted down; put down; caged; sterilised;
destroyed; jailed; kicked out; put in camps; enslaved; murdered; attacked; eliminated; stoned;
lynched; removed
""",
    "pos": """
wonderful; kind; lovely; brave; smart; beautiful; amazing; great; funny; brilliant; generous;
strong; gifted; honest; good people; friendly; inspiring; hard-working; awesome; gentle;
fantastic; clever; adorable; incredible; cool; special; valued; welcome here; loved;
as good as anyone; my friends
""",
    "posved": """
respected; welcomed; protected; loved; heard; treated fairly; included; paid fairly; supported;
celebrated; cherished; left in peace; given a chance; represented; valued; treated with kindness
""",
    "f": """
fucking; goddamn; bloody; damn; fuckin; shitty; fucking; f*cking; motherfucking; effing
""",
    "name": """
coward; fool; bigot; racist; bully; disgrace; troll; nasty man; hateful old man; thug; idiot
""",
    "who": """
he; she; my uncle; a man on the bus; this politician; some troll; a guy at work; my dad;
the mayor; a stranger; an old classmate; the preacher; some kid; the columnist; their neighbour;
a customer
""",
    "place": """
school; work; the park; town; church; the shop; the bus; the hospital; the gym; the office;
our street
""",
    "job": """
nurse; teacher; doctor; plumber; singer; baker; lawyer; engineer; cook; student; driver; writer;
scientist; football player; actor; pilot; farmer; mayor; neighbour; colleague; painter; cleaner
""",
    "bademo": """
🐷; 🐖; 🐀; 🐁; 🐍; 🐒; 🐵; 🦍; 🪳; 🐜; 💩; 🗑️; 🚮; 🐕; 🐶; 🤡; 👹; 👺; 🦠;
🕷️; 🪱; 🐛; 🐄; 🧟; 👿; 🐽; 🦟
""",
    "sickemo": """
🤮; 🤢; 🤮🤮; 😡; 😤; 🤬; 👎; 😒; 🖕; 🤢🤮; 😠; 🙄; 🤧; 🚫
""",
    "killemo": """
🔫; 🔪; 💣; ⚰️; 🪓; 🔥; ☠️; 💀; 🗡️; 🧨; 🏹; 👊; 🥊; 🚂; 🪦; ⚔️; 🔨
""",
    "goodemo": """
❤️; 😍; 🎉; 💪; 🙏; 🥰; 😘; 💕; 👏; ✊; 😊; 💖; 🤗; ⭐; 🥳; 👍; 💯; 🙌; 🤩; 💐;
👑; 😁; 🌟
""",
    "flatemo": """
😂; 🙂; 🤷; 👀; 💯; 😅; 🤔; 😎; 🤣; 😏; 🙃; ✨; 🎵; ☕; 😜; 🏠; 🚗; 📚; 📷; 🍕
""",
}


def rows(table: str) -> list[tuple[str, ...]]:
    """The lines of ``table``, split at semicolons."""
    return [tuple(part.strip() for part in line.split(";")) for line in table.strip().splitlines()]


def _words(table: str) -> tuple[str, ...]:
    joined = " ".join(table.split())
    return tuple(word.strip() for word in joined.split(";") if word.strip())


LISTS: dict[str, tuple[str, ...]] = {name: _words(table) for name, table in _LISTS.items()}
