#!/usr/bin/env python3
"""Makes town.osm.pbf: a small town that does not exist, for tests and the demonstration.

    python3 make_town.py          writes the file beside itself
    python3 make_town.py --check  fails when it differs from what it would write

A grid of streets around the middle of the demonstration region, named after trees in Kazakh and Russian; a bypass, a
pair of one-way streets, a pedestrian street, yards, house numbers, hospital, stations, schools, hydrants, a store of
ammonia, a lake with an island, a park. Everything is invented; nothing is taken from a map.
"""

import struct
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
MIDDLE = (43.2389, 76.8897)
STEP = (0.0036, 0.0050)  # 400 m north, 400 m east
ACROSS, ALONG = 9, 7  # streets that run north, streets that run east

NORTHWARD = [
    ("Қайың көшесі", "улица Берёзовая"), ("Өрік көшесі", "улица Абрикосовая"), ("Жаңғақ көшесі", "улица Ореховая"),
    ("Шырша көшесі", "улица Еловая"), ("Бәйтерек даңғылы", "проспект Байтерек"), ("Үйеңкі көшесі", "улица Кленовая"),
    ("Емен көшесі", "улица Дубовая"), ("Қарағай көшесі", "улица Сосновая"), ("Терек көшесі", "улица Тополиная"),
]
EASTWARD = [
    ("Алма көшесі", "улица Яблочная"), ("Жүзім көшесі", "улица Виноградная"), ("Шие көшесі", "улица Вишнёвая"),
    ("Үлгі даңғылы", "проспект Примерный"), ("Құлпынай көшесі", "улица Клубничная"),
    ("Таңқурай көшесі", "улица Малиновая"), ("Мойыл көшесі", "улица Черёмуховая"),
]


def varint(value):
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def zigzag(value):
    return value << 1 if value >= 0 else (-value << 1) - 1


def number(field, value):
    return varint(field << 3) + varint(value)


def field(of, content):
    return varint(of << 3 | 2) + varint(len(content)) + content


def packed(of, values):
    return field(of, b"".join(varint(v) for v in values))


def steps(values):
    last = 0
    for value in values:
        yield zigzag(value - last)
        last = value


class Town:
    """Elements in the making."""

    def __init__(self):
        self.strings, self.places = [""], {"": 0}
        self.nodes, self.ways, self.relations = [], [], []
        self.known = {}

    def string(self, text):
        if text not in self.places:
            self.places[text] = len(self.strings)
            self.strings.append(text)
        return self.places[text]

    def tags(self, tags):
        return packed(2, [self.string(k) for k in tags]) + packed(3, [self.string(v) for v in tags.values()])

    def node(self, lat, lon, tags=None):
        """A point; one without tags is there once, so that streets meet."""
        place = (round(lat * 1e7), round(lon * 1e7))
        if not tags and place in self.known:
            return self.known[place]
        identity = len(self.nodes) + 1
        if not tags:
            self.known[place] = identity
        written = number(1, zigzag(identity)) + (self.tags(tags) if tags else b"")
        self.nodes.append(written + number(8, zigzag(place[0])) + number(9, zigzag(place[1])))
        return identity

    def way(self, places, tags):
        identity = len(self.ways) + 1
        refs = [self.node(*place) for place in places]
        self.ways.append(number(1, identity) + (self.tags(tags) if tags else b"") + packed(8, steps(refs)))
        return identity

    def multipolygon(self, members, tags):
        identity = len(self.relations) + 1
        written = number(1, identity) + self.tags(tags)
        written += packed(8, [self.string(role) for _, role in members])
        written += packed(9, steps([way for way, _ in members])) + packed(10, [1] * len(members))
        self.relations.append(written)

    def written(self):
        group = b"".join(field(1, node) for node in self.nodes)
        group += b"".join(field(3, way) for way in self.ways)
        group += b"".join(field(4, relation) for relation in self.relations)
        strings = b"".join(field(1, text.encode()) for text in self.strings)
        # Replicated up to a moment of this project's own, 2026-01-01.
        header = field(4, b"OsmSchema-V0.6") + field(16, b"make_town.py") + number(32, 1767225600)
        return blob("OSMHeader", header) + blob("OSMData", field(1, strings) + field(2, group))


def blob(kind, content):
    # Not compressed: the same bytes whatever the library's version.
    body = field(1, content)
    header = field(1, kind.encode()) + number(3, len(body))
    return struct.pack(">I", len(header)) + header + body


def north(row):
    return MIDDLE[0] + (row - (ALONG - 1) / 2) * STEP[0]


def east(column):
    return MIDDLE[1] + (column - (ACROSS - 1) / 2) * STEP[1]


def called(kk, ru):
    return {"name": ru, "name:kk": kk, "name:ru": ru}


def streets(town):
    for column, names in enumerate(NORTHWARD):
        tags = {"highway": "primary" if column == 4 else "residential", **called(*names)}
        if column == 2:
            tags = {"highway": "pedestrian", "emergency": "yes", **called(*names)}
        town.way([(north(row), east(column)) for row in range(ALONG)], tags)
    for row, names in enumerate(EASTWARD):
        tags = {"highway": {3: "secondary", 1: "tertiary", 5: "tertiary"}.get(row, "residential"), **called(*names)}
        if row in (1, 5):  # A pair of one-way streets; one of them against its line.
            tags["oneway"] = "yes" if row == 1 else "-1"
        town.way([(north(row), east(column)) for column in range(ACROSS)], tags)
    # The bypass, with the ways that lead to it.
    edge = north(ALONG - 1) + 2 * STEP[0]
    bypass = [(edge, MIDDLE[1] - 0.08), (edge + 0.002, east(0)), (edge + 0.002, east(4)), (edge, east(8)),
              (edge - 0.004, MIDDLE[1] + 0.08)]
    town.way(bypass, {"highway": "trunk", "ref": "A-3", "name:kk": "Айналма жол", "name": "Объездная дорога"})
    town.way([(north(ALONG - 1), east(4)), (edge + 0.002, east(4))], {"highway": "primary", **called(*NORTHWARD[4])})
    town.way([(north(3), east(8)), (north(3) + 0.002, MIDDLE[1] + 0.05), (edge - 0.004, MIDDLE[1] + 0.08)],
             {"highway": "secondary", "ref": "Р-17"})
    # Yards.
    for column in range(0, ACROSS - 1, 2):
        middle = (north(4) + STEP[0] / 2, east(column) + STEP[1] / 2)
        town.way([(north(4), east(column)), middle, (north(5), east(column + 1))], {"highway": "service"})


def houses(town):
    for row, (_, ru) in enumerate(EASTWARD):
        for house in range(1, 33):
            side = 0.00025 if house % 2 else -0.00025
            place = (north(row) + side, east(0) + 0.0006 + (house - 1) * 0.00118)
            town.node(*place, {"addr:housenumber": f"{house}А" if house % 10 == 0 else str(house), "addr:street": ru})


def objects(town):
    def put(row, column, tags):
        town.node(north(row) + 0.0011, east(column) + 0.0017, tags)

    put(3, 4, {"amenity": "hospital", **called("Үлгі ауруханасы", "Примерная больница"), "phone": "+999 7 100"})
    put(2, 1, {"emergency": "ambulance_station", **called("Жедел жәрдем бекеті", "Подстанция скорой помощи")})
    put(4, 6, {"amenity": "fire_station", **called("№ 1 өрт сөндіру бөлімі", "Пожарная часть № 1")})
    put(1, 3, {"amenity": "police", **called("Полиция бөлімі", "Отдел полиции")})
    put(5, 2, {"amenity": "school", **called("№ 7 мектеп", "Школа № 7")})
    put(0, 6, {"amenity": "school", **called("№ 12 мектеп", "Школа № 12")})
    put(4, 2, {"amenity": "kindergarten", **called("«Балдырған» балабақшасы", "Детский сад «Балдырған»")})
    put(0, 0, {"amenity": "fuel", **called("Жанармай бекеті", "АЗС")})
    put(5, 7, {"man_made": "storage_tank", "content": "ammonia", **called("Аммиак қоймасы", "Склад аммиака")})
    put(5, 6, {"man_made": "works", **called("Тоңазытқыш комбинаты", "Хладокомбинат")})
    put(1, 7, {"aeroway": "helipad", **called("Тікұшақ алаңы", "Вертолётная площадка")})
    put(2, 6, {"shop": "mall", **called("«Үлгі» сауда үйі", "Торговый дом «Үлгі»")})
    for row in range(ALONG):
        for column in range(ACROSS):
            if (row + column) % 2:
                town.node(north(row) + 0.0002, east(column) + 0.0002, {"emergency": "fire_hydrant"})


def places(town):
    town.node(*MIDDLE, {"place": "town", "population": "48000", **called("Үлгіқала", "Примерск")})
    town.node(MIDDLE[0] + 0.01, MIDDLE[1] + 0.07, {"place": "village", "population": "2100", **called("Қайыңды", "Берёзовка")})
    town.node(north(5), east(7), {"place": "suburb", **called("Өнеркәсіп ауданы", "Промышленный район")})
    town.node(north(1), east(1), {"place": "quarter", **called("Шұғыла шағынауданы", "микрорайон Шугыла")})


def ring(lat, lon, high, wide):
    corners = [(-1, -0.4), (-0.4, -1), (0.4, -1), (1, -0.4), (1, 0.4), (0.4, 1), (-0.4, 1), (-1, 0.4)]
    ring_ = [(lat + a * high, lon + b * wide) for a, b in corners]
    return ring_ + ring_[:1]


def ground(town):
    # A lake in two outlines that meet, with an island.
    lake = ring(north(0) - 0.012, east(2), 0.006, 0.012)
    outer = [town.way(lake[:5], {}), town.way(lake[4:], {})]
    island = town.way(ring(north(0) - 0.012, east(2), 0.001, 0.002), {})
    town.multipolygon([(outer[0], "outer"), (outer[1], "outer"), (island, "inner")],
                      {"type": "multipolygon", "natural": "water", **called("Айнакөл", "озеро Зеркальное")})
    town.way(ring(north(2) + STEP[0] / 2, east(5) + STEP[1] / 2, 0.0014, 0.0020),
             {"leisure": "park", **called("Көктем саябағы", "парк Весенний")})
    town.way(ring(north(0) - 0.010, east(8), 0.007, 0.008), {"natural": "wood"})


def town():
    made = Town()
    streets(made)
    houses(made)
    objects(made)
    places(made)
    ground(made)
    return made.written()


def main():
    path, made = HERE / "town.osm.pbf", town()
    if "--check" in sys.argv:
        if path.read_bytes() != made:
            sys.exit("town.osm.pbf is not what make_town.py writes")
        return
    path.write_bytes(made)


if __name__ == "__main__":
    main()
