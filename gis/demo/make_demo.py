#!/usr/bin/env python3
"""Makes stations.csv, units.csv, messages.ndjson and truth.csv of the demonstration region, Almaty city (75).

    python3 make_demo.py          writes the four files beside itself
    python3 make_demo.py --check  fails when they differ from what it would write

Real are the border of the city (../regions.geojson) and the three places of places.csv. All else is synthetic: where
stations stand, which units there are, who calls, when, whence and why; addresses are of streets called "Example"
and numbers are of +999, a country code that nobody has. The words are those of phrases.tsv, written for this project.
One seed: the same files every time.
"""

import csv
import io
import json
import math
import random
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
REGION = "75"
SEED = 112
DAY_S = 86_400
MOUNTAIN_FOOT = 43.17  # degrees north: south of it nearly nobody lives
DEGREE_KM = 111.2  # a degree of latitude

# Events a day by category, and how many further people report the same one on average.
DAY = {
    "building_fire": (14, 2.2), "smoke_smell": (16, 0.5), "vehicle_fire": (6, 1.2), "grass_fire": (8, 0.8),
    "waste_fire": (10, 0.3), "gas_smell": (18, 0.3), "carbon_monoxide": (7, 0.1), "road_accident": (52, 1.3),
    "road_accident_minor": (60, 0.1), "cardiac_arrest": (20, 0.1), "chest_pain": (80, 0.0), "stroke": (34, 0.0),
    "breathing_trouble": (46, 0.0), "childbirth": (14, 0.0), "fall_injury": (60, 0.1), "child_fever": (38, 0.0),
    "unconscious": (34, 0.3), "poisoning": (22, 0.0), "fight": (40, 0.4), "domestic_violence": (36, 0.2),
    "burglary": (22, 0.0), "robbery": (14, 0.2), "suspicious_object": (5, 0.2), "missing_person": (14, 0.1),
    "disorder": (58, 0.2), "water_main_break": (20, 0.4), "power_outage": (22, 0.3), "heating_failure": (20, 0.1),
    "lift_stuck": (22, 0.1), "fallen_tree": (9, 0.2), "mudflow_threat": (3, 0.3), "mountain_rescue": (4, 0.2),
    "drowning": (2, 0.5), "chemical_smell": (6, 0.4), "network_outage": (5, 0.2), "suicide_threat": (4, 0.6),
    "animal_bite": (10, 0.0), "aircraft_emergency": (1, 1.0), "not_an_emergency": (62, 0.0),
}
# Calls per hour of the day, relative (people sleep, then drive home).
HOURS = [5, 4, 3, 3, 3, 4, 6, 9, 11, 11, 11, 12, 12, 12, 12, 12, 13, 15, 16, 15, 13, 11, 9, 7]
LANGUAGES = [("ru", 46), ("kk", 38), ("mixed", 16)]
CHANNELS = [("call", 82), ("sms", 5), ("app", 7), ("chat_bot", 3), ("sos_button", 3)]
# Radius that the channel knows a place to, metres: least and most.
RADIUS = {"network": (300, 2_000), "handset": (8, 60), "app": (5, 30), "vehicle": (3, 12), "sensor": (1, 5)}

# service, kind of station, how many, units of each: (kind, capabilities, how many)
STATIONS = [
    ("hub", "Жедел топ / Оперативная группа", 1, [("command_vehicle", "command", 2)]),
    ("police", "Полиция бөлімі / Отдел полиции", 8, [
        ("patrol_car", "patrol", 2), ("patrol_car", "patrol traffic", 1), ("team_van", "investigation", 1)]),
    ("ambulance", "Жедел жәрдем қосалқы станциясы / Подстанция скорой помощи", 6, [
        ("ambulance", "transport", 3), ("ambulance", "paediatrics transport", 1),
        ("intensive_care_ambulance", "cardiology resuscitation transport", 1)]),
    ("air_ambulance", "Медициналық авиация / Медицинская авиация", 1, [
        ("helicopter", "air_transport resuscitation", 1)]),
    ("security", "Кезекші топ / Дежурная группа", 1, [("team_van", "counter_terror", 2)]),
    ("aviation_sar", "Іздестіру-құтқару / Поиск и спасание", 1, [
        ("helicopter", "air_search winch", 1), ("rescue_vehicle", "air_search", 1)]),
    ("utilities", "Газ авариялық қызметі / Аварийная газовая служба", 2, [("repair_vehicle", "gas", 2)]),
    ("utilities", "Электр желілері / Электрические сети", 2, [("repair_vehicle", "electricity", 2)]),
    ("utilities", "Су арнасы / Водоканал", 1, [("repair_vehicle", "water", 2), ("heavy_vehicle", "pumping water", 1)]),
    ("utilities", "Жылу желілері / Тепловые сети", 1, [("repair_vehicle", "heat", 2)]),
    ("utilities", "Лифт қызметі / Лифтовая служба", 1, [("repair_vehicle", "lift", 2)]),
    ("telecom", "Байланыс бригадасы / Бригада связи", 1, [("repair_vehicle", "network_repair", 2)]),
    ("fire_rescue", "Өрт сөндіру бөлімі / Пожарная часть", 8, [
        ("fire_engine", "pump tank", 2), ("fire_engine", "foam pump tank", 1)]),
    ("fire_rescue", "Құтқару жасағы / Спасательный отряд", 2, [
        ("rescue_vehicle", "height_rescue rescue_tools", 1), ("ladder", "ladder", 1),
        ("rescue_vehicle", "hazmat water_rescue", 1)]),
]
CALL_SIGNS = {
    "hub": "Орталық", "police": "Қыран", "ambulance": "Жедел", "air_ambulance": "Санат", "security": "Барыс",
    "aviation_sar": "Сұңқар", "utilities": "Апат", "telecom": "Байланыс", "fire_rescue": "Өрт",
}
AT_THE_AIRPORT = {"air_ambulance", "aviation_sar"}

chance = random.Random(SEED).random  # nothing else of the module: its other functions vary between versions


def between(low, high):
    return low + chance() * (high - low)


def whole(low, high):
    return int(between(low, high + 1))


def pick(items):
    return items[int(chance() * len(items))]


def weighted(pairs):
    at = chance() * sum(weight for _, weight in pairs)
    for item, weight in pairs:
        at -= weight
        if at < 0:
            return item
    return pairs[-1][0]


def bell():
    """A number around 0 with standard deviation 1 (Irwin–Hall)."""
    return sum(chance() for _ in range(12)) - 6


def poisson(mean):
    left, count = math.exp(-mean), 0
    at = chance()
    while at > left:
        at *= chance()
        count += 1
    return count


def city_rings():
    layer = json.loads((HERE.parent / "regions.geojson").read_text(encoding="utf-8"))
    shape = next(f["geometry"] for f in layer["features"] if f["properties"]["region"] == REGION)
    polygons = shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]
    return [ring for polygon in polygons for ring in polygon]


RINGS = city_rings()
PLACES = {row["name"]: (float(row["lat"]), float(row["lon"])) for row in
          csv.DictReader((HERE / "places.csv").open(encoding="utf-8"))}


def inside(lat, lon):
    odd = False
    for ring in RINGS:
        for (x1, y1), (x2, y2) in zip(ring, ring[1:]):
            if (y1 > lat) != (y2 > lat) and lon < x1 + (lat - y1) / (y2 - y1) * (x2 - x1):
                odd = not odd
    return odd


def moved(place, east_m, north_m):
    lat = place[0] + north_m / (DEGREE_KM * 1000)
    return lat, place[1] + east_m / (DEGREE_KM * 1000 * math.cos(math.radians(lat)))


def where_people_are():
    while True:
        centre, spread = weighted([(("Almaty", 4_500), 58), (("Pervomayka", 2_000), 14),
                                   (("Almaty International Airport", 2_500), 13), ((None, 0), 15)])
        if centre:
            lat, lon = moved(PLACES[centre], bell() * spread, bell() * spread)
        else:
            lat, lon = between(MOUNTAIN_FOOT, 43.41), between(76.73, 77.17)
        if lat > MOUNTAIN_FOOT and inside(lat, lon):
            return lat, lon


def in_the_mountains():
    while True:
        lat, lon = between(43.03, MOUNTAIN_FOOT - 0.01), between(76.73, 77.15)
        if inside(lat, lon):
            return lat, lon


def near(place, radius_m):
    """A point within a radius that still lies in the city."""
    for _ in range(50):
        turn, far = chance() * math.tau, radius_m * math.sqrt(chance())
        lat, lon = moved(place, far * math.cos(turn), far * math.sin(turn))
        if inside(lat, lon):
            return lat, lon
    return place


def metres(a, b):
    east = (a[1] - b[1]) * math.cos(math.radians(a[0]))
    return math.hypot(a[0] - b[0], east) * DEGREE_KM * 1000


def spread_out(count):
    """Places for stations of one service: of many, each the farthest from those before."""
    many = [where_people_are() for _ in range(200)]
    chosen = [many[0]]
    while len(chosen) < count:
        chosen.append(max(many[: 20 * count], key=lambda p: min(metres(p, c) for c in chosen)))
    return chosen


def stations_and_units():
    stations, units, numbers = [], [], {}
    for service, name, count, crews in STATIONS:
        for place in spread_out(count):
            source = "synthetic"
            if service in AT_THE_AIRPORT:
                place, source = PLACES["Almaty International Airport"], "airport: airportsdata; the rest synthetic"
            number = numbers.get(service, 0) + 1
            numbers[service] = number
            station = f"{REGION}-{service}-station-{number}"
            stations.append([station, service, REGION, f"{name} {number}", *rounded(place), source])
            for kind, capabilities, how_many in crews:
                for _ in range(how_many):
                    unit = sum(1 for u in units if u[1] == service) + 1
                    sign = f"{CALL_SIGNS[service]}-{number}{unit:02d}"
                    units.append([f"{REGION}-{service}-{unit}", service, REGION, sign, kind, capabilities, station,
                                  *rounded(place), source])
    return stations, units


def rounded(place):
    return round(place[0], 5), round(place[1], 5)


def read_phrases():
    phrases = {}
    for line in (HERE / "phrases.tsv").read_text(encoding="utf-8").splitlines():
        category, language, words = line.split("\t")
        phrases.setdefault(category, {}).setdefault(language, []).append(words)
    return phrases


PHRASES = read_phrases()
LOOKALIKES = str.maketrans("қңғүұөәіһҚҢҒҮҰӨӘІҺ", "кнгууоаихКНГУУОАИХ")
OPENINGS = {"ru": ["", "", "алло, ", "здравствуйте, ", "быстрее, "],
            "kk": ["", "", "алло, ", "сәлеметсіз бе, ", "тезірек, "], "mixed": ["", "алло, ", "саламатсызба, "]}
ENDINGS = {"ru": ["", "", "", ", пожалуйста быстрее", ", приезжайте"],
           "kk": ["", "", "", ", тез келіңіздерші", ", көмектесіңіздер"], "mixed": ["", ", тез", ", скорее"]}
NO_PLACE = {"ru": ["не знаю где мы", "адрес не знаю"], "kk": ["қайда екенімді білмеймін", "мекенжайды білмеймін"],
            "mixed": ["адресті білмеймін", "где мы білмеймін"]}


def site():
    """Street and house: those who report one event name the same, or the house next to it."""
    return whole(1, 90), whole(1, 140)


def address(language, at):
    street, house, flat = at[0], at[1] + weighted([(0, 8), (2, 1), (1, 1)]), whole(1, 200)
    if language == "kk" or (language == "mixed" and chance() < 0.5):
        return f"Үлгі-{street} көшесі, {house}-үй" + (f", {flat}-пәтер" if chance() < 0.5 else "")
    return f"улица Примерная-{street}, дом {house}" + (f", квартира {flat}" if chance() < 0.5 else "")


def mistyped(text):
    """As typed in haste: a letter lost, doubled or exchanged with its neighbour."""
    for _ in range(1 + int(chance() * 2)):
        at = 1 + int(chance() * (len(text) - 2))
        if text[at].isalpha() and text[at - 1].isalpha():
            text = pick([text[:at] + text[at + 1:], text[:at] + text[at] + text[at:],
                         text[:at - 1] + text[at] + text[at - 1] + text[at + 1:]])
    return text


def say(category, language, addr):
    of_category = PHRASES[category]
    words = pick(of_category.get(language) or of_category["ru"])
    said = addr or pick(NO_PLACE[language])
    text = words.format(addr=said, floor=whole(2, 12), age=whole(48, 88), child=whole(4, 15), souls=whole(40, 180))
    text = pick(OPENINGS[language]) + text + pick(ENDINGS[language])
    if language != "ru" and chance() < 0.3:
        text = text.translate(LOOKALIKES)
    if chance() < 0.25 and len(text) > 12:
        text = mistyped(text)
    return text[0].upper() + text[1:] if chance() < 0.5 else text


def phone():
    return f"+999{whole(10_000_000, 99_999_999)}"


def reported(event, at_s, category, place, at):
    """One message about an event."""
    language, channel = weighted(LANGUAGES), weighted(CHANNELS)
    if channel == "sos_button" and category in ("not_an_emergency", "earthquake", "structure_collapse"):
        channel = "call"
    message = {"at_offset_s": int(at_s), "channel": channel, "caller": {}}
    if channel in ("call", "sms") and chance() > 0.07:
        message["caller"]["phone"] = phone()
    contact, addr = "heard", None
    if channel == "call" and category != "not_an_emergency" and chance() < 0.03:
        contact = "silent"
    elif channel == "call" and chance() < 0.05:
        contact = "abandoned"
    if contact == "heard" and category != "not_an_emergency" and chance() < 0.62:
        addr = address(language, at)
    words = "" if contact == "silent" or channel == "sos_button" else say(category, language, addr)
    if contact == "abandoned":
        words = words[: int(chance() * len(words) * 0.6)].rstrip(" ,") if chance() < 0.6 else ""
        addr = None
    if contact != "heard":
        message["contact"] = contact
    message["text"] = words
    if language != "mixed" and words:
        message["language"] = language
    way = {"call": weighted([("network", 50), ("handset", 35), (None, 15)]), "sms": weighted([("network", 6), (None, 4)]),
           "app": "app", "sos_button": "handset", "chat_bot": weighted([("handset", 5), (None, 5)])}[channel]
    if way and category != "not_an_emergency":
        radius = whole(*RADIUS[way])
        lat, lon = rounded(near(place, radius))
        message |= {"point": {"lat": lat, "lon": lon}, "uncertainty_m": radius}
    if addr:
        message["address"] = addr
    return message, [event, category, language if words else "", *rounded(place)]


def from_a_device(event, at_s, channel, category, text, place):
    radius = whole(*RADIUS[channel])
    lat, lon = rounded(near(place, radius))
    device = f"{'panel' if channel == 'sensor' else 'vehicle'}-{whole(1000, 9999)}"
    message = {"at_offset_s": int(at_s), "channel": channel, "caller": {"device": device}, "text": text,
               "point": {"lat": lat, "lon": lon}, "uncertainty_m": radius}
    return message, [event, category, "ru" if text else "", *rounded(place)]


def time_of_day():
    hour = weighted(list(enumerate(HOURS)))
    return hour * 3600 + chance() * 3600


def messages():
    out, event = [], 0
    for category, (mean, echoes) in DAY.items():
        for _ in range(mean):
            event += 1
            at, here = time_of_day(), site()
            if category in ("mountain_rescue", "mudflow_threat"):
                place = in_the_mountains()
            elif category == "aircraft_emergency":
                place = PLACES["Almaty International Airport"]
            else:
                place = where_people_are()
            out.append(reported(event, at, category, place, here))
            for _ in range(poisson(echoes)):
                later = min(at + between(20, 1_200), DAY_S - 1)
                out.append(reported(event, later, category, near(place, 250), here))
    for at, category, count, radius, window in (
        (3 * 3600 + 1_020, "earthquake", 60, 9_000, 900),
        (13 * 3600 + 2_520, "structure_collapse", 28, 350, 1_500),
        (19 * 3600 + 600, "power_outage", 14, 900, 1_800),
    ):
        event += 1
        centre, here = where_people_are(), site()
        for _ in range(count):
            place = near(centre, radius)
            named = here if radius < 500 else site()
            out.append(reported(event, at + window * chance() ** 2, category, place, named))
    for channel, category, text, count in (
        ("sensor", "smoke_smell", "Пожарная сигнализация: шлейф {n}, сработка двух извещателей", 18),
        ("sensor", "gas_smell", "Датчик загазованности: порог 20% НКПР, помещение {n}", 6),
        ("vehicle", "road_accident", "Автоматический вызов: срабатывание подушек безопасности, людей {n}", 12),
    ):
        for _ in range(count):
            event += 1
            text_now = text.format(n=whole(1, 4))
            out.append(from_a_device(event, time_of_day(), channel, category, text_now, where_people_are()))
    out.sort(key=lambda pair: (pair[0]["at_offset_s"], pair[1][0], pair[0]["text"]))
    return out


def table(header, rows):
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def files():
    stations, units = stations_and_units()
    said = messages()
    lines = [json.dumps(message, ensure_ascii=False) for message, _ in said]
    truth = [[number, *truth] for number, (_, truth) in enumerate(said, 1)]
    return {
        "stations.csv": table(["id", "service", "region", "name", "lat", "lon", "source"], stations),
        "units.csv": table(["id", "service", "region", "call_sign", "kind", "capabilities", "station",
                            "home_lat", "home_lon", "source"], units),
        "messages.ndjson": "\n".join(lines) + "\n",
        "truth.csv": table(["line", "event", "category", "language", "lat", "lon"], truth),
    }


def main():
    differing = []
    for name, text in files().items():
        path = HERE / name
        if "--check" in sys.argv:
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                differing.append(name)
        else:
            path.write_text(text, encoding="utf-8")
    if differing:
        sys.exit(f"not as made by this script: {', '.join(differing)}")


main()
