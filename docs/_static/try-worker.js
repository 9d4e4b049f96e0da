/* Runs the spotter's Python, away from the page, which stays usable and can end this.

   A message in: {pyodide, sources, data, file}, two addresses, the pasted text as bytes
   and the name to read it under. Messages out: {bytes} loaded so far, {step} in words,
   and then {view}, what docs/_ext/try_it/in_browser/explain.py returns, or {failed}. */

let ready;

async function start({ pyodide, sources }) {
  countBytes();
  postMessage({ step: "Loading Python" });
  // Nothing is kept of it for long: the spotter changes more often than Python.
  const archive = fetch(sources, { cache: "no-cache" }).then((answer) => {
    if (!answer.ok) throw new Error(`the site has no ${sources}`);
    return answer.arrayBuffer();
  });
  const { loadPyodide } = await import(`${pyodide}pyodide.mjs`);
  const python = await loadPyodide({ indexURL: pyodide, packageBaseUrl: pyodide });
  postMessage({ step: "Starting the spotter" });
  python.unpackArchive(await archive, "zip");
  const { explain } = python.pyimport("in_browser.explain");
  return ({ data, file }) => JSON.parse(explain(python.toPy(data), file));
}

/* Report each piece that arrives; it is what a slow line shows for a minute. */
function countBytes() {
  const plain = self.fetch;
  let bytes = 0;
  self.fetch = async (...what) => {
    const answer = await plain(...what);
    if (!answer.ok || !answer.body) return answer;
    const counter = new TransformStream({
      transform(piece, out) {
        bytes += piece.byteLength;
        postMessage({ bytes });
        out.enqueue(piece);
      },
    });
    // The headers say that it is WebAssembly, which then compiles while it arrives.
    const { status, headers } = answer;
    return new Response(answer.body.pipeThrough(counter), { status, headers });
  };
}

self.onmessage = async ({ data: asked }) => {
  try {
    ready ??= start(asked);
    const explain = await ready;
    postMessage({ step: "Reading your text" });
    postMessage({ view: explain(asked) });
  } catch (error) {
    const said = String(error.message ?? error).trim().split("\n");
    postMessage({ failed: said.at(-1) });
  }
};
