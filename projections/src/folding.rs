//! Vietnamese words as people type them: without marks, in any case, with the tone on either vowel.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Tones as marks of their own: grave, acute, tilde, hook above, dot below. The others shape a letter.
const TONES: [char; 5] = ['\u{300}', '\u{301}', '\u{303}', '\u{309}', '\u{323}'];
/// The most letters of a word that is indexed.
const WORD_LETTERS_MAX: usize = 40;

/// The words of a text in small letters without any mark: `Đông Xuân` gives `dong`, `xuan`.
///
/// Different names can fold alike (Yên Bài, Yên Bái): what folds alike may be suggested, and is not the same.
pub fn folded(text: &str) -> Vec<String> {
    words(text, |word| {
        word.nfd().filter(|c| !is_combining_mark(*c)).map(plain).collect()
    })
}

/// The words of a text in small letters with their marks, the tone behind the letters: `hòa` and `hoà`, `Thủy` and
/// `Thuỷ` come out the same, `Bài` and `Bái` do not.
pub fn marked(text: &str) -> Vec<String> {
    words(text, |word| {
        let (mut letters, mut tones) = (String::new(), String::new());
        for c in word.nfd() {
            if TONES.contains(&c) {
                tones.push(c);
            } else {
                letters.push(c);
            }
        }
        letters + &tones
    })
}

fn words(text: &str, form: impl Fn(&str) -> String) -> Vec<String> {
    let small: String = text.nfc().flat_map(char::to_lowercase).nfc().collect();
    small
        .split(|c: char| !c.is_alphanumeric() && !is_combining_mark(c))
        .map(|word| form(word).chars().take(WORD_LETTERS_MAX).collect::<String>())
        .filter(|word| !word.is_empty())
        .collect()
}

/// A đ is a letter of its own that no normalization takes apart.
fn plain(c: char) -> char {
    match c {
        'đ' => 'd',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fold(text: &str) -> String {
        folded(text).join(" ")
    }

    #[test]
    fn marks_case_and_form_are_folded_away() {
        for (text, expected) in [
            ("Ba Vì", "ba vi"),
            ("BA VÌ", "ba vi"),
            ("Đông Xuân", "dong xuan"),
            ("đặc khu Bạch Long Vĩ", "dac khu bach long vi"),
            ("Thủy Nguyên", "thuy nguyen"),
            ("Thuỷ Nguyên", "thuy nguyen"),
            ("Thu\u{309}y", "thuy"),
            ("Bắc-Kạn (cũ), 2025", "bac kan cu 2025"),
            ("  ", ""),
            ("Ưng Ước", "ung uoc"),
        ] {
            assert_eq!(fold(text), expected, "{text}");
        }
    }

    #[test]
    fn the_place_of_a_tone_is_no_difference_and_the_tone_is() {
        assert_eq!(marked("hòa"), marked("hoà"));
        assert_eq!(marked("Thủy"), marked("THUỶ"));
        assert_eq!(
            marked("Ho\u{300}a"),
            marked("hoà"),
            "decomposed, as macOS sends it"
        );
        assert_ne!(marked("Yên Bài"), marked("Yên Bái"));
        assert_ne!(marked("Tản Lĩnh"), marked("Tân Lĩnh"), "a shape is no tone");
        assert_ne!(marked("đông"), marked("dong"));
        assert_eq!(fold("Yên Bài"), fold("Yên Bái"));
    }
}
