//! The map of an import: pages as boxes from left to right as people reach them, streams between
//! them as bands. It decides where everything lies; colours are the style sheet's.

use crate::report::{visible, words};
use crate::usage::Flow;

/// So many pages are drawn; the table beside the map has them all.
const MOST_PAGES: usize = 18;
/// Streams of a smaller share of sessions are not drawn.
const THINNEST: f64 = 0.008;
/// The same for those that lead back, which are drawn beside the others.
const THINNEST_BACK: f64 = 0.02;
/// The most pages above each other.
const TALLEST: usize = 6;

const BOX_WIDTH: f64 = 152.0;
const COLUMN_GAP: f64 = 92.0;
const ROW_GAP: f64 = 26.0;
const MARGIN: f64 = 44.0;
/// The height of a box through which every session flows, and that of the lowest.
const HIGHEST: f64 = 150.0;
const LOWEST: f64 = 42.0;
/// How far below the boxes the first of the ways back runs.
const LANE: f64 = 11.0;

/// A page on the map.
pub(super) struct Node {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
    /// The middle of the box.
    pub(super) middle: f64,
    pub(super) route: String,
    pub(super) share: String,
    pub(super) told: String,
    column: usize,
    place: usize,
}

/// A stream on the map.
pub(super) struct Band {
    pub(super) path: String,
    pub(super) width: String,
    /// `on` or `back`: a class of the style sheet.
    pub(super) way: &'static str,
    pub(super) told: String,
}

/// The map, ready to be drawn.
pub(super) struct Map {
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) nodes: Vec<Node>,
    pub(super) bands: Vec<Band>,
}

/// Lays the flow out. `None` where there is no page.
pub(super) fn map(flow: &Flow) -> Option<Map> {
    let all = flow.sessions.max(1) as f64;
    let drawn = flow.pages.len().min(MOST_PAGES);
    let columns = columns(flow, drawn);
    let mut nodes: Vec<Node> = Vec::with_capacity(drawn);
    for (column, places) in columns.iter().enumerate() {
        let mut y = MARGIN;
        for &place in places {
            let page = &flow.pages[place];
            let share = page.sessions as f64 / all;
            let height = (share * HIGHEST).max(LOWEST);
            let told = format!(
                "{}: in {} of sessions, first page of {}, last page of {}",
                page.route,
                words::percent(share),
                words::percent(page.begins as f64 / all),
                words::percent(page.ends as f64 / all)
            );
            nodes.push(Node {
                x: MARGIN + column as f64 * (BOX_WIDTH + COLUMN_GAP),
                y,
                width: BOX_WIDTH,
                height,
                middle: 0.0,
                route: short(page.route.as_str()),
                share: words::percent(share),
                told: visible::line(&told).into_owned(),
                column,
                place,
            });
            y += height + ROW_GAP;
        }
    }
    if nodes.is_empty() {
        return None;
    }
    let bottom = nodes.iter().map(|node| node.y + node.height).fold(0.0, f64::max);
    // Short columns stand in the middle of the high ones.
    for column in 0..columns.len() {
        let end =
            nodes.iter().filter(|n| n.column == column).map(|n| n.y + n.height).fold(0.0, f64::max);
        for node in nodes.iter_mut().filter(|node| node.column == column) {
            node.y = rounded(node.y + (bottom - end) / 2.0);
            node.height = rounded(node.height);
            node.middle = rounded(node.y + node.height / 2.0);
        }
    }
    let (bands, lanes) = bands(flow, &nodes, bottom);
    let width = MARGIN * 2.0 + columns.len() as f64 * (BOX_WIDTH + COLUMN_GAP) - COLUMN_GAP;
    Some(Map { width, height: rounded(bottom + lanes + MARGIN), nodes, bands })
}

/// The pages from left to right by how deep in a session they first come, at most so many above
/// each other, the most visited on top.
fn columns(flow: &Flow, drawn: usize) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..drawn).collect();
    order.sort_by(|&a, &b| flow.pages[a].depth.total_cmp(&flow.pages[b].depth).then(a.cmp(&b)));
    let mut columns: Vec<Vec<usize>> = Vec::new();
    let mut begins_at = f64::NEG_INFINITY;
    for place in order {
        let depth = flow.pages[place].depth;
        match columns.last_mut() {
            Some(column) if depth < begins_at + 0.75 && column.len() < TALLEST => {
                column.push(place);
            }
            _ => {
                begins_at = depth;
                columns.push(vec![place]);
            }
        }
    }
    for column in &mut columns {
        column.sort_unstable();
    }
    columns
}

/// A stream with the boxes at its ends and its share of sessions.
type Drawn<'n> = (&'n Node, &'n Node, f64);
/// What a stream is to one of its ends: this end's place, the other's, and the share.
type Side = fn(&Drawn<'_>) -> (usize, usize, f64);

/// The bands, the ways on first and widest first, and how much room the ways back need below.
fn bands(flow: &Flow, nodes: &[Node], bottom: f64) -> (Vec<Band>, f64) {
    let all = flow.sessions.max(1) as f64;
    let node = |place: usize| nodes.iter().find(|node| node.place == place);
    let streams: Vec<Drawn<'_>> = flow
        .streams
        .iter()
        .filter_map(|stream| {
            let share = stream.sessions as f64 / all;
            Some((node(stream.from)?, node(stream.to)?, share)).filter(|_| share >= THINNEST)
        })
        .collect();
    let (on, back): (Vec<_>, Vec<_>) =
        streams.into_iter().partition(|(a, b, _)| b.column > a.column);
    // On either side of a box the bands lie above each other in the order of where they lead.
    let slot = |of: &Node, far: &Node, side: Side| {
        let mut here: Vec<(f64, usize, f64)> = on
            .iter()
            .map(side)
            .filter(|(near, ..)| *near == of.place)
            .map(|(_, other, share)| (node(other).map_or(0.0, |n| n.middle), other, share))
            .collect();
        here.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let total: f64 = here.iter().map(|(.., share)| share * HIGHEST).sum();
        let scale = (of.height / total.max(1e-9)).min(1.0);
        let mut y = of.middle - total * scale / 2.0;
        for (_, other, share) in here {
            let height = share * HIGHEST * scale;
            if other == far.place {
                return (y + height / 2.0, height);
            }
            y += height;
        }
        (of.middle, 1.0)
    };
    let mut bands = Vec::new();
    for (from, to, share) in &on {
        let (y0, out) = slot(from, to, |s| (s.0.place, s.1.place, s.2));
        let (y1, into) = slot(to, from, |s| (s.1.place, s.0.place, s.2));
        let (x0, x1) = (from.x + from.width, to.x);
        let middle = f64::midpoint(x0, x1);
        let path =
            format!("M{x0:.1} {y0:.1}C{middle:.1} {y0:.1} {middle:.1} {y1:.1} {x1:.1} {y1:.1}");
        bands.push(band(path, out.min(into), "on", from, to, *share));
    }
    // The short ways back run nearest to the boxes, so that fewer cross.
    let mut back: Vec<&Drawn<'_>> =
        back.iter().filter(|(.., share)| *share >= THINNEST_BACK).collect();
    back.sort_by_key(|(from, to, _)| (from.column - to.column, from.place, to.place));
    let mut lane = 0;
    for (from, to, share) in back {
        let width = (share * HIGHEST).min(6.0);
        let path = if from.column == to.column {
            // Beside the column, round the boxes between.
            let (x, y0, y1) = (from.x, from.middle, to.middle);
            let out = x - 24.0 - (y1 - y0).abs() * 0.08;
            format!("M{x:.1} {y0:.1}C{out:.1} {y0:.1} {out:.1} {y1:.1} {x:.1} {y1:.1}")
        } else {
            // Out into the gap, down, along below all boxes, and up in the gap before the other.
            lane += 1;
            let y = bottom + f64::from(lane) * LANE;
            let aside = 12.0 + f64::from(lane % 6) * 5.0;
            let (x0, x1) = (from.x + from.width, to.x);
            let (out, into) = (x0 + aside, x1 - aside);
            let (y0, y1) = (from.y + from.height - 7.0, to.y + to.height - 7.0);
            format!(
                "M{x0:.1} {y0:.1}Q{out:.1} {y0:.1} {out:.1} {:.1}V{:.1}Q{out:.1} {y:.1} {:.1} {y:.1}\
                 H{:.1}Q{into:.1} {y:.1} {into:.1} {:.1}V{:.1}Q{into:.1} {y1:.1} {x1:.1} {y1:.1}",
                y0 + 10.0,
                y - 10.0,
                out - 10.0,
                into + 10.0,
                y - 10.0,
                y1 + 10.0
            )
        };
        bands.push(band(path, width, "back", from, to, *share));
    }
    let lanes = f64::from(lane) * LANE;
    (bands, lanes)
}

fn band(path: String, width: f64, way: &'static str, from: &Node, to: &Node, share: f64) -> Band {
    let told = format!("{} → {}: {} of sessions", from.route, to.route, words::percent(share));
    let width = format!("{:.1}", width.max(1.0));
    Band { path, width, way, told: visible::line(&told).into_owned() }
}

fn rounded(x: f64) -> f64 {
    (x * 10.0).round() / 10.0
}

/// The end of a route, which tells more than its beginning, as far as a box is wide.
fn short(route: &str) -> String {
    const FITS: usize = 20;
    let letters: Vec<char> = route.chars().collect();
    let text: String = if letters.len() <= FITS {
        letters.into_iter().collect()
    } else {
        std::iter::once('…').chain(letters[letters.len() - FITS + 1..].iter().copied()).collect()
    };
    visible::line(&text).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::route::Route;
    use crate::usage::flow::{Page, Stream};

    fn page(route: &str, sessions: u64, depth: f64) -> Page {
        let route = Route::parse(route).expect("a route");
        Page { route, sessions, begins: 0, ends: 0, depth }
    }

    #[test]
    fn boxes_lie_apart_and_bands_join_them() {
        let pages = (0..30).map(|n| page(&format!("/p{n}"), 100 - 3 * n, n as f64 / 6.0)).collect();
        let streams = (0..29)
            .flat_map(|n| [(n, n + 1), (n + 1, n), (0, n + 1)])
            .map(|(from, to)| Stream { from, to, sessions: 40 })
            .collect();
        let map = map(&Flow { sessions: 100, pages, streams }).expect("there are pages");
        assert_eq!(map.nodes.len(), MOST_PAGES);
        for (at, a) in map.nodes.iter().enumerate() {
            assert!(a.x + a.width <= map.width && a.y + a.height <= map.height, "{}", a.route);
            for b in &map.nodes[..at] {
                let apart = a.column != b.column || a.y + a.height <= b.y || b.y + b.height <= a.y;
                assert!(apart, "{} lies on {}", a.route, b.route);
            }
        }
        assert!(map.bands.iter().any(|band| band.way == "on"));
        assert!(map.bands.iter().any(|band| band.way == "back"));
        assert!(map.bands.iter().all(|band| !band.path.contains("NaN")));
    }

    #[test]
    fn no_page_is_no_map_and_long_routes_are_cut() {
        assert!(map(&Flow::default()).is_none());
        assert_eq!(short("/a/very/long/route/indeed/:id"), "…ng/route/indeed/:id");
    }
}
