// The Web Vitals of the document, where they are asked for: the library that measures them is
// handed in by a look, and its latest values wait here for the next one.

const vitals = { known: false, values: {} };
const measures = () => vitals.known;
const measure = (library) => {
  vitals.known = true;
  for (const start of [library.onLCP, library.onINP, library.onCLS]) {
    start(({ name, value }) => { vitals.values[name.toLowerCase()] = value; }, { reportAllChanges: true });
  }
};
