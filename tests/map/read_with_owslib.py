"""Reads a hub through OWSLib: arguments are the root, a name, its password and the id of an incident."""

import sys

from owslib.ogcapi.features import Features
from owslib.util import Authentication

root, name, password, incident = sys.argv[1:]
hub = Features(root, auth=Authentication(name, password))
assert hub.conformance()["conformsTo"], "conformance"
assert set(hub.feature_collections()) >= {"incidents", "units", "zones", "regions", "roads", "objects"}, hub.feature_collections()
assert hub.api()["openapi"].startswith("3.0."), "the OpenAPI document"
assert hub.collection("incidents")["id"] == "incidents"
page = hub.collection_items("incidents", bbox=[76.88, 43.23, 76.90, 43.25], limit=10)
assert incident in [feature["id"] for feature in page["features"]], page
assert hub.response_headers["Content-Crs"].endswith("CRS84>"), hub.response_headers
one = hub.collection_item("incidents", incident)
assert one["geometry"]["coordinates"] == [76.8897, 43.2389], one
assert len(hub.collection_items("units", limit=2)["features"]) == 2
roads = hub.collection_items("roads", limit=1000, **{"class": "trunk"})["features"]
assert roads and all(road["properties"]["ref"] == "A-3" for road in roads), roads
hydrants = hub.collection_items("objects", bbox=[76.8, 43.2, 77.0, 43.3], kind="hydrant", limit=5)
assert len(hydrants["features"]) == 5 and hydrants["numberMatched"] > 5, hydrants
print("read")
