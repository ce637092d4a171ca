//! Away from the journey and back to it: what a person does who looks at another page, leaves the
//! tab or the application, or has wandered off and wants to go on. Steps of the journey are in
//! `walker`.

use std::time::{Duration, Instant};

use super::carry;
use super::walker::{Flow, Walker, millis};
use crate::browser::{Aim, Aimed, BrowserError, Settle, Why};
use crate::journey::{Action, Operator};
use crate::oracle::{self, Think};
use crate::perturb::Move;
use crate::perturb::script::{Deed, Manner, Network, Role};
use crate::record::{Outcome, StepRecord};
use crate::route::Route;

/// What Chromium and Firefox show where no page came.
const ERROR_PAGES: [&str; 2] = ["chrome-error:", "about:neterror"];

/// Whether that is shown.
pub(super) fn is_error_page(url: &str) -> bool {
    ERROR_PAGES.iter().any(|page| url.starts_with(page))
}

/// How long people look for something in a window of another size before they make it as it was.
const AT_A_GLANCE: Duration = Duration::from_millis(1500);

/// What people do who cannot find the next step.
#[derive(Debug, Clone, Copy)]
enum Remedy {
    /// They type again what a form has lost or refuses.
    Retype,
    /// They go back to where they were.
    GoBack,
    /// They do again what they find undone.
    Redo,
}

/// How a person who has wandered off gets back to what they were doing.
pub(super) enum WayBack {
    /// With the back button, from a page of the application.
    Button(String),
    /// By the address, from outside.
    Address(String),
}

impl Walker<'_, '_> {
    /// A deviation that is no action of the language.
    pub(super) async fn around(
        &mut self,
        mut record: StepRecord,
        deed: &Deed,
    ) -> Result<Flow, BrowserError> {
        let limit = self.conduct.step_limit;
        if self.look(Aim::Nothing, Settle::AtRest, limit).await?.1 == Flow::Stop {
            return Ok(Flow::Stop);
        }
        let acted = Instant::now();
        match deed {
            Deed::Wait(span) => self.page.pause(self.pace.wait(*span)).await,
            Deed::LookAt(page) if same_page(&self.url, &carry::address(&self.base_url, page)) => {
                return Ok(self.leave_out(record, "they are there already".into()));
            }
            Deed::LookAt(page) => {
                let here = self.url.clone();
                if !self.look_at(page).await? {
                    return Ok(self.leave_out(record, format!("no way leads to {page}")));
                }
                if record.by == Some(Operator::Detour) {
                    self.way_back = Some(WayBack::Button(here));
                } else {
                    self.left = Some(here);
                }
            }
            Deed::ComeBack => return self.come_back(record).await,
            Deed::LeaveTab(span) => {
                self.page.new_tab(Some("about:blank")).await?;
                self.page.pause(self.pace.wait(*span)).await;
                self.page.close_tab().await?;
            }
            Deed::Leave(span) => {
                self.way_back = Some(WayBack::Address(self.url.clone()));
                self.page.goto("about:blank").await?;
                self.page.pause(self.pace.wait(*span)).await;
            }
            Deed::ExpireSession => self.page.expire_session().await?,
            Deed::Network(network) => {
                match self.page.set_network(carry::network(*network)).await {
                    // Not here: the walk is walked without.
                    Err(why @ BrowserError::Unsupported(_)) => {
                        return Ok(self.leave_out(record, why.to_string()));
                    }
                    done => done?,
                }
                if *network == Network::Online && is_error_page(&self.url) {
                    // The page itself did not come through: a person tries again.
                    self.page.reload().await?;
                }
                self.offline = *network == Network::Offline;
                self.was = None;
            }
            Deed::Act { .. } | Deed::LeaveOut => {}
        }
        record.acted = millis(acted.elapsed());
        self.queue(record).await;
        self.photograph().await;
        Ok(Flow::On)
    }

    /// Goes to a page by a link where there is one, else by its address.
    async fn look_at(&mut self, page: &str) -> Result<bool, BrowserError> {
        let Ok(route) = Route::parse(page) else { return Ok(false) };
        let limit = Duration::from_millis(300);
        let (aimed, _) = self.look(Aim::Link(&route), Settle::AtRest, limit).await?;
        if let Aimed::Found(found) = aimed {
            return self.hit(&Action::Go(route), &Manner::AtOnce, &found).await.map(|()| true);
        }
        if !route.is_literal() {
            return Ok(false);
        }
        self.page.goto(&carry::address(&self.base_url, page)).await?;
        Ok(true)
    }

    /// Back, until the page is the one where the detour began; three times at most. What the
    /// first time leads to is judged at once.
    async fn come_back(&mut self, mut record: StepRecord) -> Result<Flow, BrowserError> {
        let Some(left) = self.left.take() else {
            return Ok(self.leave_out(record, "they had not left".into()));
        };
        if self.standing.is_on_path() {
            let page = self.page.ending().await?;
            self.glimpsed.extend(oracle::outcome::lines(&page.text));
        }
        let acted = Instant::now();
        self.page.back().await?;
        record.acted = millis(acted.elapsed());
        self.queue(record).await;
        self.photograph().await;
        let limit = self.conduct.step_limit;
        for _ in 1..3 {
            if self.look(Aim::Nothing, Settle::AtRest, limit).await?.1 == Flow::Stop {
                return Ok(Flow::Stop);
            }
            if same_page(&self.url, &left) {
                break;
            }
            self.page.back().await?;
        }
        Ok(Flow::On)
    }

    /// Looks for what a move aims at. Where it is missing people help themselves, in the order of
    /// what costs them least, and look again.
    pub(super) async fn look_for(
        &mut self,
        m: &Move,
        action: &Action,
        settle: Settle,
        limit: Duration,
        next: &StepRecord,
    ) -> Result<(Aimed, Flow), BrowserError> {
        let is_act = m.role == Role::Step && !matches!(action, Action::Expect(_));
        let (mut aimed, mut flow) = self.look_in_window(action, settle, limit, next).await?;
        for remedy in [Remedy::Retype, Remedy::GoBack, Remedy::Redo] {
            if !matches!(aimed, Aimed::Missing(_)) || flow == Flow::Stop {
                return Ok((aimed, flow));
            }
            let (helped, went_on) = match remedy {
                Remedy::Retype if is_act => self.retype(next).await?,
                Remedy::GoBack => (self.find_back(m.by, next).await?, Flow::On),
                Remedy::Redo if is_act => self.redo(&m.needs, next).await?,
                Remedy::Retype | Remedy::Redo => continue,
            };
            flow = went_on;
            if helped && flow == Flow::On {
                (aimed, flow) = self.look(carry::aim(action), settle, limit).await?;
            }
        }
        if let (Aimed::Missing(missing), Flow::On) = (&aimed, flow)
            && let Some(near) = self.nearest(m, action, missing).await
        {
            aimed = near;
        }
        Ok((aimed, flow))
    }

    /// Looks for what an action aims at. What a window of another size leaves out people look for
    /// in the window as they had it; what they see there and cannot use is told.
    async fn look_in_window(
        &mut self,
        action: &Action,
        settle: Settle,
        limit: Duration,
        next: &StepRecord,
    ) -> Result<(Aimed, Flow), BrowserError> {
        let Some((width, height)) = self.window else {
            return self.look(carry::aim(action), settle, limit).await;
        };
        let (aimed, flow) = self.look(carry::aim(action), settle, limit.min(AT_A_GLANCE)).await?;
        let Aimed::Missing(missing) = &aimed else { return Ok((aimed, flow)) };
        if flow == Flow::On && matches!(missing.why, Why::Absent | Why::Hidden) {
            let record = StepRecord {
                did: "make the window as it was".into(),
                verb: "resize".into(),
                outcome: Outcome::Done,
                ..next.clone()
            };
            self.page.resize(width, height).await?;
            self.window = None;
            self.queue(record).await;
        }
        self.look(carry::aim(action), settle, limit).await
    }

    /// What people do who cannot find the next step because they have wandered off: they go back
    /// to where they were, once. Who has done two things in the wrong order goes back to do the
    /// other, and then on from where they had got to. Gives whether there was a way.
    async fn find_back(
        &mut self,
        by: Option<Operator>,
        next: &StepRecord,
    ) -> Result<bool, BrowserError> {
        let (way, onward) = match self.way_back.take() {
            Some(way) => (way, None),
            None if by == Some(Operator::Swap) => {
                (WayBack::Button(self.acted_on.clone()), Some(WayBack::Address(self.url.clone())))
            }
            None => return Ok(false),
        };
        let (WayBack::Button(there) | WayBack::Address(there)) = &way;
        if there.is_empty() || same_page(&self.url, there) {
            return Ok(false);
        }
        let record = StepRecord {
            did: "go back to where they were".into(),
            verb: "back".into(),
            outcome: Outcome::Done,
            ..next.clone()
        };
        match &way {
            WayBack::Button(_) => self.page.back().await?,
            WayBack::Address(there) => self.page.goto(there).await?,
        }
        self.queue(record).await;
        // The journey knows of no way back: how soon it is taken says nothing about the page.
        self.act.think = Think::Unknown;
        self.way_back = onward;
        if let WayBack::Button(there) = &way {
            let limit = self.conduct.step_limit;
            let (_, flow) = self.look(Aim::Nothing, Settle::AtRest, limit).await?;
            // A tab that was opened since knows nothing of what was before it.
            if flow == Flow::On && !same_page(&self.url, there) {
                self.page.goto(there).await?;
            }
        }
        Ok(true)
    }
}

fn same_page(a: &str, b: &str) -> bool {
    let path = |url: &str| url.split('#').next().unwrap_or_default().to_owned();
    path(a) == path(b)
}
