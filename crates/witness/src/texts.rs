//! The sentences that people read, in two languages.

use minhbach_tlog::{KeyName, Refusal, VerifyingKey};

/// A language of sentences.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    English,
    Vietnamese,
}

impl Language {
    /// The language of an `Accept-Language`: English unless Vietnamese comes first, as logs of strangers ask for none.
    pub(crate) fn of(asked: Option<&str>) -> Language {
        let first = asked.and_then(|asked| asked.split([',', ';', '-']).next());
        match first.map(str::trim) {
            Some(tag) if tag.eq_ignore_ascii_case("vi") => Language::Vietnamese,
            _ => Language::English,
        }
    }
}

/// What is said, apart from cosignatures, checkpoints and sizes.
pub(crate) enum Sentence<'a> {
    Who(&'a VerifyingKey),
    Refused(&'a Refusal),
    NoSuchCheckpoint,
    NoSuchPath,
    NoSuchMethod,
    TooLong,
    TooSlow,
    CutOff,
    TooMany,
    Broken,
    Sound,
}

impl Sentence<'_> {
    /// The sentence, with a line feed.
    pub(crate) fn in_language(&self, language: Language) -> String {
        let (vietnamese, english) = match self {
            Sentence::Who(key) => return who(key.name(), key, language),
            Sentence::Refused(refusal) => return refused(refusal, language),
            Sentence::NoSuchCheckpoint => (
                "Nhân chứng này chưa ký xác nhận điểm chốt nào của nhật ký đó.",
                "This witness has cosigned no checkpoint of such a log.",
            ),
            Sentence::NoSuchPath => ("Ở đây không có gì.", "There is nothing here."),
            Sentence::NoSuchMethod => (
                "Địa chỉ này không nhận phương thức đó.",
                "The method is not one of this address.",
            ),
            Sentence::TooLong => ("Yêu cầu dài hơn 16 KiB.", "The request is longer than 16 KiB."),
            Sentence::TooSlow => (
                "Yêu cầu không đến đủ trong thời gian chờ.",
                "The request did not arrive in time.",
            ),
            Sentence::CutOff => ("Yêu cầu bị đứt giữa chừng.", "The request was cut off."),
            Sentence::TooMany => (
                "Nhân chứng đang bận, xin thử lại sau một giây.",
                "The witness is busy: try again in a second.",
            ),
            Sentence::Broken => (
                "Nhân chứng không ghi nhớ được điểm chốt nên không ký.",
                "The witness cannot remember the checkpoint, and so has not cosigned it.",
            ),
            Sentence::Sound => ("Mọi thứ đều ổn.", "All is well."),
        };
        let sentence = match language {
            Language::Vietnamese => vietnamese,
            Language::English => english,
        };
        format!("{sentence}\n")
    }
}

fn who(name: &KeyName, key: &VerifyingKey, language: Language) -> String {
    match language {
        Language::Vietnamese => format!("{name} là nhân chứng của nhật ký minh bạch, với khoá {key}\n"),
        Language::English => format!("{name} is a witness of transparency logs, with the key {key}\n"),
    }
}

fn refused(refusal: &Refusal, language: Language) -> String {
    if language == Language::English {
        return capital(&format!("{refusal}.\n"));
    }
    match refusal {
        Refusal::Malformed(why) => format!("Yêu cầu không đúng dạng ({why}).\n"),
        Refusal::Shrinks { old, size } => {
            format!("Kích thước cũ {old} lớn hơn kích thước {size} của điểm chốt.\n")
        }
        Refusal::Untrusted(_) => {
            "Điểm chốt không có chữ ký đúng của khoá nào mà nhân chứng biết là của nhật ký.\n".into()
        }
        Refusal::UnknownLog => "Nhân chứng không theo dõi nhật ký này.\n".into(),
        Refusal::Conflict { size } => format!("Kích thước đã thấy lần cuối là {size}.\n"),
        Refusal::Inconsistent => "Điểm chốt không nối tiếp cây đã thấy lần cuối.\n".into(),
    }
}

fn capital(sentence: &str) -> String {
    let mut letters = sentence.chars();
    let first = letters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use minhbach_tlog::NoteError;

    use super::*;

    #[test]
    fn vietnamese_is_answered_where_it_comes_first() {
        for (asked, expected) in [
            (None, Language::English),
            (Some(""), Language::English),
            (Some("*"), Language::English),
            (Some("en, vi"), Language::English),
            (Some("vie"), Language::English),
            (Some("vi"), Language::Vietnamese),
            (Some("vi-VN,en;q=0.5"), Language::Vietnamese),
            (Some("VI;q=0.9"), Language::Vietnamese),
        ] {
            assert_eq!(Language::of(asked), expected, "{asked:?}");
        }
    }

    #[test]
    fn a_refusal_is_one_sentence_on_one_line_in_both_languages() {
        for refusal in [
            Refusal::UnknownLog,
            Refusal::Inconsistent,
            Refusal::Conflict { size: 7 },
            Refusal::Shrinks { old: 8, size: 7 },
            Refusal::Untrusted(NoteError::Unsigned),
            Refusal::Malformed(NoteError::Form("x").into()),
        ] {
            for language in [Language::English, Language::Vietnamese] {
                let said = Sentence::Refused(&refusal).in_language(language);
                assert!(said.ends_with(".\n") && said.lines().count() == 1, "{said}");
                assert!(said.starts_with(char::is_uppercase), "{said}");
            }
        }
    }
}
