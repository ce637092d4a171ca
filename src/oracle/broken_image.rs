//! Broken image: a visible picture that could not be loaded (HTML's image in state *broken*).

use super::Moment;
use crate::record::{Oracle, Severity, Violation};
use crate::route;

/// Warns, once for each picture. Silent on pictures that are still loading, hidden, or vector
/// graphics, which may have no size; and while the walker has cut the network.
pub(super) fn judge(images: &[String], moment: &Moment<'_>) -> Vec<Violation> {
    if moment.offline {
        return Vec::new();
    }
    images.iter().map(|image| violation(image, moment)).collect()
}

fn violation(image: &str, moment: &Moment<'_>) -> Violation {
    let path = super::signature::stable(&route::fold(&route::path(image)));
    let mut violation = moment.violation(Oracle::BrokenImage, Severity::Warn, &path);
    violation.title = format!("the picture {path} is broken");
    violation.message = format!("{image} is to be seen on {} and could not be loaded", moment.url);
    violation.request = Some(format!("GET {image}"));
    violation
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journey::StepId;

    #[test]
    fn one_picture_is_one_defect_wherever_it_is_kept() {
        let step = StepId("s".into());
        let moment = Moment { step: &step, index: 0, did: "", url: "http://shop/", offline: false };
        let a = judge(&["http://shop/img/mug.png?v=1".into()], &moment);
        let b = judge(&["http://shop/img/mug.png?v=2".into()], &moment);
        assert_eq!(a[0].signature, b[0].signature);
        assert!(judge(&["x".into()], &Moment { offline: true, ..moment }).is_empty());
        assert!(judge(&[], &moment).is_empty());
    }
}
