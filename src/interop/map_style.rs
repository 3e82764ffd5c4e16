//! The style of the map by the Mapbox and MapLibre style specification 8: how layers of tiles are drawn, by day and by
//! night. The layers and colours are those of `gis/style/`; the console draws its ground by the same document, so that
//! a map in another program looks as at the desk.

use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use crate::domain::geography::DEEPEST_LAND;
use crate::domain::names::Language;

/// By which light a map is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// Dark on light.
    Day,
    /// Light on dark.
    Night,
}

impl Theme {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Night => "night",
        }
    }
}

static LAYERS: LazyLock<Value> = LazyLock::new(|| read(include_str!("../../gis/style/layers.json")));
static PALETTE: LazyLock<Value> = LazyLock::new(|| read(include_str!("../../gis/style/palette.json")));

/// A file of the project itself; a test sees that each can be read.
fn read(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}

/// Where the tiles of a layer are.
#[derive(Debug, Clone)]
pub struct TileSource {
    /// The layer.
    pub layer: &'static str,
    /// Its address with `{z}`, `{x}` and `{y}`.
    pub tiles: String,
    /// Whether it is of the imported land.
    pub land: bool,
    /// Whose data it is.
    pub attribution: Option<String>,
}

/// The style of these sources. Its letters and pictures are under the same address as the tiles.
#[must_use]
pub fn style(theme: Theme, language: Language, tiles: &str, sources: &[TileSource]) -> Value {
    let (name, colours) = (format!("name_{}", code(language)), &PALETTE[theme.as_str()]);
    let mut drawn = Map::new();
    for source in sources {
        let deepest = if source.land { DEEPEST_LAND } else { 22 };
        let mut described =
            json!({ "type": "vector", "tiles": [source.tiles], "minzoom": 0, "maxzoom": deepest });
        if let Some(attribution) = &source.attribution {
            described["attribution"] = attribution.as_str().into();
        }
        drawn.insert(source.layer.to_owned(), described);
    }
    let known = |layer: &&Value| layer["source"].as_str().is_none_or(|source| drawn.contains_key(source));
    let layers = LAYERS.as_array().into_iter().flatten().filter(known).map(|layer| {
        let mut layer = layer.clone();
        fill(&mut layer, colours, &name);
        if let Some(source) = layer["source"].as_str().map(str::to_owned) {
            layer["source-layer"] = source.into();
        }
        layer
    });
    let layers: Vec<Value> = layers.collect();
    json!({
        "version": 8,
        "name": format!("hub112 {}", theme.as_str()),
        "glyphs": format!("{tiles}/glyphs/{{fontstack}}/{{range}}.pbf"),
        "sprite": format!("{tiles}/sprites/{}", theme.as_str()),
        "sources": drawn,
        "layers": Value::Array(layers)
    })
}

const fn code(language: Language) -> &'static str {
    match language {
        Language::Kk => "kk",
        Language::Ru => "ru",
        Language::En => "en",
    }
}

/// Puts colours and the property of the names in place of their words.
fn fill(value: &mut Value, colours: &Value, name: &str) {
    match value {
        Value::String(text) => {
            let Some(word) = text.strip_prefix('@') else { return };
            let put = if word == "name" { Some(name) } else { colours[word].as_str() };
            if let Some(put) = put {
                *text = put.to_owned();
            }
        }
        Value::Array(all) => all.iter_mut().for_each(|one| fill(one, colours, name)),
        Value::Object(all) => all.values_mut().for_each(|one| fill(one, colours, name)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interop::map_symbols;

    const SOURCES: [&str; 10] = [
        "land_cover",
        "hazards",
        "boundaries",
        "roads",
        "places",
        "objects",
        "addresses",
        "zones",
        "units",
        "incidents",
    ];

    fn sources() -> Vec<TileSource> {
        let of = |layer| TileSource {
            layer,
            tiles: format!("http://hub/{layer}"),
            land: false,
            attribution: None,
        };
        SOURCES.map(of).to_vec()
    }

    #[test]
    fn every_colour_and_every_source_of_a_style_is_known() {
        for theme in [Theme::Day, Theme::Night] {
            let made = style(theme, Language::Kk, "http://hub", &sources());
            assert!(!made["layers"].as_array().unwrap().is_empty());
            assert_eq!(made["layers"].as_array().map(Vec::len), LAYERS.as_array().map(Vec::len));
            let text = made["layers"].to_string();
            assert!(!text.contains("\"@"), "a word was left: {text}");
            assert!(text.contains("name_kk") && !text.contains("name_ru"));
        }
        let keys = |theme: &str| PALETTE[theme].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!(keys("day"), keys("night"));
    }

    #[test]
    fn letters_and_pictures_are_named_where_the_hub_has_them() {
        let made = style(Theme::Night, Language::Ru, "http://hub/api/v1/tiles", &sources());
        let glyphs = made["glyphs"].as_str().unwrap().replace("{range}", "1024-1279");
        let (rest, block) = glyphs.rsplit_once('/').unwrap();
        assert_eq!(rest, "http://hub/api/v1/tiles/glyphs/{fontstack}");
        let sprite = made["sprite"].as_str().unwrap();
        let file = sprite.strip_prefix("http://hub/api/v1/tiles/sprites/").unwrap();
        assert!(["", "@2x"].iter().all(|fine| map_symbols::sprite(&format!("{file}{fine}.png")).is_some()));
        for layer in made["layers"].as_array().unwrap() {
            let Some(fonts) = layer["layout"]["text-font"].as_array() else { continue };
            let fonts: Vec<&str> = fonts.iter().map(|font| font.as_str().unwrap()).collect();
            assert!(map_symbols::glyphs(&fonts.join(","), block).is_some(), "{layer}");
        }
    }

    #[test]
    fn what_is_not_given_is_not_drawn() {
        let few: Vec<TileSource> = sources().into_iter().filter(|s| s.layer != "incidents").collect();
        let text = style(Theme::Day, Language::En, "http://hub", &few).to_string();
        assert!(!text.contains("incident") && text.contains("units"));
    }

    #[test]
    fn what_helps_and_what_is_dangerous_differ_in_grey() {
        let grey = |theme: Theme, word: &str| {
            let hex = PALETTE[theme.as_str()][word].as_str().unwrap().trim_start_matches('#').to_owned();
            let part = |at: usize| f64::from(u8::from_str_radix(&hex[at..at + 2], 16).unwrap());
            0.2126 * part(0) + 0.7152 * part(2) + 0.0722 * part(4)
        };
        for theme in [Theme::Day, Theme::Night] {
            for (word, on) in [
                ("text", "halo"),
                ("quiet", "halo"),
                ("text", "land"),
                ("danger", "on-symbol"),
                ("free", "on-symbol"),
                ("water-name", "halo"),
                ("quiet", "park"),
            ] {
                assert!((grey(theme, word) - grey(theme, on)).abs() > 70.0, "{theme:?} {word} on {on}");
            }
        }
    }
}
