//! Sessions as sequences: all pages of one on a line, in their order, without times. It owns how
//! such a sequence is taken apart.

use super::super::batch::Door;
use super::super::seen::Seen;
use super::super::work::Broken;
use super::mapped::page;
use super::{Source, Took};

/// Marks of comments at the beginning of a line.
const COMMENT: [char; 2] = ['%', '#'];
/// What may stand between pages, the most telling first; without any of them it is white space.
const BETWEEN: [char; 5] = ['\t', ';', '>', '|', ','];
/// In place of a page: back to the one before, as in the paths of games of links.
const BACK: &str = "<";

/// One session on each line.
#[derive(Debug, Default)]
pub(super) struct Paths {
    /// The line that gives numbers their names, as it stands and as words.
    legend: (String, Vec<String>),
}

impl Source for Paths {
    fn begin(&mut self, header: &str) -> Result<(), String> {
        let names = header.split_whitespace().map(str::to_owned).collect();
        self.legend = (header.to_owned(), names);
        Ok(())
    }

    fn take(&mut self, record: &str, door: &mut Door<'_>) -> Result<Took, Broken> {
        let (legend, names) = &self.legend;
        if record.starts_with(COMMENT) || !legend.is_empty() && record == legend {
            return Ok(Took::Heading);
        }
        let at = Some(door.in_place_of_a_time());
        walk(record, names, &Seen { at, ..Seen::default() }, door);
        Ok(Took::Events)
    }
}

/// Offers each page of a sequence, as of this user and session; where these are not told, the
/// record is one session of a user of its own. Numbers that have a name go by it.
pub(super) fn walk(sequence: &str, names: &[String], seen: &Seen<'_>, door: &mut Door<'_>) {
    let record = door.place();
    let user = if seen.user.is_empty() { &record } else { seen.user };
    let session = if seen.session.is_empty() { &record } else { seen.session };
    let mut behind: Vec<&str> = Vec::new();
    for (order, word) in (0..).zip(pages(sequence)) {
        if word == BACK && behind.len() > 1 {
            behind.pop();
        } else {
            behind.push(word);
        }
        let word = behind.last().copied().unwrap_or(word);
        let place = word.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        let name = place.and_then(|place| names.get(place)).map_or(word, String::as_str);
        let url = page(name, "page");
        door.offer(&Seen { user, session, url: &url, order: Some(order), ..seen.clone() });
    }
}

fn pages(sequence: &str) -> impl Iterator<Item = &str> {
    let between = BETWEEN.into_iter().find(|mark| sequence.contains(*mark));
    let ends = move |c: char| between.map_or_else(|| c.is_whitespace(), |mark| c == mark);
    // Of an arrow `->` only the head separates.
    let arrow = between == Some('>');
    let words = sequence.split(ends);
    words
        .map(move |w| if arrow { w.trim().trim_end_matches('-') } else { w }.trim())
        .filter(|w| !w.is_empty())
}

/// The line of a file's beginning that gives names to the numbers in all the others.
pub(in super::super) fn legend(head: &str) -> Option<&str> {
    let mut lines = lines(head);
    let names = lines.next()?;
    let words = names.split_whitespace().count();
    let is_number = |word: &str| word.parse::<usize>().is_ok_and(|n| (1..=words).contains(&n));
    let told = !names.split_whitespace().any(is_number)
        && lines.next().is_some_and(|line| line.split_whitespace().all(is_number));
    told.then_some(names)
}

/// Whether a file that begins so holds sequences of numbers, one session on each line.
pub(in super::super) fn is_told(head: &str) -> bool {
    let all = |line: &&str| line.split_whitespace().all(|word| word.parse::<u32>().is_ok());
    let lines = lines(head).skip(usize::from(legend(head).is_some())).take(50);
    let (numbers, others): (Vec<&str>, Vec<&str>) = lines.partition(all);
    others.is_empty() && numbers.len() > 1 && numbers.iter().any(|l| l.trim().contains(' '))
}

/// The lines of a file's beginning that are no comments. The last may be cut off: it is left out.
fn lines(head: &str) -> impl Iterator<Item = &str> {
    let whole = head.rsplit_once('\n').map_or(head, |(whole, _)| whole);
    whole.lines().filter(|line| !line.trim().is_empty() && !line.starts_with(COMMENT))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sequence_is_taken_apart_by_what_separates_it() {
        let apart = |text: &'static str| pages(text).collect::<Vec<_>>();
        assert_eq!(apart("1 1  2 "), ["1", "1", "2"]);
        assert_eq!(apart("Home page; Cart;<"), ["Home page", "Cart", "<"]);
        assert_eq!(apart("/a -> /b -> /c"), ["/a", "/b", "/c"]);
        assert_eq!(apart("a,b"), ["a", "b"]);
        assert_eq!(apart(" "), Vec::<&str>::new());
    }

    #[test]
    fn numbers_and_their_legend_are_told() {
        let head = "% Different categories:\n\nnews tech local\n\n% Sequences:\n\n1 1 \n2 \n3 2\nx";
        assert_eq!(legend(head), Some("news tech local"));
        assert!(is_told(head));
        assert!(is_told("1 2\n3\n"));
        assert_eq!(legend("1 2\n3\n"), None);
        for other in ["", "1\n2\n", "a b\nc\n", "news tech\n1 2 3\n", "1,2\n3,4\n"] {
            assert!(!is_told(other), "{other}");
        }
    }
}
