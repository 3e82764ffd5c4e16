//! Words that say what a name is the name of, or how the parts of a question hang together; none is a name itself.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::domain::geography::ObjectKind;

/// What such a word says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Street, avenue, lane, square …: left out of the comparison, for people mix them up.
    StreetKind,
    /// Quarter (шағынаудан, микрорайон).
    QuarterKind,
    /// Town, village.
    SettlementKind,
    /// District, region, country: the word beside it says where, not what.
    AdminKind,
    /// A house number stands before it or behind it.
    House,
    /// A flat, entrance or floor: its number is of no interest to the map.
    Flat,
    /// Two streets cross.
    Crossing,
    /// A distance along a road, in kilometres.
    Kilometre,
    /// Says only how it lies: at, by, behind.
    Filler,
}

/// Words as written, in lower case, parted by spaces; a full stop is not part of them.
const PARTS: [(Part, &str); 9] = [
    (
        Part::StreetKind,
        "улица улице улицы улиц улицей улицу ул көше көшесі көшесінде көшесінің көшесінен көшесіне көшеде көш \
         kosesi koshesi ulitsa ulica street st проспект проспекте проспекта проспектов проспекту кт просп прс прсп \
         пр пркт т даңғылы даңғылында даңғылының даңғылынан даңғыл даңғ даң dangyly prospekt avenue ave переулок \
         переулке пер тұйығы тұйық lane бульвар бульваре бул бульвары бульварында гүлзары boulevard blvd шоссе ш \
         тас тасжол тасжолы тасжолында тасжолының тасжолымен highway площадь площади пл алаңы алаңында алаң square \
         проезд өткелі өтпесі набережная наб жағалауы тупик аллея аллеясы road трасса трассе трассы трассу трассасы \
         трассасында трассасының жолы жолында жолының автожолы автожолында автожолының автодорога автодороге дорога \
         дороге тракт тракті дачи линия",
    ),
    (
        Part::QuarterKind,
        "микрорайон микрорайоне микрорайона мкр мкрн мкн м ықшамауданы ықшамаудан ықш шағынауданы шағынауданында \
         шағынаудан ша ау microdistrict mkr квартал орам ораму жк тк",
    ),
    (
        Part::SettlementKind,
        "город городе города г қаласы қаласында қаласының қала қ city село селе с ауылы ауылында ауылының ауыл а \
         поселок посёлок поселке посёлке пос п кенті кент аул р н о village",
    ),
    (
        Part::AdminKind,
        "район районе района ауданы ауданында ауданының аудан область области обл облысы облысында облысының \
         district region округ округі",
    ),
    (Part::House, "дом дома доме дому д үй үйі үйде үйінде үйдің үйінің үйге house строение"),
    (
        Part::Flat,
        "квартира квартире квартиры квартиру кв пәтер пәтері пәтерде пәтерінде пәт flat apt подъезд подъезде \
         подъезда под кіреберіс кіреберісі кіреберісте кіреберісінде этаж этаже этажа эт қабат қабаты қабатта \
         қабатында офис оф кеңсе кеңсесі кабинет блок секция",
    ),
    (
        Part::Crossing,
        "угол углу бұрышы бұрышында пересечение пересечении перекресток перекрёсток перекрестке перекрёстке \
         қиылысы қиылысында қиылыс corner crossing уголь выше ниже",
    ),
    (Part::Kilometre, "км km"),
    (
        Part::Filler,
        "на в у во около возле рядом напротив за перед между недалеко от из по и мен және жанында бойында қасында \
         маңында ішінде near at the of and имени им атындағы атын номер нөмірі частный частном жилой жилом ближайший ближайшая ближайшей ближайшую ая й го я ый ой ші шы нші ыншы де да те та дегі \
         дағы ға ге қа ке нің ның дің дың тің тың",
    ),
];

/// Kilometres in whatever case they are said: `шақырымында`, `километре`.
const KILOMETRES: [&str; 5] = ["километр", "шақырым", "шакырым", "kilomet", "shaqyrym"];

/// Words of a house or flat that stand behind their number in Kazakh: `59-үй, 5-пәтер`.
const BEHIND: &str = "үй үйі үйде үйінде үйдің үйінің үйге пәтер пәтері пәтерде пәтерінде пәт кіреберіс кіреберісі \
                      кіреберісте кіреберісінде қабат қабаты қабатта қабатында кеңсе кеңсесі";

/// Metres along a road, behind its kilometres.
const METRES: [&str; 9] = ["м", "метр", "метра", "метров", "метре", "метрінде", "метрде", "m", "metres"];

/// How many there are before a flat or an entrance, said as a word.
const ORDINALS: [&str; 20] = [
    "первый",
    "второй",
    "третий",
    "четвертый",
    "четвёртый",
    "пятый",
    "первом",
    "втором",
    "третьем",
    "четвертом",
    "четвёртом",
    "пятом",
    "первая",
    "вторая",
    "бірінші",
    "екінші",
    "үшінші",
    "төртінші",
    "бесінші",
    "алтыншы",
];

/// Words of kinds of objects, with the forms in which they are said.
const OBJECTS: [(ObjectKind, &str); 14] = [
    (
        ObjectKind::Hospital,
        "больница больнице больницы больницу госпиталь аурухана ауруханасы ауруханада hospital",
    ),
    (
        ObjectKind::Clinic,
        "поликлиника поликлинике поликлиники поликлинику емхана емханасы клиника клинике clinic",
    ),
    (ObjectKind::Police, "полиция полиции полицию полициясы полицейский police ровд ров"),
    (ObjectKind::FireStation, "пожарка пожарная пожарки өртсөндіру"),
    (ObjectKind::AmbulanceStation, "скорая скорой"),
    (ObjectKind::School, "школа школе школы школу сш сош мектеп мектебі мектепте school"),
    (ObjectKind::Kindergarten, "детсад детсаде садик садике балабақша балабақшасы балабақшада kindergarten"),
    (
        ObjectKind::College,
        "университет университете колледж колледже институт институте университеті колледжі",
    ),
    (
        ObjectKind::TransportStation,
        "вокзал вокзале вокзала вокзалы вокзалында автовокзал автовокзале станция станции станциясы станциясында \
         автостанция автобекет бекет station",
    ),
    (ObjectKind::Airfield, "аэропорт аэропорте аэропорта аэропорту әуежай әуежайы әуежайда airport"),
    (ObjectKind::Fuel, "азс заправка заправке заправки заправку жқс"),
    (ObjectKind::Assembly, "рынок рынке рынка базар базаре базары базарында театр кинотеатр стадион"),
    (ObjectKind::Hydrant, "гидрант гидранты"),
    (ObjectKind::Prison, "тюрьма тюрьме тюрьмы сизо түрме"),
];

/// What honours a name and stands at many: it names no street alone, by its key.
const TITLES: [&str; 14] = [
    "batir", "batira", "bi", "han", "hana", "ata", "ana", "apa", "akin", "akina", "aga", "seri", "xex",
    "baba",
];

static WORDS: LazyLock<HashMap<&'static str, Part>> = LazyLock::new(|| {
    let each = |(part, words): &(Part, &'static str)| {
        let part = *part;
        words.split(' ').map(move |word| (word, part)).collect::<Vec<_>>()
    };
    PARTS.iter().flat_map(each).collect()
});

/// What a word says, if it is one of those; as it was written, in lower case.
#[must_use]
pub fn part(written: &str) -> Option<Part> {
    let kilometre = || KILOMETRES.iter().any(|begin| written.starts_with(begin)).then_some(Part::Kilometre);
    WORDS.get(written).copied().or_else(kilometre)
}

/// Whether a word of a house or flat stands behind its number, as in Kazakh.
#[must_use]
pub fn stands_behind(written: &str) -> bool {
    BEHIND.split(' ').any(|word| word == written)
}

/// Whether a word is metres, where a kilometre stands before them.
#[must_use]
pub fn is_metres(written: &str) -> bool {
    METRES.contains(&written)
}

/// Whether a word counts flats, entrances, floors.
#[must_use]
pub fn is_ordinal(written: &str) -> bool {
    ORDINALS.contains(&written)
}

/// Whether a word honours a name without being one, by its key.
#[must_use]
pub fn is_title(key: &str) -> bool {
    TITLES.contains(&key)
}

/// The kind of objects that a word names.
#[must_use]
pub fn object_kind(written: &str) -> Option<ObjectKind> {
    OBJECTS.iter().find(|(_, words)| words.split(' ').any(|word| word == written)).map(|(kind, _)| *kind)
}

/// What is written short with a sign within: what it stands for.
const SHORT: [(&str, &str); 22] = [
    ("к-сі", "көшесі"),
    ("к-ci", "көшесі"),
    ("к/сі", "көшесі"),
    ("д-лы", "даңғылы"),
    ("д-ы", "даңғылы"),
    ("ш/а", "шағынаудан"),
    ("м/а", "шағынаудан"),
    ("ш-н", "шағынаудан"),
    ("м-н", "микрорайон"),
    ("м/н", "микрорайон"),
    ("мкр-н", "микрорайон"),
    ("пр-т", "проспект"),
    ("пр-кт", "проспект"),
    ("пр-д", "проезд"),
    ("б-р", "бульвар"),
    ("пл-дь", "площадь"),
    ("р-н", "район"),
    ("р-не", "район"),
    ("р/н", "район"),
    ("с/о", "округ"),
    ("а/о", "округ"),
    ("т/ж", "тасжолы"),
];

/// The longest of them, characters.
const LONGEST_SHORT: usize = 5;

/// What is written short at this place, which begins a word: how many characters it has and what it stands for.
#[must_use]
pub fn short(chars: &[char]) -> Option<(usize, &'static str)> {
    let sign = chars.iter().take(LONGEST_SHORT).position(|c| matches!(c, '-' | '/'))?;
    let end = sign + 1 + chars[sign + 1..].iter().take_while(|c| c.is_alphanumeric()).count();
    if end > LONGEST_SHORT {
        return None;
    }
    let written: String = chars[..end].iter().collect();
    SHORT.iter().find(|(short, _)| *short == written).map(|(_, whole)| (end, *whole))
}
