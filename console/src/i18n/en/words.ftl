# Values of the interface. The terms of modes, scales and services are those of the rules.
mode-everyday = everyday activity
mode-high-readiness = high readiness
mode-emergency = emergency

severity-p1 = threat to life
severity-p2 = urgent
severity-p3 = ordinary
severity-p4 = can wait

channel-call = call
channel-sms = SMS
channel-app = application
channel-sos-button = SOS button
channel-chat-bot = chat bot
channel-widget = web widget
channel-email = e-mail
channel-sensor = sensor
channel-vehicle = vehicle
channel-agency = agency

contact-heard = heard
contact-silent = silent
contact-abandoned = abandoned

subject-precondition = precondition of an emergency
subject-emergency = emergency
subject-fire = fire
subject-threat-to-life = threat to life
subject-other-urgent = other urgent help
subject-not-ours = not ours

scale-object = object
scale-local = local
scale-regional = regional
scale-global = global
axis-affected = affected people
axis-disrupted = people with disrupted living conditions
axis-damage = damage

status-open = running
status-late = late
status-met = met
status-met-late = met late
status-cancelled = cancelled

incident-status-open = new
incident-status-responding = responding
incident-status-closed = closed
incident-status-merged = merged

request-state-open = waiting for an answer
request-state-answered = answered
request-state-refused = refused
request-state-cancelled = withdrawn
request-state-done = done

stage-requested = requested
stage-accepted = accepted
stage-departed = departed
stage-arrived = arrived
stage-released = released

delivery-stage-sent = sent
delivery-stage-in-broker = in the broker
delivery-stage-acknowledged = acknowledged
delivery-stage-read = read
delivery-stage-answered = answered
delivery-stage-rejected = rejected
delivery-stage-unroutable = no queue
delivery-stage-dead-lettered = not delivered

unit-kind-fire-engine = fire engine
unit-kind-ladder = ladder
unit-kind-rescue-vehicle = rescue vehicle
unit-kind-heavy-vehicle = heavy vehicle
unit-kind-command-vehicle = command vehicle
unit-kind-ambulance = ambulance
unit-kind-intensive-care-ambulance = intensive care ambulance
unit-kind-patrol-car = patrol car
unit-kind-team-van = team van
unit-kind-repair-vehicle = repair vehicle
unit-kind-helicopter = helicopter
unit-kind-aeroplane = aeroplane
unit-kind-boat = boat
unit-kind-on-foot = on foot

estimate-straight-line = as the crow flies
estimate-road = by road
estimate-cut-off = closures leave no way

found-precision-coordinates = coordinates
found-precision-house = house
found-precision-house-beside = house beside it, same number
found-precision-between-houses = between houses
found-precision-crossing = crossing
found-precision-kilometre-post = kilometre post
found-precision-between-posts = between posts
found-precision-house-unknown = house not found
found-precision-kilometre-unknown = kilometre not found
found-precision-whole = its middle

unit-state-available = free
unit-state-reserved = held
unit-state-engaged = engaged
unit-state-returning = returning
unit-state-out-of-service = out of service

location-source-caller = told by the caller
location-source-handset = handset (AML)
location-source-network = network
location-source-sensor = sensor
location-source-agency = agency
location-source-officer = set by the officer
location-source-gazetteer = gazetteer

standing-event = event
standing-emergency = emergency
standing-ignition-not-counted = ignition that is not counted

relation-parent-of = gathers
relation-child-of = belongs to
relation-related = related to
relation-merged-from = merged from
relation-merged-into = merged into
relation-split-into = split into
relation-split-from = split from

act-first-wave = first wave
act-additional = additional forces

grade-immediately = immediately
grade-urgently = urgently
grade-no-stated-limit = no stated limit

level-repeat = repeat
level-phone = telephone
level-head = head of the service
level-leadership = leadership

office-duty-officer = duty officer
office-head-of-shift = head of shift
office-leadership = leadership

owing-duty-officer = duty officer
owing-service = service
owing-duty-officer-or-authoriser = duty officer or authoriser

effect-raises = arises
effect-awaits = will arise on an event
effect-ends = ends

shift-status-opening = being checked
shift-status-on-duty = on duty
shift-status-ended = ended
shift-status-abandoned = given up

profile-fire = fire service
profile-law-enforcement = law-enforcement service
profile-ambulance = ambulance service
profile-emergency-repair = emergency repair service

nature-radiation = radiation
nature-chemical = chemical
nature-biological = biological
nature-ecological = ecological
nature-fire = fire
nature-other = other

# Reasons of the recommendation
reason-capable = has what is needed
reason-soonest = arrives first
reason-cut-off = cut off by closures
reason-too-far = farther than the region sends units unasked
reason-in-exercise = in an exercise: goes when you name it
reason-after-sooner = { $sooner } sooner
reason-stale-position = position { $age } old
reason-soon-free = free in { $time }
reason-neighbour-region = from a neighbouring region ({ $region })

# Why two cards may speak of the same
join-reason-near = { $distance } away
join-reason-soon = { $time } later
join-reason-same-category = same category
join-reason-like-category = like category
join-reason-other-category = other category
join-reason-same-words = same words: { $share }
join-reason-same-caller = same caller

decision-accepted = accepted
decision-changed = changed
decision-refused = refused

outcome-resolved = resolved
outcome-not-confirmed = not confirmed
outcome-false = false
outcome-not-ours = passed on
outcome-set-aside = set aside

check-item-link = link
check-item-contacts = contacts
check-item-channel = means of communication

check-outcome-works = works
check-outcome-fails = fails
check-outcome-no-answer = no answer
check-outcome-skipped = skipped


role-duty-officer = duty officer
role-agency = agency dispatcher
role-manager = manager
role-administrator = administrator

# Problems: what happened and what to do, in the words of the desk
problem-malformed = The request could not be read. Reload the page.
problem-unauthenticated = Sign in again.
problem-forbidden = Your role may not do this.
problem-not-found = Not found: it may be gone or belong to another region.
problem-method-not-allowed = There is no such action.
problem-conflict = It does not fit the present state.
problem-under-way = This request is still under way.
problem-stale = Somebody else has changed it meanwhile. The new state is shown: decide again.
problem-too-large = Too large.
problem-unsupported-media = This format is not taken.
problem-invalid = A value is not valid.
problem-key-reused = This request was sent before with another content.
problem-version-needed = It must be said which version is to change.
problem-too-many = Too often. Wait a little.
problem-internal = Internal error. Tell the administrator.
problem-unavailable = The hub cannot do this now. Try again in a moment.
problem-unreachable = The hub is not reached.
problem-unanswered = The hub has not answered. It is not known whether it was done. Press again: it will not be done twice.

# Services of the rules, short: the official names are in the hub's table
service-hub = 112
service-police = police
service-ambulance = ambulance
service-air-ambulance = air ambulance
service-security = NSC
service-aviation-sar = aviation search and rescue
service-utilities = utilities
service-telecom = telecom
service-fire-rescue = fire and rescue
category-none = no category
map = Map
map-zoom-in = Zoom in
map-zoom-out = Zoom out
map-borders-missing = Borders have not come yet: they are being asked for again
map-no-place = place not known
map-not-drawn = The map cannot be drawn on this machine (no WebGL). What would be on it is listed below.

# Whose database
database-emergency-services = emergency services
database-repair-services = repair services
database-telecom-operators = telecom operators
database-local-executive-bodies = local executive bodies
database-state-bodies = other state bodies
database-civil-protection-services = civil protection services
lookup-outcome-found = found
lookup-outcome-nothing = nothing found
lookup-outcome-failed = no answer
# Rescue formations
formation-force-fire-and-rescue = fire-fighting and rescue
formation-force-civil-defence = civil defence
formation-force-professional-rescue = professional rescue service
formation-force-mine-or-gas-rescue = mine or gas rescue
formation-force-volunteer-fire = volunteer fire formation
formation-force-ministry-aviation = aviation of the ministry
formation-standing-independent = independent
formation-standing-part-of = part of a certified rescue service
works-rescue = rescue works
works-urgent = urgent works
# Organisations
organisation-kind-authorised-body = authorised body
organisation-kind-command-centre = Command Centre: the republican level
organisation-kind-territorial-body = territorial body
organisation-kind-directorate = 112 directorate
organisation-kind-subordinate = subordinate institution or organisation
organisation-kind-local-executive-body = local executive body
organisation-kind-hazardous-facility = potentially dangerous facility
organisation-kind-legal-person = legal person
# Sources
freshness-fresh = heard in time
freshness-silent = silent
freshness-awaited = not heard yet
source-kind-observation = observation service
source-kind-control = situation-control service
source-kind-forecasting = forecasting service
source-kind-dangerous-facility = potentially dangerous facility
# Positions that are not believed, units that have left
doubt = Position doubtful: { $why }
doubt-note = The hub keeps the last position that it believed, until a second report bears this one out.
doubt-speed = { $kmh } km/h, at most { $limit } possible
doubt-jump = jump of { $metres }
doubt-time-back = its clock went back by { $by }
doubt-time-ahead = its clock is ahead by { $by }
doubt-outside-country = outside the country
doubt-inaccurate = accuracy { $accuracy }, worse than { $limit }
doubt-stuck = the same place since { $at } though under way
outside-region = outside its region since { $at }
outside-station = outside its station's area since { $at }
outside-note = It was not sent there. This is told once, until it is back.
hazard-flood = flood
hazard-wildfire = wildfire
hazard-mudflow = mudflow
hazard-landslide = landslide
hazard-avalanche = avalanche
hazard-chemical = chemical release
hazard-radiation = radiation
hazard-other = other hazard

# Fields that a problem names
field-at = time
field-by = by whom
field-closed = what is closed
field-forces = forces
field-from = from
field-home = home
field-label = label
field-lat = latitude
field-lon = longitude
field-minutes = minutes
field-name = name
field-new = new password
field-number = number
field-old = old password
field-password = password
field-phone = telephone
field-point = place
field-positions = positions
field-q = what is searched for
field-reason = reason
field-region = region
field-service = service
field-text = text
field-to = to
field-unit = unit
field-until = until
