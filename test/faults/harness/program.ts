/** What a job of the harness does. All of it follows from these numbers, so that the checker knows what must be there. */
export interface Program {
  name: string;
  lines: number;
  /** Seconds after each line. */
  pause: number;
  /** A metric is logged after every so many lines; 0 for none. */
  metricEvery: number;
  /** A file is uploaded through the tracking API after every so many lines; 0 for none. */
  uploadEvery: number;
  /** Bytes of `outputs/out.bin`; 0 for none. */
  output: number;
  code: number;
  /** Children that leave the process group, and do not hear SIGTERM. */
  escapes: boolean;
  /** Seconds that the job may run. */
  timeout?: number;
  /** Python lines that run after all lines were written, before the output. */
  then?: string;
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

def call(method, path, body, kind):
    headers = {"Authorization": "Bearer " + os.environ["MLFLOW_TRACKING_TOKEN"], "Content-Type": kind}
    url = os.environ["MLFLOW_TRACKING_URI"] + path
    for attempt in range(400):
        try:
            with urllib.request.urlopen(urllib.request.Request(url, body, headers, method=method), timeout=30) as reply:
                reply.read()
            return
        except (urllib.error.URLError, OSError):
            note("full", ".")
            time.sleep(0.05)
    raise SystemExit("the relay did not answer")

def metric(step):
    body = {"run_id": os.environ["MLFLOW_RUN_ID"], "key": "m", "value": step * 0.5, "timestamp": 1000 + step, "step": step}
    call("POST", "/api/2.0/mlflow/runs/log-metric", json.dumps(body).encode(), "application/json")
    note("metrics", "%d\\n" % step)

def upload(index):
    content = b"%d " % index * 3000
    root = "/api/2.0/mlflow-artifacts/artifacts/%s/%s/artifacts" % (os.environ["MLFLOW_EXPERIMENT_ID"], os.environ["MLFLOW_RUN_ID"])
    call("PUT", "%s/up/%d.bin" % (root, index), content, "application/octet-stream")
    note("uploads", "up/%d.bin %s\\n" % (index, hashlib.sha256(content).hexdigest()))

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
    if P["uploadEvery"] and index % P["uploadEvery"] == 0:
        upload(index)
    time.sleep(P["pause"])

${program.then ?? ""}
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
