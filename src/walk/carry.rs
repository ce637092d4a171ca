//! From a move to what the browser is asked: what a move aims at, and how it is done once the
//! aim is found.

use std::path::PathBuf;

use crate::browser::{
    Aim, BrowserError, Found, Gesture, Network as BrowserNetwork, Page, Readiness,
};
use crate::journey::{Action, ScrollTo};
use crate::perturb::script::{Manner, Network};
use crate::time::Span;

use super::Pace;

/// What an action aims at before it can be done.
#[must_use]
pub fn aim(action: &Action) -> Aim<'_> {
    let (target, readiness) = match action {
        Action::Go(route) => return Aim::Link(route),
        Action::Expect(e) | Action::WaitFor(e) => return Aim::Expectation(e),
        Action::Click(t)
        | Action::DoubleClick(t)
        | Action::RightClick(t)
        | Action::Check(t)
        | Action::Uncheck(t)
        | Action::Drag { from: t, .. } => (t, Readiness::Pointer),
        Action::Hover(t) => (t, Readiness::Hover),
        Action::Fill { target: t, .. }
        | Action::Clear(t)
        | Action::Type { target: Some(t), .. } => (t, Readiness::Editable),
        Action::Select { target: t, .. } => (t, Readiness::Selectable),
        Action::Press { target: Some(t), .. } => (t, Readiness::Press),
        Action::Upload { target: t, .. } | Action::Scroll(ScrollTo::Element(t)) => {
            (t, Readiness::Present)
        }
        _ => return Aim::Nothing,
    };
    Aim::Element { target, readiness }
}

/// Does an action that aims at an element or a link.
///
/// # Errors
/// What the browser says.
pub async fn do_at(
    page: &mut Page<'_>,
    action: &Action,
    manner: &Manner,
    found: &Found,
    pace: Pace,
) -> Result<(), BrowserError> {
    match action {
        Action::Click(_) | Action::Go(_) => page.click(found, Gesture::Click).await,
        Action::DoubleClick(_) => page.click(found, Gesture::Double).await,
        Action::RightClick(_) => page.click(found, Gesture::Right).await,
        Action::Hover(_) => page.click(found, Gesture::Hover).await,
        Action::Check(_) => page.check(found).await,
        Action::Uncheck(_) => page.uncheck(found).await,
        Action::Clear(_) => page.clear(found).await,
        Action::Fill { with, .. } => write(page, found, with.as_str(), manner, pace).await,
        Action::Type { text, .. } => {
            let pause = key_pause(manner, pace);
            page.type_keys(Some(found), text.as_str(), pause).await
        }
        Action::Select { option, .. } => page.select(found, option.as_str()).await,
        Action::Upload { files, .. } => {
            let files: Vec<PathBuf> = files.iter().map(|f| PathBuf::from(f.as_str())).collect();
            page.upload(found, &files).await
        }
        Action::Press { keys, .. } => page.press(keys).await,
        _ => Ok(()),
    }
}

/// How soon a slip is noticed: after the mean interval between two keys (136 million of them,
/// Dhakal et al. 2018, <https://doi.org/10.1145/3173574.3174220>). Nobody is sooner at a fast pace
/// either: a page that is corrected before it knew of the slip is not tried.
const NOTICED: Span = Span::millis(238);

/// Replaces the content of a field, in the manner of the person.
async fn write(
    page: &mut Page<'_>,
    found: &Found,
    text: &str,
    manner: &Manner,
    pace: Pace,
) -> Result<(), BrowserError> {
    match manner {
        Manner::AtOnce => page.fill(found, text).await,
        Manner::KeyByKey(_) => {
            page.clear(found).await?;
            page.type_keys(Some(found), text, key_pause(manner, pace)).await
        }
        Manner::ErasedFirst(slip) => {
            page.fill(found, slip).await?;
            page.pause(pace.wait(NOTICED)).await;
            page.clear(found).await?;
            page.type_keys(Some(found), text, None).await
        }
        Manner::Pasted => page.paste(found, text).await,
    }
}

fn key_pause(manner: &Manner, pace: Pace) -> Option<std::time::Duration> {
    match manner {
        Manner::KeyByKey(span) => Some(pace.key(*span)),
        _ => None,
    }
}

/// Does an action that aims at nothing; `here` is the URL of the current page.
///
/// # Errors
/// What the browser says.
pub async fn do_anywhere(
    page: &mut Page<'_>,
    action: &Action,
    base_url: &str,
    here: &str,
) -> Result<(), BrowserError> {
    match action {
        Action::Visit(url) => page.goto(&address(base_url, url.as_str())).await,
        Action::Type { text, target: None } => page.type_keys(None, text.as_str(), None).await,
        Action::Press { keys, target: None } => page.press(keys).await,
        Action::Scroll(to) => page.scroll(to).await,
        Action::Back => page.back().await,
        Action::Forward => page.forward().await,
        Action::Reload => page.reload().await,
        Action::NewTab(Some(url)) => page.new_tab(Some(&address(base_url, url.as_str()))).await,
        Action::NewTab(None) => page.new_tab(Some(here)).await,
        Action::SwitchTab(number) => page.switch_tab(*number).await,
        Action::CloseTab => page.close_tab().await,
        Action::Resize { width, height } => page.resize(*width, *height).await,
        Action::Dialog(answer) => {
            page.answer_next_dialog(answer).await;
            Ok(())
        }
        _ => Ok(()),
    }
}

/// The network of the browser as the move wants it.
#[must_use]
pub const fn network(network: Network) -> BrowserNetwork {
    match network {
        Network::Offline => BrowserNetwork::Offline,
        Network::Online => BrowserNetwork::Online,
    }
}

/// An address as written in a journey, made whole as a link on the start page would be.
#[must_use]
pub fn address(base_url: &str, written: &str) -> String {
    url::Url::parse(base_url)
        .and_then(|base| base.join(written))
        .map_or_else(|_| written.to_owned(), String::from)
}
