# Values of the interface. The terms of modes, scales and services are those of the rules.
mode-everyday = күнделікті қызмет
mode-high-readiness = жоғары әзірлік
mode-emergency = төтенше жағдай

severity-p1 = өмірге қатер
severity-p2 = шұғыл
severity-p3 = кәдімгі
severity-p4 = күте алады

channel-call = қоңырау
channel-sms = SMS
channel-app = қосымша
channel-sos-button = SOS түймесі
channel-chat-bot = чат-бот
channel-widget = сайттағы виджет
channel-email = электрондық пошта
channel-sensor = датчик
channel-vehicle = көлік жүйесі
channel-agency = қызметтен

contact-heard = байланыс бар
contact-silent = үнсіз
contact-abandoned = қоңырау үзілді

subject-precondition = ТЖ алғышарты
subject-emergency = төтенше жағдай
subject-fire = өрт
subject-threat-to-life = өмірге қатер
subject-other-urgent = шұғыл көмек
subject-not-ours = біздің құзыретімізде емес

scale-object = объектілік
scale-local = жергілікті
scale-regional = өңірлік
scale-global = жаһандық
axis-affected = зардап шеккендер саны
axis-disrupted = тыныс-тіршілігі бұзылғандар саны
axis-damage = залал мөлшері

status-open = мерзімі жүріп жатыр
status-late = мерзімі өтті
status-met = орындалды
status-met-late = кешігіп орындалды
status-cancelled = тоқтатылды

incident-status-open = жаңа
incident-status-responding = әрекет етілуде
incident-status-closed = жабылды
incident-status-merged = біріктірілді

request-state-open = жауап күтілуде
request-state-answered = жауап келді
request-state-refused = бас тартылды
request-state-cancelled = қайтарып алынды
request-state-done = аяқталды

stage-requested = сұралды
stage-accepted = қабылдады
stage-departed = шықты
stage-arrived = жетті
stage-released = босады

delivery-stage-sent = жіберілді
delivery-stage-in-broker = жеткізу кезегінде
delivery-stage-acknowledged = алынды
delivery-stage-read = оқылды
delivery-stage-answered = жауап берілді
delivery-stage-rejected = қабылданбады
delivery-stage-unroutable = кезек жоқ
delivery-stage-dead-lettered = жеткізілмеді

unit-kind-fire-engine = автоцистерна
unit-kind-ladder = автосаты
unit-kind-rescue-vehicle = құтқару көлігі
unit-kind-heavy-vehicle = ауыр техника
unit-kind-command-vehicle = штаб көлігі
unit-kind-ambulance = жедел жәрдем
unit-kind-intensive-care-ambulance = реанимобиль
unit-kind-patrol-car = патруль көлігі
unit-kind-team-van = бригада көлігі
unit-kind-repair-vehicle = жөндеу көлігі
unit-kind-helicopter = тікұшақ
unit-kind-aeroplane = ұшақ
unit-kind-boat = қайық
unit-kind-on-foot = жаяу

estimate-straight-line = түзу сызық бойынша
estimate-road = жол бойынша
estimate-cut-off = өтетін жол жоқ: жолдар жабық

found-precision-coordinates = координаттар
found-precision-house = үй
found-precision-house-beside = сол нөмірлі көрші үй
found-precision-between-houses = үйлердің арасында
found-precision-crossing = қиылыс
found-precision-kilometre-post = километр бағанасы
found-precision-between-posts = бағаналардың арасында
found-precision-house-unknown = үй табылмады
found-precision-kilometre-unknown = километр табылмады
found-precision-whole = ортасы

unit-state-available = бос
unit-state-reserved = ұсталып тұр
unit-state-engaged = оқиғада
unit-state-returning = қайтып келеді
unit-state-out-of-service = істен шыққан

location-source-caller = хабарлаушының айтуынша
location-source-handset = телефоннан (AML)
location-source-network = байланыс желісінен
location-source-sensor = датчиктен
location-source-agency = қызметтен
location-source-officer = кезекші көрсетті
location-source-gazetteer = атаулар тізбесінен

standing-event = төтенше оқиға
standing-emergency = төтенше жағдай
standing-ignition-not-counted = есепке алуға жатпайтын тұтану

relation-parent-of = құрамында бар
relation-child-of = құрамына кіреді
relation-related = байланысты
relation-merged-from = біріктірілді (осы карточкаға)
relation-merged-into = біріктірілді (басқа карточкаға)
relation-split-into = бөлінді
relation-split-from = осыдан бөлінді

act-first-wave = бірінші толқын
act-additional = қосымша күштер

grade-immediately = дереу
grade-urgently = шұғыл түрде
grade-no-stated-limit = мерзімі көрсетілмеген

level-repeat = қайта жіберу
level-phone = телефон шалу
level-head = қызмет басшысына
level-leadership = басшылыққа

office-duty-officer = жедел кезекші
office-head-of-shift = ауысым бастығы
office-leadership = басшылық

owing-duty-officer = жедел кезекші
owing-service = қызмет
owing-duty-officer-or-authoriser = жедел кезекші немесе рұқсат беруші

effect-raises = туындайды
effect-awaits = оқиға болса туындайды
effect-ends = аяқталады

shift-status-opening = тексерілуде
shift-status-on-duty = кезекшілікте
shift-status-ended = аяқталды
shift-status-abandoned = тоқтатылды

profile-fire = өрт сөндіру қызметі
profile-law-enforcement = құқық қорғау қызметі
profile-ambulance = жедел медициналық жәрдем қызметі
profile-emergency-repair = авариялық-жөндеу қызметі

nature-radiation = радиациялық
nature-chemical = химиялық
nature-biological = биологиялық
nature-ecological = экологиялық
nature-fire = өрт
nature-other = өзге

# Reasons of the recommendation
reason-capable = қажет құралдары бар
reason-soonest = бәрінен бұрын жетеді
reason-cut-off = жабық жолдар бөліп тастаған
reason-too-far = офицердің нұсқауынсыз жіберілетін қашықтықтан алыс
reason-in-exercise = жаттығуда: сіз атасаңыз ғана шығады
reason-after-sooner = бұдан жылдамы: { $sooner }
reason-stale-position = орны { $age } бұрынғы
reason-soon-free = { $time } кейін босайды
reason-neighbour-region = көрші өңірден ({ $region })

# Why two cards may speak of the same
join-reason-near = { $distance } қашықтықта
join-reason-soon = { $time } кейін
join-reason-same-category = санаты бірдей
join-reason-like-category = санаты ұқсас
join-reason-other-category = санаты басқа
join-reason-same-words = сөздері бірдей: { $share }
join-reason-same-caller = сол хабарлаушы

decision-accepted = қабылдады
decision-changed = өзгертті
decision-refused = бас тартты

outcome-resolved = салдары жойылды
outcome-not-confirmed = расталмады
outcome-false = жалған хабар
outcome-not-ours = басқаға берілді
outcome-set-aside = ден қоюсыз қалдырылды

check-item-link = жүйе байланысы
check-item-contacts = байланыс деректері
check-item-channel = байланыс құралы

check-outcome-works = істейді
check-outcome-fails = істемейді
check-outcome-no-answer = жауап жоқ
check-outcome-skipped = тексерілмеді


role-duty-officer = жедел кезекші
role-agency = қызмет диспетчері
role-manager = басшы
role-administrator = әкімші

# Problems: what happened and what to do, in the words of the desk
problem-malformed = Сұрау оқылмады. Бетті жаңартыңыз.
problem-unauthenticated = Жүйеге қайта кіріңіз.
problem-forbidden = Сіздің рөліңізге бұл рұқсат етілмеген.
problem-not-found = Табылмады: жойылған немесе басқа өңірге тиесілі болуы мүмкін.
problem-method-not-allowed = Мұндай әрекет жоқ.
problem-conflict = Қазіргі күйге сәйкес келмейді.
problem-under-way = Осы сұрау әлі орындалуда.
problem-stale = Мұны басқа біреу өзгертіп қойды. Жаңасы көрсетілді: қайта шешіңіз.
problem-too-large = Тым үлкен.
problem-unsupported-media = Бұл пішін қабылданбайды.
problem-invalid = Мән жарамсыз.
problem-key-reused = Бұл сұрау бұрын басқа мазмұнмен жіберілген.
problem-version-needed = Қай нұсқа өзгертілетінін айту керек.
problem-too-many = Тым жиі. Сәл күте тұрыңыз.
problem-internal = Ішкі қате. Әкімшіге айтыңыз.
problem-unavailable = 112 орталығы қазір мұны орындай алмайды. Сәл кейін қайталаңыз.
problem-unreachable = 112 орталығымен байланыс жоқ.
problem-unanswered = 112 орталығы жауап бермеді. Әрекеттің орындалған-орындалмағаны белгісіз. Қайта басыңыз: ол екі рет орындалмайды.

# Services of the rules, short: the official names are in the hub's table
service-hub = 112
service-police = полиция
service-ambulance = жедел жәрдем
service-air-ambulance = медициналық авиация
service-security = ҰҚК
service-aviation-sar = авиациялық іздестіру-құтқару
service-utilities = коммуналдық қызмет
service-telecom = байланыс операторлары
service-fire-rescue = өрт сөндіру-құтқару
category-none = санаты жоқ
map = Карта
map-zoom-in = Жақындату
map-zoom-out = Алыстату
map-borders-missing = Өңірлердің шекарасы әлі келген жоқ: орталықтан қайта сұралуда
map-no-place = орны белгісіз
map-not-drawn = Бұл құрылғыда карта салынбайды (WebGL жоқ). Картада болатын мәлімет төменде тізіммен берілген.

# Whose database
database-emergency-services = шұғыл қызметтер
database-repair-services = авариялық қызметтер
database-telecom-operators = байланыс операторлары
database-local-executive-bodies = жергілікті атқарушы органдар
database-state-bodies = басқа мемлекеттік органдар
database-civil-protection-services = азаматтық қорғау қызметтері
lookup-outcome-found = табылды
lookup-outcome-nothing = ештеңе табылмады
lookup-outcome-failed = жауап болмады
# Rescue formations
formation-force-fire-and-rescue = өрт сөндіру және авариялық-құтқару жұмыстары
formation-force-civil-defence = азаматтық қорғаныс
formation-force-professional-rescue = кәсіби авариялық-құтқару қызметі
formation-force-mine-or-gas-rescue = тау-кен немесе газдан құтқару
formation-force-volunteer-fire = ерікті өртке қарсы құралым
formation-force-ministry-aviation = министрліктің авиациясы
formation-standing-independent = дербес
formation-standing-part-of = аттестатталған авариялық-құтқару қызметінің құрамында
works-rescue = авариялық-құтқару жұмыстары
works-urgent = кезек күттірмейтін жұмыстар
# Organisations
organisation-kind-authorised-body = уәкілетті орган
organisation-kind-command-centre = Командалық орталық: республикалық деңгей
organisation-kind-territorial-body = аумақтық орган
organisation-kind-directorate = «112» басқармасы
organisation-kind-subordinate = ведомстволық бағынысты мекеме немесе ұйым
organisation-kind-local-executive-body = жергілікті атқарушы орган
organisation-kind-hazardous-facility = әлеуетті қауіпті объект
organisation-kind-legal-person = заңды тұлға
# Sources
freshness-fresh = уақытында хабарлады
freshness-silent = үнсіз
freshness-awaited = әлі хабарламаған
source-kind-observation = қадағалау қызметі
source-kind-control = бақылау қызметі
source-kind-forecasting = болжау қызметі
source-kind-dangerous-facility = әлеуетті қауіпті объект
# Positions that are not believed, units that have left
doubt = Орны күмәнді: { $why }
doubt-note = Екінші хабарлама растағанша соңғы сенімді орны қолданылады.
doubt-speed = { $kmh } км/сағ, ең көбі { $limit } мүмкін
doubt-jump = { $metres } секіріс
doubt-time-back = сағаты { $by } артқа кеткен
doubt-time-ahead = сағаты { $by } алда
doubt-outside-country = елден тыс
doubt-inaccurate = дәлдігі { $accuracy }, { $limit } шегінен нашар
doubt-stuck = жолда болса да { $at } бері бір орында
outside-region = { $at } бері өз өңірінен тыс
outside-station = { $at } бері станциясының ауданынан тыс
outside-note = Оны ол жаққа жіберген жоқ. Қайтып келгенше бір рет хабарланады.
hazard-flood = су басу
hazard-wildfire = дала немесе орман өрті
hazard-mudflow = сел
hazard-landslide = көшкін (жер)
hazard-avalanche = қар көшкіні
hazard-chemical = химиялық шығарынды
hazard-radiation = радиация
hazard-other = басқа қауіп

# Fields that a problem names
field-at = уақыты
field-by = кім
field-closed = не жабылды
field-forces = күштер
field-from = қай уақыттан
field-home = тұрақ орны
field-label = белгі
field-lat = ендік
field-lon = бойлық
field-minutes = минут
field-name = атауы
field-new = жаңа құпиясөз
field-number = нөмір
field-old = бұрынғы құпиясөз
field-password = құпиясөз
field-phone = телефон
field-point = орны
field-positions = орналасуы
field-q = не ізделеді
field-reason = себебі
field-region = өңір
field-service = қызмет
field-text = мәтін
field-to = қай уақытқа дейін
field-unit = бірлік
field-until = қай уақытқа дейін
