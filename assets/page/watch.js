// What the page is busy with: requests of scripts that have not ended, changes of the document,
// and the exceptions and rejections that nothing caught. It listens and changes nothing: the
// wrapped functions keep their names, lengths, results, errors and timing.

const clock = performance.now.bind(performance);
// Captured before the page can replace them (fake timers, polyfills).
const later = window.setTimeout.bind(window);
const nextFrame = window.requestAnimationFrame.bind(window);

const busy = { requests: new Map(), next: 0, ended: -Infinity, changed: clock(), leaving: null, did: null };
// `did`: when the library acted on the page, if nothing has come of it yet.
const problems = [];

const began = () => {
  const id = busy.next++;
  busy.requests.set(id, clock());
  busy.did = null;
  return () => {
    if (busy.requests.delete(id)) busy.ended = clock();
  };
};

// An answer is there with its head; what a page does with it often waits for the rest. The browser
// tells when that has come, and a stream that goes on is not waited for.
const BODY = 300;
const arrived = new Map();
const awaited = new Set();
if (typeof PerformanceObserver === 'function') {
  new PerformanceObserver((list) => {
    for (const { name, responseEnd } of list.getEntries()) {
      arrived.set(name, responseEnd);
      for (const body of awaited) if (body.url === name) body.end();
    }
    if (arrived.size > 500) arrived.clear();
  }).observe({ type: 'resource', buffered: false });
}
const bodyOf = (url, since, end) => {
  if (typeof PerformanceObserver !== 'function' || !url.startsWith('http') || arrived.get(url) >= since) return end();
  const body = { url, end: () => { awaited.delete(body); end(); } };
  awaited.add(body);
  return later(body.end, BODY);
};

// A page that has asked for the next document does not rest, however quiet it is. What only looks
// like leaving (another place in the page, a download, a history that scripts keep) is over at once
// or said to be.
const left = () => { busy.leaving = null; };
if (window.navigation) {
  window.navigation.addEventListener('navigate', (event) => {
    const stays = event.destination.sameDocument || event.hashChange || event.downloadRequest !== null;
    // Whoever listens after us may still call it off.
    if (!stays) later(() => { if (!event.defaultPrevented && !window.navigation.transition) busy.leaving = clock(); }, 0);
  });
  for (const over of ['navigatesuccess', 'navigateerror']) window.navigation.addEventListener(over, left);
} else {
  window.addEventListener('beforeunload', () => { busy.leaving = clock(); });
}
window.addEventListener('pageshow', left);

const RequestOf = window.Request;
// A proxy, not a wrapper function: `toString` still says [native code].
if (typeof window.fetch === 'function') {
  window.fetch = new Proxy(window.fetch, {
    apply(fetch, self, args) {
      const end = began();
      const since = clock();
      carried(() => {
        const [what, how] = args;
        const request = what instanceof RequestOf ? what : null;
        // The body of a `Request` cannot be read without taking it away.
        return [String(how?.method ?? request?.method ?? 'GET'), request?.url ?? what, how?.body ?? request?.body];
      });
      let answer;
      try {
        answer = Reflect.apply(fetch, self, args);
      } catch (error) {
        end();
        throw error;
      }
      // The derived promise goes to the page, so that a failure which it does not handle is
      // still reported as unhandled, and one that it does handle is not.
      return answer.then(
        (response) => { bodyOf(response.url.split('#')[0], since, end); return response; },
        (error) => { end(); throw error; },
      );
    },
  });
}
if (typeof window.XMLHttpRequest === 'function') {
  const proto = window.XMLHttpRequest.prototype;
  const opened = new WeakMap();
  proto.open = new Proxy(proto.open, {
    apply(open, self, args) {
      opened.set(self, [args[0], args[1]]);
      return Reflect.apply(open, self, args);
    },
  });
  proto.send = new Proxy(proto.send, {
    apply(send, self, args) {
      const end = began();
      carried(() => [...(opened.get(self) ?? ['GET', '']).map(String), args[0]]);
      try {
        self.addEventListener('loadend', end, { once: true });
        return Reflect.apply(send, self, args);
      } catch (error) {
        end();
        throw error;
      }
    },
  });
}

const describe = (value) => {
  try {
    if (value instanceof Error || (value && typeof value.message === 'string' && typeof value.name === 'string')) {
      return { message: `${value.name}: ${value.message}`, stack: String(value.stack ?? '') };
    }
    return { message: typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value)), stack: '' };
  } catch {
    return { message: Object.prototype.toString.call(value), stack: '' };
  }
};

const report = (kind, problem) => {
  const told = { kind, at: Math.round(clock()), ...problem };
  if (channel) channel(JSON.stringify(told));
  else if (problems.length < 500) problems.push(told);
};

window.addEventListener('unhandledrejection', (event) => report('rejection', describe(event.reason)), true);
if (!channel) {
  // With a channel, the browser itself reports exceptions and console messages.
  window.addEventListener('error', (event) => {
    if (event instanceof ErrorEvent) {
      report('exception', event.error ? describe(event.error) : { message: event.message, stack: '' });
    }
  }, true);
  for (const level of ['debug', 'log', 'info', 'warn', 'error']) {
    if (typeof console[level] !== 'function') continue;
    console[level] = new Proxy(console[level], {
      apply(write, self, args) {
        report(level, { message: args.map((a) => (typeof a === 'string' ? a : describe(a).message)).join(' '), stack: '' });
        return Reflect.apply(write, self, args);
      },
    });
  }
}

// Not every attribute: an animation that writes `style` in each frame is not work to wait for.
const observeChanges = () => new MutationObserver(() => { busy.changed = clock(); busy.did = null; }).observe(document, {
  subtree: true, childList: true, characterData: true,
  attributes: true, attributeFilter: ['class', 'hidden', 'disabled', 'open', 'value', 'aria-busy'],
});
observeChanges();

// What people do goes through the browser and shows when the browser wants.
for (const type of ['keydown', 'pointerdown', 'pointermove', 'wheel']) {
  window.addEventListener(type, (event) => { if (event.isTrusted) busy.did = null; }, { capture: true, passive: true });
}

const sleep = (ms) => new Promise((resolve) => later(resolve, ms));
// Answers when a frame was drawn. A hidden tab draws none and a busy machine few: the timer keeps
// us going.
let drawing = false, lastDrawn = -Infinity, frameAt = 0;
const frame = () => new Promise((resolve) => {
  let waiting = true;
  const over = (at) => {
    if (!waiting) return;
    waiting = false;
    lastDrawn = clock();
    resolve(at);
  };
  if (!document.hidden) {
    nextFrame((drawn) => {
      drawing = true;
      frameAt = drawn;
      later(() => { drawing = false; }, 0);
      over(drawn);
    });
  }
  later(() => {
    if (document.hidden) frameAt = clock();
    over(clock());
  }, document.hidden ? 16 : 100);
});
// Whether the code that asks runs as part of drawing a frame, where boxes are what is drawn.
const inFrame = () => drawing;
// When the last frame that was really drawn began, by which animations go; a hidden tab's are the
// timer's.
const lastFrame = () => frameAt;

// Calls `seen` in each frame that is really drawn, until the returned function is called.
const watchFrames = (seen) => {
  let going = true;
  const next = () => nextFrame((drawn) => {
    if (!going) return;
    drawing = true;
    frameAt = drawn;
    lastDrawn = clock();
    later(() => { drawing = false; }, 0);
    seen();
    next();
  });
  if (!document.hidden) next();
  return () => { going = false; };
};

// Two frames: with one, a link that asks a server before it leads away was taken for at rest. Nor
// is a page at rest as soon as it is idle: the rest of an answer, or a script that comes later, may
// be on its way.
const QUIET = 30;
const NOISE = 500;

// Whether the page rests: loaded, not being left, no young request of a script pending, none just
// ended, and no change of the document since the look began nor shortly before. What was quiet
// before needs one frame, in which the act before the look shows its effect. It needs none where
// there was no act (`still`), nor where the library did it (`busy.did`), nothing has come of it in
// its own task, and nothing that is looked for has to be drawn (`undrawn`). Requests older than
// `bound` (long polls) and documents that are still loading after it no longer count; nor does a
// document that never stops changing. `glimpse` is called in frames in which nothing but time is
// missing.
const settle = async (until, bound, still, undrawn, glimpse) => {
  const start = clock();
  let wait = 0;
  if (!still) {
    // What the act before has put off (a rejection is told a task later) comes first.
    await sleep(0);
    if (!undrawn || busy.did === null) wait = null;
  }
  busy.did = null;
  for (;;) {
    if (wait === null) await frame();
    else if (wait > 0) await sleep(wait);
    const now = clock();
    const loading = document.readyState !== 'complete' && now < bound;
    let pending = busy.leaving !== null && now - busy.leaving < bound;
    for (const since of busy.requests.values()) pending ||= now - since < bound;
    const stirs = now - busy.ended < QUIET || (now - busy.changed < QUIET && now - start < NOISE);
    if (!loading && !pending && !stirs) {
      let slow = document.readyState !== 'complete';
      for (const since of busy.requests.values()) slow ||= now - since >= bound;
      return slow ? 'overdue' : 'rest';
    }
    if (now >= until) return 'busy';
    // What has changed since the last frame has still to be drawn.
    const stirred = Math.max(busy.changed, busy.ended);
    const drawn = lastDrawn > stirred;
    if (loading || pending || !drawn) wait = null;
    else {
      wait = Math.ceil(stirred + QUIET - now);
      if (drawing) glimpse();
    }
  }
};
