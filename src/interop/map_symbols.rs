//! What a style names besides its layers: letters as fields of distances (glyphs) and pictures (sprites). They are made by
//! `console/symbols.mjs`; whose they are and under which licence stands in `gis/SOURCES.md`.

/// The font of every label of the style.
pub const FONT: &str = "Noto Sans";
/// Letters come in blocks of so many.
const BLOCK: u32 = 256;
/// The last letter that a style may ask for.
const LAST: u32 = 0xffff;

/// The letters of the font from one number to another, `0-255`, as a map asks for them; empty where the font has none. None
/// where the font is another, or this is no block.
#[must_use]
pub fn glyphs(fonts: &str, block: &str) -> Option<&'static [u8]> {
    // A map may name others to fall back on.
    if !fonts.split(',').any(|font| font.trim() == FONT) {
        return None;
    }
    let (first, last) = block.strip_suffix(".pbf").unwrap_or(block).split_once('-')?;
    let (first, last): (u32, u32) = (first.parse().ok()?, last.parse().ok()?);
    if !first.is_multiple_of(BLOCK) || last > LAST || last.checked_sub(first) != Some(BLOCK - 1) {
        return None;
    }
    Some(match first {
        0 => include_bytes!("../../gis/style/glyphs/0-255.pbf"),
        256 => include_bytes!("../../gis/style/glyphs/256-511.pbf"),
        1024 => include_bytes!("../../gis/style/glyphs/1024-1279.pbf"),
        8192 => include_bytes!("../../gis/style/glyphs/8192-8447.pbf"),
        8448 => include_bytes!("../../gis/style/glyphs/8448-8703.pbf"),
        _ => &[],
    })
}

/// A file of pictures and its media type, by the name that a map makes of the style's address: `day.json`, `day@2x.png`.
#[must_use]
pub fn sprite(file: &str) -> Option<(&'static [u8], &'static str)> {
    const JSON: &str = "application/json";
    const PNG: &str = "image/png";
    Some(match file {
        "day.json" => (include_bytes!("../../gis/style/sprites/day.json"), JSON),
        "day.png" => (include_bytes!("../../gis/style/sprites/day.png"), PNG),
        "day@2x.json" => (include_bytes!("../../gis/style/sprites/day@2x.json"), JSON),
        "day@2x.png" => (include_bytes!("../../gis/style/sprites/day@2x.png"), PNG),
        "night.json" => (include_bytes!("../../gis/style/sprites/night.json"), JSON),
        "night.png" => (include_bytes!("../../gis/style/sprites/night.png"), PNG),
        "night@2x.json" => (include_bytes!("../../gis/style/sprites/night@2x.json"), JSON),
        "night@2x.png" => (include_bytes!("../../gis/style/sprites/night@2x.png"), PNG),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;
    use crate::domain::geography::ObjectKind;

    /// The fields of a message of protocol buffers: number, and the bytes or the number itself.
    fn fields(mut bytes: &[u8]) -> Vec<(u64, u64, &[u8])> {
        let varint = |bytes: &mut &[u8]| {
            let (mut value, mut shift) = (0_u64, 0);
            while let Some((byte, rest)) = bytes.split_first() {
                *bytes = rest;
                value |= u64::from(byte & 0x7f) << shift;
                shift += 7;
                if byte & 0x80 == 0 {
                    break;
                }
            }
            value
        };
        let mut all = Vec::new();
        while !bytes.is_empty() {
            let key = varint(&mut bytes);
            let value = varint(&mut bytes);
            let held = if key & 7 == 2 {
                let (held, rest) = bytes.split_at(usize::try_from(value).unwrap());
                bytes = rest;
                held
            } else {
                &[][..]
            };
            all.push((key >> 3, value, held));
        }
        all
    }

    fn letters(block: u32) -> BTreeSet<char> {
        let file = glyphs("Noto Sans", &format!("{block}-{}", block + 255)).unwrap();
        let mut letters = BTreeSet::new();
        for (_, _, stack) in fields(file) {
            for (_, _, glyph) in fields(stack).into_iter().filter(|(number, ..)| *number == 3) {
                let said = fields(glyph);
                let number = |of| said.iter().find(|(field, ..)| *field == of).map(|(_, value, _)| *value);
                let (width, height) = (number(3).unwrap(), number(4).unwrap());
                let drawn =
                    said.iter().find(|(field, ..)| *field == 2).map_or(0, |(.., held)| held.len() as u64);
                // The field reaches three steps beyond the letter on every side.
                assert!(drawn == (width + 6) * (height + 6) || (width, height, drawn) == (0, 0, 0));
                letters.insert(char::from_u32(u32::try_from(number(1).unwrap()).unwrap()).unwrap());
            }
        }
        letters
    }

    #[test]
    fn every_letter_of_the_three_languages_is_there() {
        let all: BTreeSet<char> = [0, 256, 1024, 8192, 8448].into_iter().flat_map(letters).collect();
        let kazakh = "АӘБВГҒДЕЁЖЗИЙКҚЛМНҢОӨПРСТУҰҮФХҺЦЧШЩЪЫІЬЭЮЯ";
        let latin = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
        for letter in kazakh.chars().chain(latin.chars()) {
            for letter in [letter, letter.to_lowercase().next().unwrap()] {
                assert!(all.contains(&letter), "{letter}");
            }
        }
        assert!("0123456789 .,-–—/()«»№\"'+<?!~".chars().all(|sign| all.contains(&sign)));
        assert_eq!(glyphs("Noto Sans", "2048-2303.pbf"), Some(&[][..]), "a block without letters is empty");
        assert_eq!(glyphs("Arial,Noto Sans", "0-255"), glyphs("Noto Sans", "0-255"));
        for wrong in ["", "0", "0-256", "1-256", "65536-65791", "a-b", "255-0"] {
            assert_eq!(glyphs("Noto Sans", wrong), None, "{wrong}");
        }
        assert_eq!(glyphs("Arial", "0-255"), None);
    }

    #[test]
    fn every_kind_of_object_has_its_picture_and_every_picture_lies_on_its_sheet() {
        for file in ["day", "night", "day@2x", "night@2x"] {
            let described: Value =
                serde_json::from_slice(sprite(&format!("{file}.json")).unwrap().0).unwrap();
            let (sheet, kind) = sprite(&format!("{file}.png")).unwrap();
            assert_eq!((kind, &sheet[..8]), ("image/png", &b"\x89PNG\r\n\x1a\n"[..]));
            let side = |at: usize| u64::from(u32::from_be_bytes(sheet[at..at + 4].try_into().unwrap()));
            for kind in ObjectKind::ALL {
                assert!(described[format!("object-{}", kind.as_str())].is_object(), "{kind:?}");
            }
            for (name, picture) in described.as_object().unwrap() {
                let number = |of: &str| picture[of].as_u64().unwrap();
                assert!(number("x") + number("width") <= side(16), "{file} {name}");
                assert!(number("y") + number("height") <= side(20), "{file} {name}");
            }
        }
        assert!(sprite("dusk.json").is_none() && sprite("../palette.json").is_none());
    }
}
