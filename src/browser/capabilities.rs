//! What is asked of a driver when a session begins: the capabilities of each kind of browser.
//! Whether they are granted shows when the session is there.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use super::driver::{Display, LaunchOptions};
use super::own::Profile;
use super::session::{LOAD_LIMIT, SCRIPT_LIMIT};
use super::{BrowserError, BrowserKind};

/// Chromium calls home at every start unless it is told not to, draws with a graphics card that
/// it has to emulate, tries features out on some, keeps a renderer in reserve, and loads the pages
/// of its address bar for each context: a busy machine pays for it, and every walk throws it away.
const QUIET: &[&str] = &[
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-gpu",
    "--disable-extensions",
    "--disable-component-extensions-with-background-pages",
    "--mute-audio",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    "--disable-search-engine-choice-screen",
    // A tab in the background keeps its speed, as it would in a window of its own.
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--disable-breakpad",
    "--metrics-recording-only",
    "--disable-field-trial-config",
    "--disable-features=Translate,OptimizationHints,MediaRouter,InterestFeedContentSuggestions,\
     GlobalMediaControls,LensOverlay,SpareRendererForSitePerProcess,PaintHolding,RenderDocument,\
     WebUIOmniboxPopup,WebUIOmniboxAimPopup",
];

/// Firefox under a driver is quiet already; these are what a walk would notice.
fn preferences() -> Value {
    json!({
        // Nobody sees a tab's icon, and every site would be asked for one.
        "browser.chrome.site_icons": false,
        // A tab in the background keeps its speed, as it would in a window of its own.
        "dom.min_background_timeout_value": 4,
        "dom.timeout.enable_budget_timer_throttling": false,
        // Nothing is asked of the world outside.
        "network.captive-portal-service.enabled": false,
        "network.connectivity-service.enabled": false,
        "app.normandy.enabled": false,
        "extensions.getAddons.cache.enabled": false,
        "media.gmp-manager.updateEnabled": false,
        // A page's own questions are answered by us and do not have to be earned by a click.
        "dom.require_user_interaction_for_beforeunload": false,
    })
}

/// A browser on this machine.
#[derive(Debug, Clone, Copy)]
pub(super) struct Local<'a> {
    pub(super) kind: BrowserKind,
    pub(super) program: &'a Path,
    /// The folder for everything that its driver and it keep.
    pub(super) scratch: &'a Path,
    /// Its driver's process, from which all others are.
    pub(super) driver: Option<u32>,
}

impl Local<'_> {
    /// A folder for its profile, where its driver does not make one.
    pub(super) fn profile(&self) -> Result<Option<Profile>, BrowserError> {
        match self.kind {
            BrowserKind::Chromium => Profile::create(self.scratch).map(Some),
            BrowserKind::Firefox | BrowserKind::Webkit => Ok(None),
        }
    }

    /// What a page has a browser download is of no use to anybody, and must not end up in the
    /// folder of whoever runs us.
    fn downloads(&self) -> PathBuf {
        self.scratch.join("downloads")
    }
}

/// What is asked for; `local` for a browser on this machine, `profile` for its folder.
pub(super) fn capabilities(
    options: &LaunchOptions,
    local: Option<&Local<'_>>,
    profile: Option<&Path>,
    bidi: bool,
) -> Map<String, Value> {
    let mut wanted = json!({
        "pageLoadStrategy": "eager",
        // Nobody but us answers dialogs, so that each is told of. Not so `beforeunload`: with BiDi,
        // chromedriver refuses every classic command while one is open.
        "unhandledPromptBehavior": { "default": "ignore", "beforeUnload": "accept" },
        "timeouts": {
            "script": u64::try_from(SCRIPT_LIMIT.as_millis()).unwrap_or(u64::MAX),
            "pageLoad": u64::try_from(LOAD_LIMIT.as_millis()).unwrap_or(u64::MAX),
            "implicit": 0,
        },
    });
    match options.kind {
        BrowserKind::Chromium => {
            wanted["browserName"] = json!("chrome");
            wanted["goog:chromeOptions"] = chromium(options, local, profile);
        }
        BrowserKind::Firefox => {
            wanted["browserName"] = json!("firefox");
            wanted["moz:firefoxOptions"] = firefox(options, local);
        }
        BrowserKind::Webkit => {
            wanted["browserName"] = json!("MiniBrowser");
            // It waits for the document of a page that comes back from memory, which is there.
            wanted["pageLoadStrategy"] = json!("normal");
            // It knows one word for all dialogs only, and leaves a page without asking by itself.
            wanted["unhandledPromptBehavior"] = json!("ignore");
            if let Some(local) = local {
                wanted["webkitgtk:browserOptions"] = webkit(options, local);
            }
        }
    }
    // WebKit's driver has no session for who asks for a socket.
    if bidi && options.kind != BrowserKind::Webkit {
        wanted["webSocketUrl"] = json!(true);
    }
    match wanted {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

fn chromium(options: &LaunchOptions, local: Option<&Local<'_>>, profile: Option<&Path>) -> Value {
    let mut args: Vec<String> = QUIET.iter().map(|arg| (*arg).to_owned()).collect();
    if options.display == Display::Headless {
        args.push("--headless=new".to_owned());
    }
    if let Some(profile) = profile {
        // Chromium's sandbox refuses to run as root: https://crbug.com/638180. Whoever owns the
        // folder that was just made is whom we run as.
        use std::os::unix::fs::MetadataExt as _;
        if profile.metadata().is_ok_and(|folder| folder.uid() == 0) {
            args.push("--no-sandbox".to_owned());
        }
        args.push(format!("--user-data-dir={}", profile.display()));
    }
    args.extend(options.arguments.iter().cloned());
    let mut chrome = json!({ "args": args });
    if let Some(local) = local {
        chrome["binary"] = json!(local.program);
        chrome["prefs"] = json!({
            "download.default_directory": local.downloads(),
            "download.prompt_for_download": false,
        });
    }
    chrome
}

fn firefox(options: &LaunchOptions, local: Option<&Local<'_>>) -> Value {
    let mut args = Vec::new();
    if options.display == Display::Headless {
        args.push("-headless".to_owned());
    }
    args.extend(options.arguments.iter().cloned());
    let mut firefox = json!({ "args": args, "prefs": preferences() });
    if let Some(local) = local {
        firefox["binary"] = json!(local.program);
        // 2: the folder that is named.
        firefox["prefs"]["browser.download.folderList"] = json!(2);
        firefox["prefs"]["browser.download.dir"] = json!(local.downloads());
    }
    firefox
}

fn webkit(options: &LaunchOptions, local: &Local<'_>) -> Value {
    let mut args = vec!["--automation".to_owned()];
    args.extend(options.arguments.iter().cloned());
    json!({ "binary": local.program, "args": args })
}
