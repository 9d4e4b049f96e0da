/* Runs the spotter's Python, away from the page, which stays usable and can end this.

   A message in: {pyodide, sources, data, file}, two addresses, the pasted text as bytes
   and the name to read it under. Messages out: {bytes} loaded so far, {step} in words,
   and then {view}, what docs/_ext/try_it/in_browser/explain.py returns, or {failed}. */

let ready;

async function start({ pyodide, sources }) {
  countBytes();
  postMessage({ step: "Loading Python" });
  // Asked for anew each time, as the spotter changes more often than Python does.
  const archive = fetch(sources, { cache: "no-cache" }).then((it) => it.arrayBuffer());
  const { loadPyodide } = await import(`${pyodide}pyodide.mjs`);
  const python = await loadPyodide({ indexURL: pyodide, packageBaseUrl: pyodide });
  postMessage({ step: "Starting the spotter" });
  python.unpackArchive(await archive, "zip");
  const { explain } = python.pyimport("in_browser.explain");
  return ({ data, file }) => JSON.parse(explain(python.toPy(data), file));
}

/* Report each piece that arrives, which is all there is to see on a slow line, and a
   file that does not arrive: Pyodide would wait for it forever. */
function countBytes() {
  const plain = self.fetch;
  let bytes = 0;
  const counter = () =>
    new TransformStream({
      transform(piece, out) {
        bytes += piece.byteLength;
        postMessage({ bytes });
        out.enqueue(piece);
      },
    });
  self.fetch = async (address, how) => {
    const answer = await plain(address, how).catch(() => null);
    if (!answer?.ok) {
      postMessage({ failed: `${String(address).split("/").pop()} cannot be loaded` });
      throw new TypeError("not loaded");
    }
    // The headers say that it is WebAssembly, which then compiles while it arrives.
    const { status, headers } = answer;
    return new Response(answer.body.pipeThrough(counter()), { status, headers });
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
