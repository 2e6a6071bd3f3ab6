use super::*;
use proptest::prelude::*;

fn ordinals(prints: &[Print]) -> Vec<u32> {
    (0..prints.len())
        .map(|at| prints[..at].iter().filter(|&&print| print == prints[at]).count() as u32)
        .collect()
}

fn shown(prints: &[Print]) -> Shown {
    Shown {
        prints: prints.to_vec(),
        ordinals: ordinals(prints),
        seen: vec![false; prints.len()],
    }
}

fn earlier(prints: &[Print]) -> Earlier {
    let mut earlier = Earlier::default();
    // Counting by hand is quadratic; the long days of the test of time do not look at ordinals.
    let ordinals = if prints.len() < 1_000 {
        ordinals(prints)
    } else {
        vec![0; prints.len()]
    };
    let shown = Shown {
        prints: prints.to_vec(),
        ordinals,
        seen: vec![false; prints.len()],
    };
    earlier.add(shown, false, false, false);
    earlier
}

const NOTHING: Circumstances = Circumstances {
    whole: false,
    continues: false,
};
const WHOLE: Circumstances = Circumstances {
    whole: true,
    continues: false,
};
const CONTINUES: Circumstances = Circumstances {
    whole: false,
    continues: true,
};

fn told(ordinals: &[u32], seen: &[u8]) -> Verdict {
    Verdict::Told(Told {
        ordinals: ordinals.to_vec(),
        seen: seen.iter().map(|&seen| seen == 1).collect(),
    })
}

fn doubt(doubt: Doubt, in_file: &[usize], missing: &[Print]) -> Verdict {
    Verdict::CannotTell(CannotTell {
        doubt,
        in_file: in_file.to_vec(),
        missing: missing.to_vec(),
    })
}

#[test]
fn each_rule_has_its_verdict() {
    use Doubt::*;
    let check = |known: &[Print], file: &[Print], circumstances, expected: Verdict| {
        assert_eq!(
            judge(&earlier(known), file, circumstances),
            expected,
            "{known:?} {file:?} {circumstances:?}"
        );
    };
    // Nothing in common: all new, and identical lines are counted.
    check(&[], &[1, 1, 2], NOTHING, told(&[0, 1, 0], &[0, 0, 0]));
    check(&[1, 2], &[3, 3, 4], NOTHING, told(&[0, 1, 0], &[0, 0, 0]));
    check(&[1, 2], &[3], WHOLE, told(&[0], &[0]));
    // The file holds the whole day.
    check(&[2, 1], &[1, 2, 1, 3], WHOLE, told(&[0, 0, 1, 0], &[1, 1, 0, 0]));
    check(&[1, 1], &[1, 2], WHOLE, doubt(LacksEarlierLines, &[], &[1]));
    check(&[1, 5], &[1, 2], WHOLE, doubt(LacksEarlierLines, &[], &[5]));
    // The end of the earlier lines is the beginning of the file, and the other way round.
    check(&[1, 2, 3], &[2, 3, 4], NOTHING, told(&[0, 0, 0], &[1, 1, 0]));
    check(&[2, 3, 4], &[1, 2, 3], NOTHING, told(&[0, 0, 0], &[0, 1, 1]));
    check(&[1, 2], &[1, 2], NOTHING, told(&[0, 0], &[1, 1]));
    check(&[1, 2, 3, 4], &[2, 3], NOTHING, told(&[0, 0], &[1, 1]));
    check(
        &[2, 3],
        &[1, 2, 3, 4],
        NOTHING,
        told(&[0, 0, 0, 0], &[0, 1, 1, 0]),
    );
    // What lies over an earlier line takes its ordinal; a new one goes on counting.
    check(&[1, 9, 1, 2], &[1, 2, 3], NOTHING, told(&[1, 0, 0], &[1, 1, 0]));
    check(&[1, 2], &[1, 2, 1], NOTHING, told(&[0, 0, 1], &[1, 1, 0]));
    check(&[2, 1], &[1, 2, 1], NOTHING, told(&[1, 0, 0], &[0, 1, 1]));
    // One line, or identical ones alone, prove nothing.
    check(&[1, 2], &[2, 3], NOTHING, doubt(NoOneStretch, &[0], &[]));
    check(&[1, 2, 2], &[2, 2, 3], NOTHING, doubt(NoOneStretch, &[0, 1], &[]));
    check(&[1], &[1], NOTHING, doubt(NoOneStretch, &[0], &[]));
    check(&[1, 2, 3], &[2], NOTHING, doubt(NoOneStretch, &[0], &[]));
    // A line in common outside the stretch may be either.
    check(
        &[5, 1, 2, 3],
        &[2, 3, 4, 5],
        NOTHING,
        doubt(NoOneStretch, &[3], &[]),
    );
    check(
        &[1, 2, 3],
        &[1, 4, 2, 3],
        NOTHING,
        doubt(NoOneStretch, &[0, 2, 3], &[]),
    );
    // Two ways.
    check(
        &[1, 2, 1, 2],
        &[1, 2, 1, 2, 3],
        NOTHING,
        doubt(SeveralStretches, &[0, 1, 2, 3], &[]),
    );
    check(
        &[1, 2, 3, 1, 2],
        &[1, 2],
        NOTHING,
        doubt(SeveralStretches, &[0, 1], &[]),
    );
    // The user states that the file goes on where the earlier one ended; what shows otherwise is believed first.
    check(&[1, 2], &[2, 3], CONTINUES, told(&[1, 0], &[0, 0]));
    check(&[1, 2, 2], &[2, 2, 3], CONTINUES, told(&[2, 3, 0], &[0, 0, 0]));
    check(&[1, 2, 3], &[2, 3, 4], CONTINUES, told(&[0, 0, 0], &[1, 1, 0]));
    check(
        &[5, 1, 2, 3],
        &[2, 3, 4, 5],
        CONTINUES,
        doubt(NoOneStretch, &[3], &[]),
    );
}

#[test]
fn a_whole_earlier_day_takes_in_its_parts_and_nothing_more() {
    let mut known = Earlier::default();
    known.add(shown(&[1, 2, 1, 3]), true, true, false);
    let check = |file: &[Print], circumstances, expected| {
        assert_eq!(judge(&known, file, circumstances), expected, "{file:?}");
    };
    check(&[1], NOTHING, told(&[0], &[1]));
    check(&[1, 3], NOTHING, told(&[0, 0], &[1, 1]));
    check(&[1, 1], NOTHING, told(&[0, 1], &[1, 1]));
    check(&[1, 3, 4], NOTHING, doubt(Doubt::MoreThanWholeDay, &[2], &[]));
    check(&[1, 3, 3], CONTINUES, doubt(Doubt::MoreThanWholeDay, &[2], &[]));
    // A whole day that the bank completed later.
    check(&[1, 2, 1, 3, 4], WHOLE, told(&[0, 0, 1, 0, 0], &[1, 1, 1, 1, 0]));
    // A line that could not be read then and comes alone now.
    check(&[7], NOTHING, told(&[0], &[0]));
    let mut known = known.clone();
    known.add(shown(&[7]), true, true, false);
    assert_eq!(known.len(), 5, "one line does not replace the day");
    known.add(
        Shown {
            prints: vec![1],
            ordinals: vec![0],
            seen: vec![true],
        },
        false,
        false,
        false,
    );
    assert_eq!(known.len(), 5);
}

/// Imports windows of one sequence one after the other as files of a day that is never shown whole, and returns
/// (print, ordinal) of what was taken as new, or none when an import stopped.
fn imported(sequence: &[Print], windows: &[(usize, usize)]) -> Option<Vec<(Print, u32)>> {
    let mut known = Earlier::default();
    let mut gifts = Vec::new();
    for &(from, to) in windows {
        let prints = sequence[from..to].to_vec();
        match judge(&known, &prints, NOTHING) {
            Verdict::CannotTell(_) => return None,
            Verdict::Told(Told { ordinals, seen }) => {
                let new = prints
                    .iter()
                    .zip(&ordinals)
                    .zip(&seen)
                    .filter(|&(_, &seen)| !seen);
                gifts.extend(new.map(|((&print, &ordinal), _)| (print, ordinal)));
                known.add(
                    Shown {
                        prints,
                        ordinals,
                        seen,
                    },
                    false,
                    false,
                    false,
                );
            }
        }
    }
    gifts.sort_unstable();
    Some(gifts)
}

/// What really is there: the lines that the windows cover, each once.
fn covered(sequence: &[Print], windows: &[(usize, usize)]) -> Vec<(Print, u32)> {
    let places = (0..sequence.len()).filter(|&at| windows.iter().any(|&(from, to)| from <= at && at < to));
    let prints: Vec<Print> = places.map(|at| sequence[at]).collect();
    let mut gifts: Vec<(Print, u32)> = prints.iter().copied().zip(ordinals(&prints)).collect();
    gifts.sort_unstable();
    gifts
}

/// The one thing that is taken for granted: the same two different lines do not follow each other twice in a day.
fn no_pair_twice(sequence: &[Print]) -> bool {
    let pairs: Vec<_> = sequence.windows(2).filter(|pair| pair[0] != pair[1]).collect();
    (0..pairs.len()).all(|at| !pairs[at + 1..].contains(&pairs[at]))
}

fn windows(len: usize) -> Vec<(usize, usize)> {
    (0..len)
        .flat_map(|from| (from + 1..=len).map(move |to| (from, to)))
        .collect()
}

#[test]
fn two_windows_of_any_small_sequence_are_told_rightly_or_not_at_all() {
    let (mut right, mut stopped) = (0, 0);
    for len in 1..=6_u32 {
        for code in 0..4_u32.pow(len) {
            let sequence: Vec<Print> = (0..len).map(|at| Print::from(code / 4_u32.pow(at) % 4)).collect();
            if !no_pair_twice(&sequence) {
                continue;
            }
            for first in windows(sequence.len()) {
                for second in windows(sequence.len()) {
                    match imported(&sequence, &[first, second]) {
                        None => stopped += 1,
                        Some(gifts) => {
                            let expected = covered(&sequence, &[first, second]);
                            assert_eq!(gifts, expected, "{sequence:?} {first:?} {second:?}");
                            right += 1;
                        }
                    }
                }
            }
        }
    }
    assert!(
        100_000 < right && 100_000 < stopped,
        "{right} right, {stopped} stopped"
    );
}

#[test]
fn cut_anywhere_without_overlap_different_lines_all_come_in() {
    let sequence: Vec<Print> = (0..50).collect();
    for cut in 1..50 {
        for windows in [[(0, cut), (cut, 50)], [(cut, 50), (0, cut)]] {
            assert_eq!(imported(&sequence, &windows), Some(covered(&sequence, &windows)));
        }
    }
}

#[test]
fn cut_among_identical_lines_stops() {
    let sequence = [1, 2, 2, 2, 3];
    for cut in 1..5 {
        let told = imported(&sequence, &[(0, cut), (cut, 5)]);
        assert_eq!(told.is_some(), !matches!(cut, 2 | 3), "cut at {cut}");
    }
}

#[test]
fn windows_that_meet_later_are_joined() {
    let sequence: Vec<Print> = (0..40).collect();
    for windows in [
        vec![(0, 10), (20, 30), (8, 22), (0, 40)],
        vec![(20, 30), (0, 10), (8, 22), (9, 21), (5, 35)],
        vec![(0, 10), (10, 20), (20, 30), (5, 25), (0, 30)],
        vec![(5, 10), (0, 20), (18, 40), (2, 38)],
    ] {
        assert_eq!(
            imported(&sequence, &windows),
            Some(covered(&sequence, &windows)),
            "{windows:?}"
        );
    }
}

/// Every way in which two lists share one stretch with two different lines, tried one by one.
fn stretches_by_hand(known: &[Print], file: &[Print]) -> Vec<(usize, usize, usize)> {
    let mut found = Vec::new();
    for shift in -(file.len() as isize) + 1..known.len() as isize {
        let in_piece = shift.max(0) as usize;
        let in_window = (-shift).max(0) as usize;
        let len = (known.len() - in_piece).min(file.len() - in_window);
        let (a, b) = (
            &known[in_piece..in_piece + len],
            &file[in_window..in_window + len],
        );
        if a == b && a.iter().any(|print| *print != a[0]) {
            found.push((in_piece, in_window, len));
        }
    }
    found
}

proptest! {
    #[test]
    fn stretches_are_those_found_by_hand(
        known in prop::collection::vec(0..3_u128, 1..14),
        file in prop::collection::vec(0..3_u128, 1..14),
    ) {
        let by_hand = stretches_by_hand(&known, &file);
        let found = stretches(0, &known, &file);
        prop_assert_eq!(found.len(), by_hand.len().min(2));
        for overlap in found {
            prop_assert!(by_hand.contains(&(overlap.in_piece, overlap.in_window, overlap.len)));
        }
    }

    #[test]
    fn many_windows_are_told_rightly_or_not_at_all(
        sequence in prop::collection::vec(0..12_u128, 2..24).prop_filter("a pair twice", |s| no_pair_twice(s)),
        cuts in prop::collection::vec((0..24_usize, 1..24_usize), 1..6),
    ) {
        let windows: Vec<_> = cuts
            .into_iter()
            .map(|(from, len)| (from.min(sequence.len() - 1), (from.min(sequence.len() - 1) + len).min(sequence.len())))
            .collect();
        if let Some(gifts) = imported(&sequence, &windows) {
            prop_assert_eq!(gifts, covered(&sequence, &windows));
        }
    }
}

#[test]
fn a_day_of_hundreds_of_thousands_of_lines_takes_no_quadratic_time() {
    let n = 300_000;
    let different: Vec<Print> = (0..n).collect();
    let cases: [(Vec<Print>, Vec<Print>); 4] = [
        (different[..200_000].to_vec(), different[100_000..].to_vec()),
        (vec![1; 300_000], vec![1; 300_000]),
        (vec![1; 200_000], [vec![1; 200_000], vec![2]].concat()),
        (
            different.iter().map(|n| n % 2).collect(),
            different.iter().map(|n| n % 2).collect(),
        ),
    ];
    let started = std::time::Instant::now();
    for (known, file) in cases {
        judge(&earlier(&known), &file, NOTHING);
    }
    // Linear: well under a second; quadratic: 10^10 steps, minutes.
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
}
