/** What a job of the harness does. All of it follows from these numbers, so that the checker knows what must be there. */
export interface Program {
  name: string;
  lines: number;
  /** Seconds after each line. */
  pause: number;
  /** A metric is logged after every so many lines; 0 for none. */
  metricEvery: number;
  /** Bytes of `outputs/out.bin`; 0 for none. */
  output: number;
  code: number;
  /** Children that leave the process group, and do not hear SIGTERM. */
  escapes: boolean;
}

export function lineOf(index: number): string {
  return `${index} ${"abcdefghij".repeat(1 + (index % 7))}\n`;
}

/** The whole log of a program that came to its end. */
export function logOf(program: Program): string {
  return Array.from({ length: program.lines }, (_, index) => lineOf(index)).join("");
}

export function metricValue(step: number): number {
  return step * 0.5;
}

/** Byte `index` of the output. */
export function outputByte(index: number): number {
  return (index * 31 + 7) % 251;
}

/**
 * The program as a Python script. What it has done is noted in files of `truth`, outside everything that the engine
 * tidies, after it was done: its start, each line that was written, each metric that was acknowledged, its end.
 */
export function scriptOf(program: Program, truth: string): string {
  return `
import errno, hashlib, json, os, signal, subprocess, sys, time, urllib.error, urllib.request

P = json.loads(${JSON.stringify(JSON.stringify(program))})
T = os.path.join(${JSON.stringify(truth)}, P["name"])
os.makedirs(T, exist_ok=True)

def note(file, text):
    fd = os.open(os.path.join(T, file), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.write(fd, text.encode())
    os.close(fd)

note("starts", "%s %d\\n" % (os.environ["SLIPWAY_JOB_MARKER"], os.getpid()))

if P["escapes"]:
    for how in ("setsid", "double"):
        if os.fork() == 0:
            os.setsid()
            if how == "double" and os.fork() != 0:
                os._exit(0)
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            note("escaped", "%d\\n" % os.getpid())
            while True:
                time.sleep(3600)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)

def metric(step):
    body = json.dumps({"run_id": os.environ["MLFLOW_RUN_ID"], "key": "m", "value": step * 0.5, "timestamp": 1000 + step, "step": step})
    headers = {"Authorization": "Bearer " + os.environ["MLFLOW_TRACKING_TOKEN"], "Content-Type": "application/json"}
    url = os.environ["MLFLOW_TRACKING_URI"] + "/api/2.0/mlflow/runs/log-metric"
    for attempt in range(400):
        try:
            with urllib.request.urlopen(urllib.request.Request(url, body.encode(), headers), timeout=30) as reply:
                reply.read()
            note("metrics", "%d\\n" % step)
            return
        except (urllib.error.URLError, OSError):
            note("full", ".")
            time.sleep(0.05)
    raise SystemExit("the relay did not answer")

for index in range(P["lines"]):
    line = ("%d %s\\n" % (index, "abcdefghij" * (1 + index % 7))).encode()
    while line:
        try:
            line = line[os.write(1, line):]
        except OSError as full:
            if full.errno != errno.ENOSPC:
                raise
            note("full", ".")
            time.sleep(0.05)
    note("lines", ".")
    if P["metricEvery"] and index % P["metricEvery"] == 0:
        metric(index)
    time.sleep(P["pause"])

if P["output"]:
    content = bytes((index * 31 + 7) % 251 for index in range(P["output"]))
    with open("outputs/out.bin", "wb") as out:
        out.write(content)
    note("output", hashlib.sha256(content).hexdigest())
note("end", str(P["code"]))
sys.stdout.flush()
os._exit(P["code"])
`;
}
