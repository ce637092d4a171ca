//! One file for each kind of mistake; what is shown for it is a snapshot.

use std::fs;
use std::path::Path;

use desirepath::diagnostic::{Color, SourceText};
use desirepath::journey::read;

#[test]
fn every_mistake_is_shown_with_its_place_and_its_fix() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/mistakes");
    let mut files: Vec<_> = fs::read_dir(folder)
        .expect("the folder is part of the repository")
        .map(|entry| entry.expect("its entries can be read").path())
        .collect();
    files.sort();
    assert!(files.len() > 30, "only {} files", files.len());
    for file in files {
        let name = file.file_stem().expect("it has a name").to_string_lossy().into_owned();
        let text = fs::read_to_string(&file).expect("it is a text");
        let reading = read::any(&SourceText::new(format!("{name}.yaml"), text));
        assert!(!reading.diagnostics.is_empty(), "{name} has no mistake");
        assert_eq!(reading.content.is_none(), reading.diagnostics.has_errors(), "{name}");
        insta::assert_snapshot!(name, reading.diagnostics.render(Color::Never));
    }
}
