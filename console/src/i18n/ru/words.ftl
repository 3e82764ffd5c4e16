# Values of the interface. The terms of modes, scales and services are those of the rules.
mode-everyday = повседневная деятельность
mode-high-readiness = повышенная готовность
mode-emergency = чрезвычайная ситуация

severity-p1 = угроза жизни
severity-p2 = срочно
severity-p3 = обычный
severity-p4 = может ждать

channel-call = звонок
channel-sms = SMS
channel-app = приложение
channel-sos-button = кнопка SOS
channel-chat-bot = чат-бот
channel-widget = виджет на сайте
channel-email = электронная почта
channel-sensor = датчик
channel-vehicle = система автомобиля
channel-agency = от службы

contact-heard = на связи
contact-silent = молчит
contact-abandoned = сорвался

subject-precondition = предпосылка ЧС
subject-emergency = чрезвычайная ситуация
subject-fire = пожар
subject-threat-to-life = угроза жизни
subject-other-urgent = экстренная помощь
subject-not-ours = не в нашей компетенции

scale-object = объектовый
scale-local = местный
scale-regional = региональный
scale-global = глобальный
axis-affected = число пострадавших
axis-disrupted = число людей с нарушением условий жизни
axis-damage = размер ущерба

status-open = идёт срок
status-late = просрочено
status-met = выполнено
status-met-late = выполнено с опозданием
status-cancelled = отменено

incident-status-open = новый
incident-status-responding = реагирование
incident-status-closed = закрыт
incident-status-merged = объединён

request-state-open = ждём ответа
request-state-answered = ответ получен
request-state-refused = отказ
request-state-cancelled = отозван
request-state-done = завершён

stage-requested = запрошен
stage-accepted = принял
stage-departed = выехал
stage-arrived = прибыл
stage-released = освобождён

delivery-stage-sent = отправлено
delivery-stage-in-broker = в очереди доставки
delivery-stage-acknowledged = получено
delivery-stage-read = прочитано
delivery-stage-answered = отвечено
delivery-stage-rejected = отклонено
delivery-stage-unroutable = нет очереди
delivery-stage-dead-lettered = не доставлено

unit-kind-fire-engine = автоцистерна
unit-kind-ladder = автолестница
unit-kind-rescue-vehicle = аварийно-спасательная машина
unit-kind-heavy-vehicle = тяжёлая техника
unit-kind-command-vehicle = штабная машина
unit-kind-ambulance = скорая помощь
unit-kind-intensive-care-ambulance = реанимобиль
unit-kind-patrol-car = патрульная машина
unit-kind-team-van = машина бригады
unit-kind-repair-vehicle = ремонтная машина
unit-kind-helicopter = вертолёт
unit-kind-aeroplane = самолёт
unit-kind-boat = лодка
unit-kind-on-foot = пешком

estimate-straight-line = по прямой
estimate-road = по дорогам
estimate-cut-off = проезда нет: дороги перекрыты

found-precision-coordinates = координаты
found-precision-house = дом
found-precision-house-beside = соседний дом с тем же номером
found-precision-between-houses = между домами
found-precision-crossing = перекрёсток
found-precision-kilometre-post = километровый столб
found-precision-between-posts = между столбами
found-precision-house-unknown = дом не найден
found-precision-kilometre-unknown = километр не найден
found-precision-whole = середина

unit-state-available = свободен
unit-state-reserved = удержан
unit-state-engaged = на происшествии
unit-state-returning = возвращается
unit-state-out-of-service = не в строю

location-source-caller = со слов заявителя
location-source-handset = с телефона (AML)
location-source-network = от сети связи
location-source-sensor = от датчика
location-source-agency = от службы
location-source-officer = указал дежурный
location-source-gazetteer = из справочника мест

standing-event = чрезвычайное происшествие
standing-emergency = чрезвычайная ситуация
standing-ignition-not-counted = загорание, не подлежащее учёту

relation-parent-of = включает
relation-child-of = входит в
relation-related = связан с
relation-merged-from = объединён сюда
relation-merged-into = объединён в
relation-split-into = выделен
relation-split-from = выделен из

act-first-wave = первая волна
act-additional = дополнительные силы

grade-immediately = немедленно
grade-urgently = в экстренном порядке
grade-no-stated-limit = срок не указан

level-repeat = повторить
level-phone = позвонить
level-head = руководителю службы
level-leadership = руководству

office-duty-officer = оперативный дежурный
office-head-of-shift = начальник смены
office-leadership = руководство

owing-duty-officer = оперативный дежурный
owing-service = служба
owing-duty-officer-or-authoriser = дежурный или разрешающий

effect-raises = возникает
effect-awaits = возникнет по событию
effect-ends = прекращается

shift-status-opening = проверка
shift-status-on-duty = на дежурстве
shift-status-ended = окончена
shift-status-abandoned = прервана

profile-fire = пожарная служба
profile-law-enforcement = правоохранительная служба
profile-ambulance = служба скорой медицинской помощи
profile-emergency-repair = аварийно-ремонтная служба

nature-radiation = радиационная
nature-chemical = химическая
nature-biological = биологическая
nature-ecological = экологическая
nature-fire = пожарная
nature-other = иная

# Reasons of the recommendation
reason-capable = есть нужное оснащение
reason-soonest = прибудет раньше всех
reason-cut-off = отрезан перекрытыми дорогами
reason-too-far = дальше, чем отправляют без указания офицера
reason-in-exercise = на учении: выедет, если вы его назначите
reason-after-sooner = быстрее доедут: { $sooner }
reason-stale-position = положение { $age } назад
reason-soon-free = освободится через { $time }
reason-neighbour-region = из соседнего региона ({ $region })

# Why two cards may speak of the same
join-reason-near = на расстоянии { $distance }
join-reason-soon = через { $time }
join-reason-same-category = та же категория
join-reason-like-category = похожая категория
join-reason-other-category = другая категория
join-reason-same-words = слова совпадают: { $share }
join-reason-same-caller = тот же заявитель

decision-accepted = принято
decision-changed = изменено
decision-refused = отказ

outcome-resolved = ликвидировано
outcome-not-confirmed = не подтвердилось
outcome-false = ложное сообщение
outcome-not-ours = передано другим
outcome-set-aside = оставлено без реагирования

check-item-link = связь с системой
check-item-contacts = контактные данные
check-item-channel = средство связи

check-outcome-works = работает
check-outcome-fails = не работает
check-outcome-no-answer = нет ответа
check-outcome-skipped = пропущено


role-duty-officer = оперативный дежурный
role-agency = диспетчер службы
role-manager = руководитель
role-administrator = администратор

# Problems: what happened and what to do, in the words of the desk
problem-malformed = Запрос не прочитан. Обновите страницу.
problem-unauthenticated = Войдите снова.
problem-forbidden = Вашей роли это не разрешено.
problem-not-found = Не найдено: возможно, удалено или относится к другому региону.
problem-method-not-allowed = Такого действия нет.
problem-conflict = Не подходит к нынешнему состоянию.
problem-under-way = Этот запрос ещё выполняется.
problem-stale = Это уже изменил кто-то другой. Показано новое: решите ещё раз.
problem-too-large = Слишком велико.
problem-unsupported-media = Такой формат не принимается.
problem-invalid = Недопустимое значение.
problem-key-reused = Этот запрос уже был с другим содержанием.
problem-version-needed = Нужно сказать, какая версия меняется.
problem-too-many = Слишком часто. Подождите немного.
problem-internal = Внутренняя ошибка. Сообщите администратору.
problem-unavailable = Центр 112 сейчас не может этого сделать. Повторите чуть позже.
problem-unreachable = Нет связи с центром 112.
problem-unanswered = Центр 112 не ответил. Неизвестно, выполнено ли действие. Нажмите ещё раз: дважды оно выполнено не будет.

# Services of the rules, short: the official names are in the hub's table
service-hub = 112
service-police = полиция
service-ambulance = скорая помощь
service-air-ambulance = медавиация
service-security = КНБ
service-aviation-sar = авиационный поиск и спасание
service-utilities = коммунальные службы
service-telecom = операторы связи
service-fire-rescue = пожарно-спасательная
category-none = без категории
map = Карта
map-zoom-in = Приблизить
map-zoom-out = Отдалить
map-borders-missing = Границы ещё не пришли: запрашиваются снова
map-no-place = место неизвестно
map-not-drawn = На этом устройстве карта не рисуется (нет WebGL). То, что было бы на карте, ниже списком.

# Whose database
database-emergency-services = экстренные службы
database-repair-services = аварийные службы
database-telecom-operators = операторы связи
database-local-executive-bodies = местные исполнительные органы
database-state-bodies = другие государственные органы
database-civil-protection-services = службы гражданской защиты
lookup-outcome-found = найдено
lookup-outcome-nothing = ничего не найдено
lookup-outcome-failed = нет ответа
# Rescue formations
formation-force-fire-and-rescue = пожаротушение и аварийно-спасательные работы
formation-force-civil-defence = гражданская оборона
formation-force-professional-rescue = профессиональная аварийно-спасательная служба
formation-force-mine-or-gas-rescue = горно- или газоспасательная
formation-force-volunteer-fire = добровольное противопожарное формирование
formation-force-ministry-aviation = авиация министерства
formation-standing-independent = самостоятельное
formation-standing-part-of = в составе аттестованной аварийно-спасательной службы
works-rescue = аварийно-спасательные работы
works-urgent = неотложные работы
# Organisations
organisation-kind-authorised-body = уполномоченный орган
organisation-kind-command-centre = Командный центр: республиканский уровень
organisation-kind-territorial-body = территориальный орган
organisation-kind-directorate = управление «112»
organisation-kind-subordinate = подведомственное учреждение или организация
organisation-kind-local-executive-body = местный исполнительный орган
organisation-kind-hazardous-facility = потенциально опасный объект
organisation-kind-legal-person = юридическое лицо
# Sources
freshness-fresh = на связи
freshness-silent = молчит
freshness-awaited = ещё не было
source-kind-observation = служба наблюдения
source-kind-control = служба контроля обстановки
source-kind-forecasting = служба прогнозирования
source-kind-dangerous-facility = потенциально опасный объект
# Positions that are not believed, units that have left
doubt = Положение сомнительно: { $why }
doubt-note = Действует последнее достоверное положение, пока второе сообщение не подтвердит новое.
doubt-speed = { $kmh } км/ч, возможно не более { $limit }
doubt-jump = скачок на { $metres }
doubt-time-back = часы ушли назад на { $by }
doubt-time-ahead = часы спешат на { $by }
doubt-outside-country = за пределами страны
doubt-inaccurate = точность { $accuracy }, хуже { $limit }
doubt-stuck = одно и то же место с { $at }, хотя в пути
outside-region = вне своего региона с { $at }
outside-station = вне района своей станции с { $at }
outside-note = Туда его не направляли. Сообщается один раз, пока не вернётся.
hazard-flood = затопление
hazard-wildfire = природный пожар
hazard-mudflow = сель
hazard-landslide = оползень
hazard-avalanche = лавина
hazard-chemical = химический выброс
hazard-radiation = радиация
hazard-other = иная опасность

# Fields that a problem names
field-at = время
field-by = кем
field-closed = что закрыто
field-forces = силы
field-from = с какого времени
field-home = место стоянки
field-label = пометка
field-lat = широта
field-lon = долгота
field-minutes = минуты
field-name = название
field-new = новый пароль
field-number = номер
field-old = прежний пароль
field-password = пароль
field-phone = телефон
field-point = место
field-positions = местоположения
field-q = что ищут
field-reason = причина
field-region = регион
field-service = служба
field-text = текст
field-to = до какого времени
field-unit = единица
field-until = до какого времени
