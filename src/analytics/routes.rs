//! Paths → routes: which parts of a path vary, as the data shows it. Pure: the same paths with the
//! same users give the same routes in whatever order they come.

use std::collections::BTreeMap;

use serde::Serialize;

use super::crowd::{Crowd, Crowds};
use super::redact::personal;
use crate::route::Route;

/// More different values than this at one position are the values of a variable; under the root,
/// where the parts of a site lie beside each other, it takes more.
const MANY: usize = 20;
const MANY_AT_ROOT: usize = 60;
/// What ends a path behind which another begins, in the fragment.
const MARKS: [char; 2] = ['#', '!'];
/// A value with at least this share of its position is a place of its own beside the variable.
const PROMINENT: f64 = 0.05;
/// How many examples of a route are shown.
const EXAMPLES: usize = 3;

/// A path that somebody was on, or that a link led to.
#[derive(Debug)]
pub(super) struct Visited<'a> {
    pub(super) path: &'a str,
    /// How often the page came.
    pub(super) views: u64,
    /// Everything that happened there.
    pub(super) weight: u64,
}

/// A row of the table that is shown of the routes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RouteRow {
    /// The route.
    #[serde(serialize_with = "as_text")]
    pub route: Route,
    /// How often its pages came.
    pub views: u64,
    /// The share of all views, 0 to 1.
    pub share: f64,
    /// How many different paths it stands for, those with identifiers counted as one.
    pub paths: usize,
    /// The most frequent of its paths that enough users were on, for a folded route.
    pub examples: Vec<String>,
}

fn as_text<S: serde::Serializer>(route: &Route, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(route.as_str())
}

/// The routes of many paths.
#[derive(Debug)]
pub(super) struct Folded {
    /// The route of each path, by its number.
    pub(super) of: Vec<Route>,
    pub(super) table: Vec<RouteRow>,
    /// How many paths would have a route of their own, had enough users been there.
    pub(super) rare: usize,
}

/// Folds paths. `crowds` has the users of each path under the same number; `given` are the routes
/// that somebody has named, which go over everything else.
pub(super) fn fold(
    visited: &[Visited<'_>],
    crowds: &Crowds,
    least: Crowd,
    given: &[Route],
) -> Folded {
    let mut given: Vec<&Route> = given.iter().collect();
    given.sort_by(|a, b| b.specificity().cmp(&a.specificity()).then_with(|| a.cmp(b)));
    let mut folding = Folding { visited, crowds, least, of: vec![None; visited.len()], rare: 0 };
    let mut open = Vec::new();
    for (number, visited) in visited.iter().enumerate() {
        match given.iter().find(|route| route.matches(visited.path)) {
            Some(route) => folding.of[number] = Some((*route).clone()),
            None => open.push((visited.path.trim_start_matches('/'), number)),
        }
    }
    folding.level("", &open, 0);
    let rare = folding.rare;
    let root = Route::parse("/").expect("the shortest route");
    let of: Vec<Route> =
        folding.of.into_iter().map(|route| route.unwrap_or_else(|| root.clone())).collect();
    let table = table(visited, crowds, &of);
    Folded { of, table, rare }
}

struct Folding<'a> {
    visited: &'a [Visited<'a>],
    crowds: &'a Crowds,
    least: Crowd,
    of: Vec<Option<Route>>,
    rare: usize,
}

impl Folding<'_> {
    /// Decides on one position of the paths that are alike before it: `rest` is what follows.
    fn level(&mut self, prefix: &str, open: &[(&str, usize)], depth: usize) {
        let mut children: BTreeMap<&str, Vec<(&str, usize)>> = BTreeMap::new();
        for &(rest, number) in open {
            if rest.is_empty() {
                let route = if prefix.is_empty() { "/" } else { prefix };
                self.of[number] = Route::parse(route).ok();
            } else {
                let (segment, rest) = rest.split_once('/').unwrap_or((rest, ""));
                children.entry(segment).or_default().push((rest, number));
            }
        }
        let total: u64 = children.values().flatten().map(|&(_, n)| self.visited[n].weight).sum();
        let many = if depth == 0 || prefix.ends_with(MARKS) { MANY_AT_ROOT } else { MANY };
        let varies = children.len() > many;
        let mut next: BTreeMap<&str, Vec<(&str, usize)>> = BTreeMap::new();
        for (segment, paths) in children {
            let weight: u64 = paths.iter().map(|&(_, n)| self.visited[n].weight).sum();
            #[expect(clippy::cast_precision_loss, reason = "a share needs no more precision")]
            let prominent = weight as f64 >= PROMINENT * total as f64;
            let name = if segment.starts_with([':', '#']) || segment == "*" {
                segment
            } else if personal(segment).is_some() {
                ":id"
            } else if varies && !prominent {
                ":slug"
            } else if !self.is_shared(&paths) {
                self.rare += paths.len();
                ":slug"
            } else {
                segment
            };
            next.entry(name).or_default().extend(paths);
        }
        for (name, paths) in next {
            let prefix = format!("{prefix}/{name}");
            self.level(&prefix, &paths, depth + 1);
        }
    }

    /// Whether enough users were on any of these paths.
    fn is_shared(&self, paths: &[(&str, usize)]) -> bool {
        let mut together = Crowds::new(self.least);
        let crowd = together.push();
        paths.iter().any(|&(_, number)| {
            together.join(crowd, self.crowds.of(number));
            together.is_enough(crowd)
        })
    }
}

fn table(visited: &[Visited<'_>], crowds: &Crowds, of: &[Route]) -> Vec<RouteRow> {
    let total: u64 = visited.iter().map(|v| v.views).sum();
    let mut rows: BTreeMap<&Route, (u64, Vec<usize>)> = BTreeMap::new();
    for (number, route) in of.iter().enumerate() {
        if visited[number].views > 0 {
            let row = rows.entry(route).or_default();
            row.0 += visited[number].views;
            row.1.push(number);
        }
    }
    let mut table: Vec<RouteRow> = rows
        .into_iter()
        .map(|(route, (views, mut paths))| {
            paths.sort_by(|&a, &b| {
                let by_views = visited[b].views.cmp(&visited[a].views);
                by_views.then_with(|| visited[a].path.cmp(visited[b].path))
            });
            let shown = |&&number: &&usize| {
                let path = visited[number].path;
                crowds.is_enough(number)
                    && personal(path).is_none()
                    && shape(path) != route.as_str()
            };
            #[expect(clippy::cast_precision_loss, reason = "a share needs no more precision")]
            let share = if total == 0 { 0.0 } else { views as f64 / total as f64 };
            RouteRow {
                examples: paths
                    .iter()
                    .filter(shown)
                    .take(EXAMPLES)
                    .map(|&number| shape(visited[number].path))
                    .collect(),
                paths: paths.len(),
                route: route.clone(),
                views,
                share,
            }
        })
        .collect();
    table.sort_by(|a, b| b.views.cmp(&a.views).then_with(|| a.route.cmp(&b.route)));
    table
}

/// A path as a route has it.
fn shape(path: &str) -> String {
    Route::parse(path).map_or_else(|_| path.to_owned(), |route| route.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn routes(paths: &[(String, u64)], users: u64, given: &[&str]) -> Vec<(String, String)> {
        let least = Crowd::DEFAULT;
        let mut crowds = Crowds::new(least);
        let visited: Vec<Visited<'_>> = paths
            .iter()
            .map(|(path, views)| {
                let number = crowds.push();
                (0..users).for_each(|user| crowds.add(number, user));
                Visited { path, views: *views, weight: *views }
            })
            .collect();
        let given: Vec<Route> = given.iter().map(|r| Route::parse(r).expect("a route")).collect();
        let folded = fold(&visited, &crowds, least, &given);
        visited.iter().zip(&folded.of).map(|(v, r)| (v.path.to_owned(), r.to_string())).collect()
    }

    fn of<'a>(routes: &'a [(String, String)], path: &str) -> &'a str {
        &routes.iter().find(|(p, _)| p == path).expect("the path").1
    }

    #[test]
    fn a_position_with_many_values_varies_except_for_its_prominent_ones() {
        let mut paths: Vec<(String, u64)> =
            (0..40).map(|n| (format!("/product/mug-{n}"), 10)).collect();
        paths.extend((0..40).map(|n| (format!("/product/mug-{n}/reviews"), 2)));
        paths.push(("/product/new".into(), 100));
        paths.push(("/cart".into(), 3));
        paths.push(("/".into(), 9));
        let found = routes(&paths, 9, &[]);
        assert_eq!(of(&found, "/product/mug-7"), "/product/:slug");
        assert_eq!(of(&found, "/product/mug-7/reviews"), "/product/:slug/reviews");
        assert_eq!(of(&found, "/product/new"), "/product/new");
        assert_eq!(of(&found, "/cart"), "/cart");
        assert_eq!(of(&found, "/"), "/");
        let given = routes(&paths, 9, &["/product/:name", "/product/:name/*"]);
        assert_eq!(of(&given, "/product/mug-7"), "/product/:name");
        assert_eq!(of(&given, "/product/mug-7/reviews"), "/product/:name/*");
    }

    #[test]
    fn a_path_behind_a_hash_is_folded_like_any_other() {
        let mut paths: Vec<(String, u64)> =
            (0..40).map(|n| (format!("/app/#/product/mug-{n}"), 10)).collect();
        paths.push(("/app/#/cart".into(), 30));
        paths.push(("/app".into(), 30));
        let found = routes(&paths, 9, &[]);
        assert_eq!(of(&found, "/app/#/product/mug-7"), "/app#/product/:slug");
        assert_eq!(of(&found, "/app/#/cart"), "/app#/cart");
        assert_eq!(of(&found, "/app"), "/app");
        let given = routes(&paths, 9, &["/app#/product/:name"]);
        assert_eq!(of(&given, "/app/#/product/mug-7"), "/app#/product/:name");
        let rare = routes(&paths, 4, &[]);
        assert_eq!(of(&rare, "/app/#/cart"), "/:slug#/:slug");
    }

    #[test]
    fn what_few_users_saw_is_folded() {
        let paths = [("/user/jane-doe".to_owned(), 100), ("/user/:id".to_owned(), 1)];
        let found = routes(&paths, 4, &[]);
        assert_eq!(of(&found, "/user/jane-doe"), "/:slug/:slug");
        let found = routes(&paths, 5, &[]);
        assert_eq!(of(&found, "/user/jane-doe"), "/user/jane-doe");
        assert_eq!(of(&found, "/user/:id"), "/user/:id");
    }
}
