#!/usr/bin/env python3
"""A duty-dispatch agency in one page: a stock AMQP client and the contract (openapi/hub112.asyncapi.json).

    HUB112_AGENCY_AMQP=amqp://agency.75.ambulance:PASSWORD@HOST:PORT/hub112 agency.py 75 ambulance [MEMORY]

It takes each message once and in order, acknowledges it, accepts what it is asked for with the units that the hub
recommends, and replies to channel checks. Which number of each incident comes next stands in the file MEMORY
(agency.75.ambulance.json in the working directory), so that it goes on after a restart where it was. Needs pika
(Debian: python3-pika).
"""
import datetime
import json
import os
import pathlib
import sys
import time
import uuid

import pika

REGION, SERVICE = sys.argv[1:3]
MEMORY = pathlib.Path(sys.argv[3] if len(sys.argv) > 3 else f"agency.{REGION}.{SERVICE}.json")
PARAMETERS = pika.URLParameters(os.environ["HUB112_AGENCY_AMQP"])
ACCOUNT = PARAMETERS.credentials.username
OFFICER = "Дежурный, пульт на Python"

# incident -> next number; incident -> {number: (since, delivery tag, message)}; ids outside any sequence
expected, waiting, seen = json.loads(MEMORY.read_text()) if MEMORY.exists() else {}, {}, set()


def moment(seconds=0):
    return datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)


def now(seconds=0):
    return moment(seconds).isoformat(timespec="milliseconds")


def expect(incident, number):
    """Keeps which number comes next, of the 10,000 incidents told of last, before the broker forgets the message."""
    expected.pop(incident, None)
    expected[incident] = number
    for oldest in list(expected)[:-10_000]:
        del expected[oldest]
    fresh = MEMORY.with_suffix(".new")
    with fresh.open("w") as file:
        json.dump(expected, file)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(MEMORY)


def say(channel, answered, kind, content_type, content):
    """Publishes one message; returns when the broker has it."""
    message = {field: answered[field] for field in ("status", "incident", "trace") if answered.get(field)}
    message |= {
        "contract": "1.0", "distribution_id": str(uuid.uuid4()), "sent_at": now(),
        "sender": {"region": REGION, "service": SERVICE},
        "recipients": [{"region": REGION, "service": "hub"}],
        "kind": kind, "references": answered["distribution_id"],
        "content_type": content_type, "content": content,
    }
    properties = pika.BasicProperties(delivery_mode=2, user_id=ACCOUNT, message_id=message["distribution_id"])
    channel.basic_publish("hub112.in", f"{REGION}.{SERVICE}.{content_type}", json.dumps(message), properties)


def act(channel, message):
    """What the duty officer does about a message."""
    print("took", message["content_type"], flush=True)
    content = message["content"]
    if message.get("expires_at") and datetime.datetime.fromisoformat(message["expires_at"]) <= moment():
        return
    if message["content_type"] not in ("heartbeat", "acknowledgement", "error"):
        say(channel, message, "ack", "read_ack", {"by": OFFICER, "at": now()})
    if message["content_type"] == "forces_request":
        units = [unit["unit_id"] for unit in content.get("recommended", [])]
        answer = {"request_id": content["request_id"], "decision": "accept", "units": units}
        say(channel, message, "response", "forces_answer", answer)
        known = {"composition": {"people": 3 * max(1, len(units))}, "departure_at": now(60), "arrival_at": now(600)}
        say(channel, message, "update", "forces_answer", {"request_id": content["request_id"], **known})
    elif message["content_type"] == "heartbeat":
        reply = {"check_id": content["check_id"], "duty_officer": OFFICER}
        say(channel, message, "response", "heartbeat_reply", reply)
    elif message["content_type"] == "directive":
        ack = {"directive_id": content["directive_id"], "stage": "read", "by": OFFICER, "at": now()}
        say(channel, message, "ack", "directive_ack", ack)
    elif message["content_type"] == "threat_notice" and content.get("readiness_due"):
        # People alone are no composition: units or equipment are named with them.
        shift = {"name": "Дежурная смена", "readiness": "high", "people": 12}
        shift["equipment"] = [{"name": "автомобиль", "count": 4}]
        report = {"formations": [shift], "at": now()}
        say(channel, message, "response", "readiness_report", report)


def take(channel, tag, message):
    """Each message once; those of an incident in the order of their numbers."""
    say(channel, message, "ack", "technical_ack", {"received_at": now()})
    own = [to for to in message["recipients"] if (to["region"], to["service"]) == (REGION, SERVICE)]
    number, incident = own[0].get("sequence") if own else None, message.get("incident")
    if number is None:
        if message["distribution_id"] not in seen:
            seen.add(message["distribution_id"])
            act(channel, message)
        channel.basic_ack(tag)
    elif number < expected.get(incident, 1) or number in waiting.get(incident, {}):
        channel.basic_ack(tag)  # a double
    else:
        waiting.setdefault(incident, {})[number] = (time.monotonic(), tag, message)
        release(channel, incident)


def release(channel, incident):
    while (number := expected.get(incident, 1)) in waiting[incident]:
        _, tag, message = waiting[incident].pop(number)
        act(channel, message)
        expect(incident, number + 1)
        channel.basic_ack(tag)


def give_up_gaps(channel):
    for incident, held in waiting.items():
        if held and time.monotonic() - held[min(held)][0] > 10:
            error = {"code": "sequence_gap", "detail": f"numbers before {min(held)} did not come"}
            say(channel, held[min(held)][2], "error", "error", error)
            expect(incident, min(held))
            release(channel, incident)


while True:
    try:
        channel = pika.BlockingConnection(PARAMETERS).channel()
        channel.confirm_delivery()
        channel.basic_qos(prefetch_count=100)
        waiting.clear()  # the broker gives again what was not acknowledged
        for method, _, body in channel.consume(f"agency.{REGION}.{SERVICE}", inactivity_timeout=1):
            if method:
                take(channel, method.delivery_tag, json.loads(body))
            give_up_gaps(channel)
    except pika.exceptions.AMQPConnectionError as error:
        print("not connected:", repr(error), flush=True)
        time.sleep(2)
