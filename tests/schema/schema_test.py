"""`tivit-run schema` beside `jsonschema` and Taplo: what is right is taken, what is wrong refused where it is wrong, and editors find what to offer."""
import json
import pathlib
import subprocess
import sys
import tempfile
import tomllib
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOOLS = ROOT / ".deps/test"
BUILD = pathlib.Path(sys.argv.pop()).resolve() if len(sys.argv) > 1 else ROOT / "build"
SCHEMA = BUILD / "share/tivit/graph.schema.json"
sys.path.insert(0, str(TOOLS))
import jsonschema  # noqa: E402

GRAPHS = sorted([*(ROOT / "graphs").glob("*.toml"), *(ROOT / "configs").rglob("*.toml")])
MUSIC = '[stages.music]\nuse = "notes/read"\n'

# A file, and where it is wrong: the path of the value that is refused, and a word of the reason.
WRONG = [
    ("sections are known", "[stage.a]\nuse = 'notes/read'\n", [], "stage"),
    ("a title is text", "title = 3\n", ["title"], "string"),
    ("a stage says what it is", "[stages.music]\nfiles = []\n", ["stages", "music"], "use"),
    ("and is one of those there are", "[stages.music]\nuse = 'notes/raed'\n", ["stages", "music", "use"], "raed"),
    ("a resource is no stage", "[stages.model]\nuse = 'model/perkey'\n", ["stages", "model", "use"], "perkey"),
    ("a stage's name has no dot", "[stages.'a.b']\nuse = 'notes/read'\n", ["stages"], "a.b"),
    ("parameters are known", MUSIC + "fils = []\n", ["stages", "music"], "fils"),
    ("of this stage", MUSIC + "[stages.batch]\nuse = 'batch/stack'\nfiles = []\nin = 'music'\n", ["stages", "batch"], "files"),
    ("a number has a range", "[stages.batch]\nuse = 'batch/stack'\nsize = 0\n", ["stages", "batch", "size"], "minimum"),
    ("and a type", "[stages.batch]\nuse = 'batch/stack'\nsize = 2.5\n", ["stages", "batch", "size"], "integer"),
    ("text stands for a number only with a variable", "[stages.batch]\nuse = 'batch/stack'\nsize = '2'\n", ["stages", "batch", "size"], "match"),
    ("a word is one of a few", "[stages.labels]\nuse = 'labels/read'\nbad_rows = 'skp'\n", ["stages", "labels", "bad_rows"], "skp"),
    ("tables inside are closed", "[stages.c]\nuse = 'data/clips'\nframe_times = { rat = 20 }\n", ["stages", "c", "frame_times"], "rat"),
    ("and typed", "[stages.c]\nuse = 'data/clips'\nframe_times = { offset = '13 mss' }\n", ["stages", "c", "frame_times", "offset"], "match"),
    ("lists hold values of one type", MUSIC + "files = ['a', 3]\n", ["stages", "music", "files"], "valid"),
    ("a source has no input", MUSIC + "in = 'x'\n", ["stages", "music"], "in"),
    ("inputs are known", MUSIC + "[stages.t]\nuse = 'notes/text'\nin = { note = 'music' }\n", ["stages", "t", "in"], "valid"),
    ("the run's settings are known", "[run]\nsed = 1\n", ["run"], "sed"),
    ("and in range", "[run]\nepochs = 0\n", ["run", "epochs"], "minimum"),
    ("bytes have a unit", "[run]\nmemory = '2 Gib'\n", ["run", "memory"], "match"),
    ("failures are dealt with in three ways", "[run]\non_error = 'ignore'\n", ["run", "on_error"], "valid"),
    ("a wait is no longer than half a minute", "[run]\non_error = { do = 'retry', wait = 31 }\n", ["run", "on_error"], "valid"),
    ("and more is said only with what is done", "[run]\non_error = { budget = 3 }\n", ["run", "on_error"], "valid"),
    ("threads are counted", "[runtime]\ndecode_threads = 'two'\n", ["runtime", "decode_threads"], "match"),
    ("an argument's keys are known", "[args]\nto = { set = 'a.b' }\n", ["args", "to"], "set"),
    ("a call says when", "[[after]]\nrun = 'eval.toml'\n", ["after", 0], "every"),
    ("and that is one of three", "[[after]]\nevery = 'day'\nrun = 'eval.toml'\n", ["after", 0, "every"], "valid"),
]


def in_folder(test, text):
    """A file beside the schema, whose first line names it."""
    folder = tempfile.TemporaryDirectory()
    test.addCleanup(folder.cleanup)
    path = pathlib.Path(folder.name).resolve() / "graph.toml"
    path.write_text("#:schema ./graph.schema.json\n" + text)
    (path.parent / "graph.schema.json").write_bytes(SCHEMA.read_bytes())
    return path


def taplo(path, *options):
    command = [TOOLS / "bin/taplo", "check", "--colors", "never", "--no-auto-config", *options, path]
    run = subprocess.run(command, cwd=path.parent, capture_output=True, text=True, timeout=60)
    return run.returncode, run.stdout + run.stderr


class Schema(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.schema = json.loads(SCHEMA.read_text())
        cls.validator = jsonschema.Draft7Validator(cls.schema)

    def faults(self, text):
        return [(list(fault.absolute_path), fault.message + " " + fault.validator) for fault in self.validator.iter_errors(tomllib.loads(text))]

    def test_it_is_a_schema(self):
        jsonschema.Draft7Validator.check_schema(self.schema)

    def test_every_stage_is_in_it_with_its_example(self):
        printed = subprocess.run([BUILD / "bin/tivit-run", "list", "--json"], capture_output=True, check=True).stdout
        stages = json.loads(printed)
        self.assertGreater(len(stages), 50)
        for stage in stages:
            definition = self.schema["definitions"][stage["name"].replace("/", ".")]
            self.assertEqual(definition["properties"]["use"]["const"], stage["name"])
            with self.subTest(stage["name"]):
                self.assertEqual(self.faults(stage["example"]), [])

    def test_graphs_and_their_parts_fit(self):
        self.assertGreater(len(GRAPHS), 30)
        for path in GRAPHS:
            with self.subTest(path):
                self.assertEqual(self.faults(path.read_text()), [])

    def test_what_the_documentation_shows_fits(self):
        count = 0
        for page in sorted({*(ROOT / "docs").glob("*.md")} - {ROOT / "docs/writing-a-stage.md"}):  # that one's stages are its own
            for block in page.read_text().split("```toml\n")[1:]:
                count += 1
                with self.subTest(page.name, block=block[:60]):
                    self.assertEqual(self.faults(block.split("```")[0]), [])
        self.assertGreater(count, 5)

    def test_what_is_wrong_is_refused_where_it_is_wrong(self):
        for name, text, path, word in WRONG:
            with self.subTest(name):
                faults = self.faults(text)
                self.assertIn(path, [where for where, _ in faults])
                self.assertTrue(any(where == path and word in why for where, why in faults), faults)

    def test_taplo_finds_the_schema_by_the_first_line(self):
        right = in_folder(self, 'title = "right"\n' + MUSIC + 'files = ["${env:MIDI:-one.mid}"]\n[run]\nseed = "${seed}"\n[vars]\nseed = 3\n')
        self.assertEqual(taplo(right)[0], 0, taplo(right)[1])
        wrong = in_folder(self, 'title = "wrong"\n[stages.batch]\nuse = "batch/stack"\nsize = 0\n[run]\nsed = 1\n')
        code, said = taplo(wrong)
        self.assertEqual(code, 1)
        self.assertIn("graph.toml:5:8", said)
        self.assertIn("0 is less than the minimum of 1", said)
        self.assertIn("'sed' was unexpected", said)

    def test_taplo_takes_every_graph_of_the_project(self):
        for path in GRAPHS:
            code, said = taplo(path, "--schema", SCHEMA.as_uri())
            self.assertEqual(code, 0, said)

    def offered(self, schema, path):
        """Schemas of what could stand at a path, found as editors find them: they take every alternative and do not follow `if`."""
        if "$ref" in schema:
            schema = self.schema["definitions"][schema["$ref"].removeprefix("#/definitions/")]
        for word in ("oneOf", "anyOf", "allOf"):
            for alternative in schema.get(word, []):
                yield from self.offered(alternative, path)
        if not path:
            yield schema
            return
        if path[0] in schema.get("properties", {}):
            yield from self.offered(schema["properties"][path[0]], path[1:])
        if isinstance(schema.get("additionalProperties"), dict):
            yield from self.offered(schema["additionalProperties"], path[1:])

    def keys(self, *path):
        """What could be typed there, and what is said of it: stages of several kinds may have a parameter of one name."""
        found = {}
        for schema in self.offered(self.schema, path):
            for key, value in schema.get("properties", {}).items():
                found.setdefault(key, []).append(value)
        return found

    def test_editors_find_what_to_offer(self):
        self.assertLessEqual({"title", "include", "stages", "after"}, self.keys().keys())
        self.assertLessEqual({"seed", "on_error", "plugins"}, self.keys("run").keys())
        sizes = self.keys("stages", "batch")["size"]
        self.assertTrue(any("at least 1" in size["description"] and size["default"] > 0 for size in sizes if "integer" in size.get("type", [])), sizes)
        self.assertIn("rate", self.keys("stages", "clips", "frame_times"))
        uses = {schema["const"]: schema["description"] for schema in self.offered(self.schema, ("stages", "x", "use")) if "const" in schema}
        self.assertIn("batch/stack", uses)
        self.assertNotIn("model/perkey", uses)
        self.assertTrue(all(uses.values()))
        modes = [schema["enum"] for schema in self.offered(self.schema, ("run", "mode")) if "enum" in schema]
        self.assertEqual(modes, [["train", "eval"]])


if __name__ == "__main__":
    run = unittest.main(exit=False).result
    bad = len(run.failures) + len(run.errors)
    print(f"cases: {run.testsRun - min(bad, run.testsRun)} passed, {bad} failed, 0 skipped")
    sys.exit(bad > 0)
