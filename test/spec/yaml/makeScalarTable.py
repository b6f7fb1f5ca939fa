"""Writes test/fixtures/spec/scalars.json: what PyYAML 6's SafeLoader makes of some 800 scalars.

Run once, from the repository root, with PyYAML installed:  python3 test/spec/yaml/makeScalarTable.py
"""

import datetime
import itertools
import json
import pathlib

import yaml

WORDS = "y Y n N yes Yes YES yEs no No NO nO true True TRUE tRUE false False FALSE on On ON oN off Off OFF t f T F".split()
NULLS = ["", "~", "null", "Null", "NULL", "nULL", "None", "nil", "~x"]
INTS = (
    "0 1 -1 +1 00 01 010 -010 +010 08 09 0o10 0o7 007 0_7 0_ 1_000 1__0 _1 1_ 0x1F 0xff 0xFF 0xg 0x 0x_ 0x_f -0x1f +0x1f 0X1F "
    "0b101 0b2 0b 0b_ 0b1_0 -0b11 +0b11 0B1 9223372036854775807 9223372036854775808 -9223372036854775809 123456789012345678901234567890 "
    "9007199254740991 9007199254740992 9007199254740993 1e3 1E3 1e+3 1e-3 1e-4 2e-5 1.5e3 1,000 1'000 1 000 --1 +-1 1- 1+ 0-0 0777 0888 00x1 12345 -0 +0"
).split(" ")
FLOATS = (
    "0.0 1.0 -1.0 +1.0 .5 -.5 +.5 5. -5. 1. 0. . .. -. 1.5 1.50 1.0e+5 1.0e-5 1.0e5 1.0E+5 1.e+5 1.e5 .5e+3 .5e3 .5e-3 1_0.5 1.5_0 1._5 ._5 "
    "1e5 1e+5 1.0e 1.0e+ 1.5e+300 1.5e+309 1.0e-400 123456789.123456789 0.1 0.30000000000000004 1.0e+15 1.0e+16 1.0e+17 123456789012345680.0 "
    "1.0e+22 0.0001 0.00001 0.00012 1.0e-04 1.0e-05 1.5e-07 2.5e-323 5.0e-324 .inf -.inf +.inf .Inf .INF .iNF .nan .NaN .NAN -.nan +.nan .Nan inf nan "
    "-0.0 1.7976931348623157e+308 100000000000000000000000.0 0x1.8p3 1.2.3 1.2.3.4 3.10 3.9"
).split(" ")
SEXAGESIMAL = (
    "12:30:00 1:30 01:30 1:60 1:5 190:20:30 -190:20:30 +1:30 1:30.5 190:20:30.15 -1:30.5 0:30 00:30 1:2:3:4 12:30 60:00 59:59 1_0:30 1:3_0 "
    "1:30.5_0 12:30:00.5 12:61:00 0:0 9:9 8080:80 80:8080 22:22 1:1:1 20:59.99 1:30. 1:30.e5"
).split(" ")
DATES = (
    "2024-01-01 2024-12-31 2024-02-29 2023-02-29 2024-13-01 2024-00-10 2024-01-32 2024-1-1 24-01-01 0000-01-01 0001-01-01 9999-12-31 20240101 2024-01 "
    "2024-01-01T00:00:00 2024-01-01T00:00:00Z 2024-1-1T0:00:00 2024-01-01t10:20:30 2024-01-01T10:20:30+02:00 2024-01-01T10:20:30-05:30 2024-01-01T10:20:30+2 "
    "2024-01-01T10:20:30.5 2024-01-01T10:20:30.123456 2024-01-01T10:20:30.123456789Z 2024-01-01T10:20:30. 2024-01-01T24:00:00 2024-01-01T10:60:00 "
    "2024-01-01T10:20:60 2024-01-01T10:20 2024-01-01T10:20:30z 2024-01-01T10:20:30+25:00 2024-01-01T10:20:30-00:00 2024-01-01T10:20:30+00:30 2024-06-30T23:59:59.999999Z"
).split(" ") + [
    "2024-01-01 10:20:30",
    "2024-01-01 10:20:30 Z",
    "2024-01-01 10:20:30 +02:00",
    "2001-12-14 21:59:43.10 -5",
    "2024-01-01  10:20:30",
    "2024-01-01 10:20",
    "2024-01-01 1:20:30",
    "2024-01-01 10:20:30.0000001",
]
ODD = [
    "=", "==", "<<", "<", "a=b", "${{inputs.x}}", "${{ inputs.x }}", "$[[ a ]]", "a b", "a  b", "a#b", "a #b", "a:b", "http://x.y/z", "azureml:a:1",
    "azureml://registries/r/environments/e/labels/latest", "C:\\x", "-x", "- x", "--", "---x", "?x", ":x", "x:", "1 2", "1.0.0", "v1", "1a", "a1", "0a", "1:a",
    "é", "日本", "😀", "a,b", "a]b", "a}b", "'", "''", "'a'", "'1'", '"1"', '"a\\nb"', "'it''s'", '"\\u00e9"', '"\\x41"', '"\\/"', "'true'", '"null"', '""',
    "! 1", "!!str 1", "!!int 1", "!!int '1'", "!!float 1", "!!float '1.5'", "!!bool yes", "!!bool maybe", "!!null x", "!!str", "!!int x", "!!binary aGk=",
    "!!binary a", "!!timestamp 2024-01-01", "!!timestamp x", "!!python/name:os.system", "!custom x", "!!js/function x", "!!python/object/apply:os.system [x]",
    "[]", "{}", "[1, 1.0, yes, ~]", "{a: 1.0, b: [x, 'y']}", "[2024-01-01]", "{2: a, yes: b, ~: c, 1.5: d}", "['a\"b', \"it's\", 'both '' and \"']",
    "&a 1", "*a", "%x", "@x", "`x", "|", ">", "- 1", "NaN", "Infinity", "-Infinity", "TRUEE", "yess", "0.1.2", "+", "-", "_", "1_2_3", "+1_0", "0b1010_1010",
    "0xdead_beef", "a\\tb", '"a\\tb"', "\\n", '"\\0"', '"\\e"', "(.*)\\.jpg", "*.txt", "10kb", "5%", "1/2", "2**3", "1e", "e5", ".e5", "1.5.e5", "0x1e5", "1d", "1f", "1L",
]


def generated():
    for sign, digits, rest in itertools.product(["", "-", "+"], ["0", "7", "10", "0_1", "100"], ["", ".", ".0", ".50", "e5", ".e5", ".0e+5", ".5e-3", ":10", ":99", "_"]):
        yield sign + digits + rest
    for word, change in itertools.product(["yes", "no", "on", "off", "true", "false", "null"], [str.lower, str.upper, str.title, str.swapcase, lambda w: w + "s", lambda w: " " + w + " "]):
        yield change(word)
    for exponent in range(-8, 24):
        yield f"1.25e{exponent:+d}"
        yield repr(float(f"1.5e{exponent}"))
        yield repr(float(f"-123456789e{exponent}"))
    for base, digits in itertools.product(["0b", "0x", "0", "0o"], ["0", "1", "10", "77", "89", "f", "1_1", "_", ""]):
        yield base + digits


def describe(text):
    source = "k: " + text + "\n"
    try:
        value = yaml.safe_load(source)["k"]
    except Exception as error:
        return {"yaml": source, "error": type(error).__name__}
    return {"yaml": source, "type": type(value).__name__, "str": str(value), "repr": repr(value) if not has_date(value) else None}


def has_date(value):
    if isinstance(value, (list, tuple)):
        return any(map(has_date, value))
    if isinstance(value, dict):
        return any(map(has_date, value.values())) or any(map(has_date, value))
    return isinstance(value, (datetime.date, datetime.datetime))


def main():
    seen = dict.fromkeys([*WORDS, *NULLS, *INTS, *FLOATS, *SEXAGESIMAL, *DATES, *ODD, *generated()])
    rows = [describe(text) for text in seen]
    target = pathlib.Path(__file__).parents[2] / "fixtures" / "spec" / "scalars.json"
    target.write_text("[\n" + ",\n".join(json.dumps(row, ensure_ascii=True) for row in rows) + "\n]\n", encoding="utf-8")
    print(len(rows), "scalars", sum("error" in row for row in rows), "errors")


main()
