"""Sentences that a text model is distilled on.

Everything here was written for Pictor: word lists and sentence patterns about
what pictures and GIFs show. No captions of any data set are used.
"""

import random
from pathlib import Path

PEOPLE = """man;woman;boy;girl;child;baby;toddler;kid;teenager;guy;lady;person;young man;young woman;
old man;old woman;little boy;little girl;dancer;singer;actor;actress;musician;guitarist;drummer;pianist;
band;cheerleader;soldier;police officer;cop;firefighter;doctor;nurse;teacher;student;scientist;chef;cook;
waiter;waitress;bartender;farmer;worker;builder;driver;cyclist;biker;skateboarder;surfer;skier;snowboarder;
swimmer;diver;runner;athlete;gymnast;boxer;wrestler;football player;soccer player;basketball player;
baseball player;tennis player;golfer;goalkeeper;referee;coach;ice skater;ballerina;model;bride;groom;couple;
father;mother;dad;mom;brother;sister;grandfather;grandmother;family;friends;group of people;crowd;audience;
king;queen;prince;princess;knight;pirate;cowboy;ninja;samurai;wizard;witch;vampire;zombie;ghost;monster;
alien;robot;superhero;clown;magician;angel;mermaid;santa claus;businessman;reporter;journalist;president;
politician;priest;monk;artist;painter;photographer;hairdresser;fan;blonde woman;bald man;bearded man;
man with glasses;woman in a red dress;man in a suit;girl with long hair;boy in a cap;cartoon character;
anime girl;anime boy;puppet;doll;someone;two people;three men;two women;two girls;two boys;several people"""

ANIMALS = """cat;kitten;dog;puppy;horse;pony;cow;bull;pig;piglet;sheep;lamb;goat;donkey;chicken;rooster;
duck;duckling;goose;swan;turkey;parrot;owl;eagle;pigeon;penguin;crow;hummingbird;flamingo;peacock;bird;
rabbit;bunny;hamster;mouse;rat;squirrel;guinea pig;hedgehog;fox;wolf;bear;polar bear;panda;koala;kangaroo;
lion;lioness;tiger;leopard;cheetah;elephant;giraffe;zebra;rhino;hippo;monkey;gorilla;chimpanzee;sloth;
raccoon;otter;beaver;deer;moose;camel;llama;alpaca;bat;snake;lizard;turtle;tortoise;frog;crocodile;
alligator;fish;goldfish;shark;whale;dolphin;seal;octopus;jellyfish;crab;lobster;snail;spider;butterfly;bee;
ant;dragonfly;caterpillar;dinosaur;dragon;unicorn;black cat;white dog;orange cat;golden retriever;husky;
pug;bulldog;corgi;baby elephant;baby panda;animal;pet"""

ADJECTIVES = """funny;cute;happy;sad;angry;scared;surprised;excited;bored;tired;sleepy;confused;shy;proud;
nervous;crazy;silly;lonely;drunk;hungry;beautiful;handsome;pretty;ugly;tall;short;fat;thin;strong;weak;young;
old;big;small;huge;tiny;giant;long;round;red;blue;green;yellow;orange;pink;purple;black;white;brown;grey;
golden;silver;colorful;bright;dark;shiny;wet;dirty;clean;hot;cold;frozen;fluffy;furry;hairy;wild;fast;slow;
loud;quiet;famous;rich;poor;strange;weird;creepy;scary;magical;vintage;modern;broken;empty;naked;masked;
tattooed;blonde;smiling;crying;laughing;sleeping;dancing;flying;running;jumping;burning;glowing;spinning;
falling;wooden;plastic;metal;striped;animated"""

ACTIONS = """walking;running;jumping;dancing;singing;laughing;smiling;crying;sleeping;eating;drinking;
talking;shouting;screaming;whispering;yelling;waving;clapping;nodding;bowing;kneeling;sitting;standing;
lying down;falling;tripping;slipping;stumbling;crawling;climbing;swimming;diving;surfing;skating;skiing;
snowboarding;skateboarding;riding;driving;flying;floating;fighting;boxing;wrestling;punching;kicking;
shooting;throwing;catching;hugging;kissing;cuddling;holding hands;shaking hands;high fiving;pointing;
looking around;looking up;looking down;staring;watching;reading;writing;drawing;painting;typing;playing;
cooking;baking;cleaning;washing;shaving;brushing teeth;combing hair;getting dressed;taking off clothes;
putting on makeup;blowing a kiss;winking;blinking;rolling eyes;shrugging;sighing;yawning;sneezing;coughing;
thinking;sticking out tongue;making a face;biting lips;smoking;shaking head;turning around;spinning;rolling;
bouncing;swinging;stretching;exercising;doing push ups;lifting weights;doing yoga;doing a backflip;
doing a cartwheel;doing a split;celebrating;cheering;partying;toasting;marching;hiding;chasing;escaping;
digging;fishing;hunting;sailing;rowing;camping;hiking;shopping;working;studying;waiting;knitting;juggling;
performing;acting;posing;modelling;taking a selfie;taking a picture;answering the phone;opening the door;
closing the door;leaving the room;entering the room;driving away;walking away;running away;growling;barking;
meowing;licking;scratching;purring;wagging its tail;exploding;burning;melting;glowing;flashing;dropping;
raining;snowing;breathing fire;shaking;trembling;fainting;dying;praying;meditating;stealing;begging;arguing;
flirting;proposing;getting married;blushing;whistling;texting;rapping;headbanging;lip syncing"""

TRANSITIVE = """holding;eating;drinking;throwing;catching;kicking;hitting;pushing;pulling;opening;closing;
carrying;lifting;dropping;breaking;smashing;cutting;chopping;slicing;washing;cleaning;painting;drawing;
building;fixing;riding;driving;playing with;looking at;staring at;pointing at;smiling at;laughing at;
talking to;waving at;hugging;kissing;chasing;following;fighting with;dancing with;walking with;petting;
licking;biting;scratching;smelling;sniffing;feeding;touching;squeezing;shaking;spinning;wearing;putting on;
taking off;jumping over;jumping on;jumping into;climbing;falling off;falling on;falling into;sitting on;
standing on;lying on;sleeping on;leaning on;hiding behind;hiding under;running from;running into;
crashing into;shooting;aiming at;showing;giving;handing over;receiving;buying;selling;stealing;finding;
losing;watching;filming;photographing;reading;signing;burning;blowing on;pouring;mixing;stirring;tasting;
swinging;rolling;stacking;balancing;wrapping;unwrapping;attacking;scaring;surprising;teasing;slapping;
punching;poking;tickling"""

OBJECTS = """ball;balloon;basketball;football;soccer ball;baseball bat;tennis racket;skateboard;surfboard;
bicycle;bike;motorcycle;scooter;car;race car;sports car;truck;bus;taxi;train;airplane;helicopter;boat;ship;
rocket;spaceship;tank;tractor;wheel;road sign;traffic light;guitar;piano;drum;violin;microphone;trumpet;
phone;cell phone;computer;laptop;keyboard;television;camera;video game;controller;headphones;clock;watch;
lamp;candle;light bulb;fan;mirror;window;door;table;chair;couch;sofa;bed;pillow;blanket;bathtub;toilet;
sink;refrigerator;oven;microwave;pan;pot;knife;fork;spoon;plate;bowl;cup;glass;bottle;can;box;bag;backpack;
suitcase;umbrella;hat;cap;helmet;crown;mask;glasses;sunglasses;shirt;t-shirt;jacket;coat;suit;tie;dress;
skirt;pants;jeans;shorts;bikini;shoes;boots;high heels;socks;gloves;scarf;ring;necklace;earrings;lipstick;
hair;beard;mustache;hand;finger;face;eye;nose;mouth;tongue;leg;foot;head;book;newspaper;letter;paper;pencil;
pen;brush;scissors;hammer;axe;saw;rope;chain;ladder;key;money;coin;dollar bills;gold;diamond;gift;present;
toy;teddy bear;doll;lego;puzzle;cards;dice;chess;gun;rifle;sword;bow and arrow;shield;bomb;fire;smoke;
flame;water;ice;snow;snowball;snowman;rain;lightning;cloud;rainbow;sun;moon;stars;planet;earth;mountain;
volcano;tree;leaf;flower;rose;grass;rock;stone;sand;wave;bubble;feather;bone;egg;pizza;burger;hamburger;
hot dog;sandwich;bread;toast;cheese;meat;steak;bacon;chicken;fish;sushi;noodles;spaghetti;pasta;rice;soup;
salad;potato;french fries;chips;popcorn;apple;banana;strawberry;orange;lemon;watermelon;grapes;pineapple;
tomato;carrot;onion;garlic;corn;mushroom;cake;birthday cake;cupcake;muffin;cookie;donut;pancake;waffle;pie;
chocolate;candy;lollipop;ice cream;milk;coffee;tea;juice;beer;wine;champagne;cocktail;cigarette;trophy;
medal;flag;sign;poster;christmas tree;halloween pumpkin;fireworks;camera lens;treadmill;trampoline;swing;
slide;fence;wall;bridge;building;house;castle;tower;statue;fountain;tunnel;escalator;elevator;shopping cart"""

PLACES = """in the park;on the street;in the kitchen;in the bathroom;in the bedroom;in the living room;
in the office;in a classroom;at school;at the beach;in the ocean;in the sea;in a swimming pool;on a boat;
in a car;on a bus;on a train;on an airplane;at the airport;at the station;in a forest;in the woods;in the jungle;
in the desert;on a mountain;in a field;in the garden;on the grass;in the snow;in the rain;under water;
in space;in the sky;on the moon;on a bridge;on the roof;on the stairs;in a hallway;in an elevator;in a bar;
in a restaurant;in a cafe;in a club;at a party;at a wedding;at a concert;on stage;in a theater;in a cinema;
in a museum;in a church;in a hospital;in a prison;in a store;in a supermarket;at the gym;in a stadium;
on a basketball court;on a football field;on a tennis court;on the ice;in a boxing ring;on a race track;
on a skate park ramp;at the zoo;on a farm;in a cage;in a box;on a couch;on a bed;on a chair;at a table;
on the floor;in front of a mirror;in front of a crowd;in front of the camera;next to a window;behind a door;
by the fire;at night;at sunset;in the morning;on christmas;on halloween;in a big city;in the countryside;
in a video game;in a cartoon;in a music video;in a movie;on television;in black and white;in slow motion;
on a red carpet;at an awards show;in an interview;in a talk show"""

MANNERS = """slowly;quickly;happily;sadly;angrily;nervously;excitedly;gently;wildly;suddenly;together;alone;
again and again;very fast;with a smile;with tears in the eyes;with both hands;for fun;by accident;in a circle;
backwards;sideways;up and down;from side to side;really hard;like crazy;in surprise;with joy;with friends"""

SCENES = """waves crashing on the shore;the sun setting over the sea;clouds moving across the sky;
stars moving in the night sky;a waterfall in a forest;snow falling on the trees;rain falling on a window;
a city skyline at night;cars driving on a highway;a train passing by;a plane taking off;a rocket launching into space;
a volcano erupting;a building exploding;lightning in a storm;a tornado destroying a house;fire burning in a fireplace;
a candle flickering in the dark;leaves falling in autumn;flowers blooming in spring;a river flowing through a valley;
a boat on a lake;a rotating planet;a spinning galaxy;abstract colorful patterns moving;geometric shapes changing color;
a spinning cube;a neon sign flashing;a glitch effect;a kaleidoscope of colors;smoke rising;ink spreading in water;
a drop of water falling;melting ice cream;cheese being pulled from a pizza;chocolate being poured over a cake;
coffee being poured into a cup;meat grilling on a barbecue;vegetables being chopped;a cake being decorated;
dough being kneaded;an egg being cracked into a pan;a machine making candy;a factory assembly line;
a domino chain falling;a car crash;a car drifting around a corner;a motorcycle doing a wheelie;
a slam dunk;a goal being scored;a home run;a knockout punch;a touchdown;a skateboard trick;a ski jump;
a dance battle;a marching band;a fashion show;a wedding kiss;a birthday party;a fireworks show;
a title card with text;a loading animation;a pixel art scene;a stop motion animation;an old silent film;
a news broadcast;a weather map;a screenshot of a game;a cartoon explosion;a time lapse of a city;a loop of a staircase"""

REACTIONS = """yes;no;ok;thank you;thanks a lot;you're welcome;good morning;good night;goodbye;hello;hi there;
welcome;congratulations;happy birthday;merry christmas;happy new year;i love you;i miss you;i'm sorry;
please;wow;omg;lol;haha;oh no;what;why;whatever;who cares;i don't know;i don't care;shut up;stop it;go away;
come on;hurry up;let's go;well done;good job;nice;awesome;amazing;cool;perfect;great;best friends;good luck;
be careful;deal with it;mind blown;facepalm;eye roll;mic drop;slow clap;thumbs up;thumbs down;high five;
fist bump;group hug;face palm;happy dance;dance party;party time;it's friday;monday morning;need coffee;
so tired;so bored;so hungry;so excited;so cute;so funny;so sad;crying out loud;just kidding;not impressed;
are you kidding me;oh my god;what the hell;that's it;i quit;you got this;never give up;keep going;winning;
fail;epic fail;awkward;cringe;suspicious;shocked;speechless;disappointed;confused;jealous;embarrassed"""


def _list(text):
    return [part.strip() for part in text.replace("\n", "").split(";") if part.strip()]


class Generator:
    """Draws sentences from patterns; the same seed gives the same ones."""

    def __init__(self, seed, synonyms=None):
        self.random = random.Random(seed)
        self.people = _list(PEOPLE)
        self.animals = _list(ANIMALS)
        self.adjectives = _list(ADJECTIVES)
        self.actions = _list(ACTIONS)
        self.transitive = _list(TRANSITIVE)
        self.objects = _list(OBJECTS)
        self.places = _list(PLACES)
        self.manners = _list(MANNERS)
        self.scenes = _list(SCENES)
        self.reactions = _list(REACTIONS)
        self.extra = synonym_words(synonyms) if synonyms else []

    def _pick(self, words):
        return self.random.choice(words)

    def _who(self):
        return self._pick(self.people if self.random.random() < 0.68 else self.animals)

    def _noun(self, noun):
        plural = noun.split()[0] in {"two", "three", "several", "someone", "friends"}
        roll = self.random.random()
        adjective = self._pick(self.adjectives) + " " if self.random.random() < 0.22 else ""
        if plural:
            return noun
        if roll < 0.68:
            start = (adjective + noun)[0]
            return ("an " if start in "aeiou" else "a ") + adjective + noun
        if roll < 0.88:
            return "the " + adjective + noun
        return adjective + noun

    def _thing(self):
        if self.extra and self.random.random() < 0.2:
            return self._noun(self._pick(self.extra))
        if self.random.random() < 0.15:
            return self._noun(self._who())
        return self._noun(self._pick(self.objects))

    def _be(self, subject):
        words = subject.split()
        many = words[0] in {"two", "three", "several", "friends"}
        return "are" if many else "is"

    def _clause(self):
        subject = self._noun(self._who())
        verb = self._be(subject)
        link = f" {verb} " if self.random.random() < 0.8 else " "
        roll = self.random.random()
        if roll < 0.34:
            return f"{subject}{link}{self._pick(self.actions)}"
        if roll < 0.80:
            return f"{subject}{link}{self._pick(self.transitive)} {self._thing()}"
        if roll < 0.88:
            return f"{subject} {verb} {self._pick(self.adjectives)}"
        if roll < 0.94:
            return f"{subject} with {self._thing()}{link}{self._pick(self.actions)}"
        return f"{subject} wearing {self._thing()}{link}{self._pick(self.actions)}"

    def sentence(self):
        """One sentence, phrase or short title."""
        roll = self.random.random()
        if roll < 0.58:
            text = self._clause()
            if self.random.random() < 0.5:
                text += " " + self._pick(self.places)
            if self.random.random() < 0.15:
                text += " " + self._pick(self.manners)
        elif roll < 0.68:
            joiner = self._pick(["and", "while", "and then", "as", "because", ","])
            text = f"{self._clause()} {joiner} {self._clause()}"
        elif roll < 0.74:
            text = f"{self._pick(self.adjectives)} {self._who()} {self._pick(self.actions)}"
        elif roll < 0.80:
            text = f"{self._who()} {self._pick(self.actions)} {self._pick(self.places)}"
        elif roll < 0.84:
            text = self._pick(self.scenes)
            if self.random.random() < 0.5:
                text += " " + self._pick(self.places)
        elif roll < 0.87:
            text = self._pick(self.reactions)
            if self.random.random() < 0.6:
                text += " " + self._who()
        elif roll < 0.92:
            text = f"{self._pick(self.adjectives)} {self._pick(self.objects)} {self._pick(self.places)}"
        elif roll < 0.96:
            text = " ".join([self._who(), self._pick(self.actions), self._pick(self.objects)])
        else:
            first, second = self._noun(self._who()), self._noun(self._who())
            deed = self._pick(["hugging", "kissing", "fighting", "dancing", "talking", "playing", "laughing"])
            text = f"{first} and {second} are {deed}"
        if self.random.random() < 0.25:
            text += "."
        return text

    def sentences(self, count):
        """`count` different sentences."""
        seen = {}
        while len(seen) < count:
            seen.setdefault(self.sentence())
        return list(seen)

    def phrases(self, words, count):
        """`count` phrases of two to six words, commoner words more often."""
        phrases = []
        for _ in range(count):
            length = self.random.randint(1, 6)
            picks = [words[int(len(words) * self.random.random() ** 2)] for _ in range(length)]
            phrases.append(" ".join(picks))
        return phrases


def synonym_words(path):
    """The English terms of a synonym list in Solr's format."""
    terms = {}
    for line in Path(path).read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        for term in line.replace("=>", ",").split(","):
            if term.strip():
                terms.setdefault(term.strip())
    return list(terms)
