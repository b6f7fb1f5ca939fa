"""Writes test/fixtures/spec/documents.json: which YAML documents PyYAML 6 reads, and what it makes of them.

Run once, from the repository root, with PyYAML installed:  python3 test/spec/yaml/makeDocumentTable.py
"""

import json
import pathlib

import yaml

DOCUMENTS = [
    "", "\n", "# only a comment\n", "---\n", "---\n# c\n", "a: 1\n...\n", "--- a\n", "---\na: 1\n---\nb: 2\n", "%YAML 1.1\n---\na: 1\n", "%YAML 1.2\n---\na: 1\n", "%YAML 2.0\n---\na: 1\n",
    "\ufeffa: 1\n", "a: 1", "a: 1\r\nb: 2\r\n", "a: 1\rb: 2\r", "a:\n  b: 1\n  c: 2\n", "a:\n    b: 1\n  c: 2\n", "a:\n  b: 1\n c: 2\n", " a: 1\n b: 2\n", " a: 1\nb: 2\n",
    "a: b: c\n", "a: 'b': c\n", "a: {b: c}\n", "a: {b:c}\n", "a: {b: c, d}\n", "a: {b, c}\n", "a: [b, c,]\n", "a: [b,, c]\n", "a: {b: c,}\n", "a: [b: c]\n", "a: [b, c: d]\n", "a: [\n  b,\n  c\n]\n", "a: [\nb\n]\n",
    "a: {b: [c, {d: e}]}\n", "a: [1\n", "a: {1\n", "a: ]\n", "a: b]\n", "a: }\n", "a: [b]c\n", "a: {{x}}\n", "a: {{ x }}\n", "{{x}}: a\n", "a: [[x]]\n", "a: '{{x}}'\n", "a: x {{y}}\n", "a: ${{x}}\n", "a: ${{x}} {{y}}\n", "? [a]\n: b\n", "? a\n: b\n", "? a\n", "[a]: b\n", "{a: b}: c\n",
    "a: 'x\n", 'a: "x\n', "a: 'x' y\n", 'a: "x" y\n', "a: 'x'\n  y\n", "a: x\n  y\n  z\n", "a: x\n\n  y\n", "a: 'x\n  y\n\n  z'\n", 'a: "x\\\n  y"\n', 'a: "\\q"\n', 'a: "\\x4"\n', "a: 'it''s'\n", "'a': 1\n", '"a": 1\n', "'a':1\n", '{"a":1}\n', "{'a':1}\n", '{"a":"b"}\n', "{a:1}\n",
    "a: |\n  x\n  y\n", "a: |-\n  x\n  y\n", "a: |+\n  x\n\n", "a: >\n  x\n  y\n", "a: >-\n  x\n\n  y\n", "a: >\n  x\n   y\n  z\n", "a: |2\n   x\n  y\n", "a: |\n x\n  y\n", "a: |\nb: 1\n", "a: | # c\n  x\n", "a: |x\n  y\n", "a: >-\n  x &&\n  y\nb: 2\n", "a: |\n  x\n y\n", "a: |\n\n  x\n", "a: >+\n  x\n\n\nb: 1\n",
    "- a\n- b\n", "-a\n", "- - a\n  - b\n", "a:\n- b\n- c\n", "a:\n  - b\n  - c\n", "a:\n  - b\n - c\n", "a:\n- b\nc: d\n", "- a: 1\n  b: 2\n- c\n", "- a: 1\n b: 2\n", "a: - b\n", "a: - b\n   - c\n", "-\n  a: 1\n", "- \n- a\n", "a:\n -\n  b: 1\n",
    "a: &x 1\nb: *x\n", "a: *x\n", "a: &x\n  b: 1\nc:\n  <<: *x\n  d: 2\n", "a: &x {b: 1}\nc: {<<: *x, b: 2}\n", "a: &x {b: 1}\ny: &y {b: 3, z: 4}\nc: {<<: [*x, *y], d: 2}\n", "a: &x [1]\nc: {<<: *x}\n", "a: {<<: 1}\n", "a: {<<: {b: 1}, b: 2}\n", "a: {'<<': 1}\n", "&x a: 1\nb: *x\n", "*x : 1\n", "a: &x &y 1\n", "a: &x\nb: *x\n", "a: & 1\n", "a: * 1\n", "a: *x,\n",
    "a: 1\na: 2\n", "a: {b: 1, b: 2}\n", "a: 1\n'a': 2\n",
    "a:\t1\n", "a: 1\t\n", "\ta: 1\n", "a:\n\tb: 1\n", "a: 'x\ty'\n", "a: x\ty\n", "a: |\n  x\ty\n", "a: |\n\tx\n", "# a\tb\nc: 1\n", "a: 1 #\tx\n", "a: 1\t# x\n", "a: [1,\t2]\n", "a: {b:\t1}\n", "-\ta\n", "a: \"x\n\ty\"\n",
    "a: @x\n", "a: `x`\n", "a: %x\n", "%a: x\n", "a: ,x\n", "a: [,]\n", "a: #x\n", "a: x#y\n", "a: x #y\n", "a:#x\n", "#a: x\n", "a: !x\n", "a: !x y\n", "a: !!map {b: 1}\n", "a: !!seq [1]\n", "a: !!map [1]\n", "a: !!set {b}\n", "a: !!python/tuple [1]\n", "!!python/object:x.Y {}\n", "a: !!python/object/new:os.system [x]\n", "a: !<tag:yaml.org,2002:str> 1\n", "%TAG ! tag:x,2000:\n---\na: !y 1\n", "%TAG !e! tag:yaml.org,2002:\n---\na: !e!str 1\n",
    "a: b\n c: d\n", "a\n", "a b\n", "a\nb: 1\n", "a: 1\nb\n", "a: 1\n  b: 2\n", "a:\n  b\n  c: 1\n", "a: 'b'\n  c: 1\n", "a: 1\n\n\n\nb: 2\n", "a:    1\n", "a :  1\n", "a : 1\n", "a  : 1\n", ": 1\n", "a::b\n", "a:: b\n", "a: :b\n", "a: b:\n", "a: b :c\n", "a: http://x.y/z?a=b&c=d#e\n", "a: [http://x.y/z]\n", "a: [http://x.y/z?q]\n", "a: {u: http://x.y:80/z}\n", "a: [a?b]\n", "a: [?b]\n", "a: {a?: b}\n", "a: [- b]\n", "a: [-b]\n", "a: -\n", "a: ?\n", "a: ? b\n", "a: -b\n", "a: ?b\n",
    "a: \u0085b\n", "a: \u2028b\n", "a: \u00a0b\n", "a: b\u0000c\n", "a: \u0007\n", "a: \ufffe\n", "a: \ud83d\ude00\n".encode("utf-16", "surrogatepass").decode("utf-16"), "é: 1\n", "a: \x7f\n", 'a: "\\ud83d"\n',
    "command: >-\n  python a.py\n  --x ${{inputs.x}}\n  $[[--y ${{inputs.y}}]]\n", "a: |\n  if [ x ]; then\n    y\n  fi\nb: c\n", "a: b \\\n  c\n", "a: >\n    b\n    c\n  \nd: 1\n", "inputs:\n  x:\n    type: uri_file\n\n    path: azureml:a:1\n", "x: {type: uri_file, path: https://a.b/c.csv}\n", "x: a, b\n", "x: [a, b\ny: 1\n", "x: 'a\ny: 1\n", "x: \"a: b\"\n", "x: a: \n", "x: a:\n", "- x: 1\n- y\nz: 1\n",
]


def main():
    rows = []
    for text in DOCUMENTS:
        try:
            rows.append({"yaml": text, "repr": repr(yaml.safe_load(text))})
        except Exception as error:
            rows.append({"yaml": text, "error": type(error).__name__})
    target = pathlib.Path(__file__).parents[2] / "fixtures" / "spec" / "documents.json"
    target.write_text("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n", encoding="utf-8")
    print(len(rows), "documents", sum("error" in row for row in rows), "errors")


main()
