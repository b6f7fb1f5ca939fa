import { describe, expect, test } from "vitest";
import { secretByName, secretsInText } from "#engine/snapshots/secrets.ts";

/** Put together here, so that no scanner takes this file for a leak. */
const made = (...parts: string[]) => parts.join("");
const random = "k3J9xQ7mZp2VtL8wRb4NyC6hFd1GsA5e";

const found: [what: string, line: string][] = [
  ["private key", made("-----BEGIN RSA ", "PRIVATE KEY-----")],
  ["private key", made("-----BEGIN ", "PRIVATE KEY-----")],
  ["AWS access key", made("AK", "IAIOSFODNN7EXAMPLE")],
  ["Azure storage account key", made("DefaultEndpointsProtocol=https;Account", `Key=${random}${random}${random}==`)],
  ["Azure SAS token", made("https://a.blob.core.windows.net/c?sv=2023-01-03&st=x&s", `ig=${random}%3D`)],
  ["GitHub token", made("gh", "p_", "a".repeat(36))],
  ["GitHub token", made("github_", "pat_", "a".repeat(50))],
  ["GitLab token", made("glp", "at-", random)],
  ["Slack token", made("xo", "xb-1234567890-abc")],
  ["Google API key", made("AI", "za", random, "abc")],
  ["OpenAI or Anthropic key", made("s", "k-proj-", random, random)],
  ["Hugging Face token", made("h", "f_", "abcdefghijABCDEFGHIJabcdefghij1234")],
  ["JSON web token", made("ey", "JhbGciOiJIUzI1NiJ9.ey", "JzdWIiOiIxMjM0NTY3ODkwIn0.abcdefghijkl")],
  ["password in a URL", made("postgres://ann:", "hunter2hunter2@db.example.org/x")],
  ["secret in an assignment", `db_password = "${random}"`],
  ["secret in an assignment", `API_KEY: ${random}`],
  ["secret in an assignment", `export CLIENT_SECRET=${random}`],
  ["secret in an assignment", `  "access_token": "${random}",`],
];

const innocent = [
  "password = os.environ['DB_PASSWORD']",
  'password = getpass.getpass("password: ")',
  "api_key = config.api_key",
  'api_key = "your_api_key_here_1234"',
  'secret_name = "production-database-credentials"',
  "token = tokenizer.encode(text)",
  "max_token_length: 1024",
  'SECRET = "xxxxxxxxxxxxxxxxxxxxx1"',
  "password: ${DB_PASSWORD}",
  "# The password must have at least 12 characters",
  "https://example.org/path?sig=none",
  "sha256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'",
  "n_tokens = 12345678901234567890",
  "https://user@example.org/x",
];

describe("a line that looks like a credential", () => {
  test.each(found)("%s", (what, line) => {
    expect(secretsInText(`first line\n${line}\r\nlast line\n`)).toEqual([{ line: 2, what }]);
  });

  test.each(innocent)("is not: %s", (line) => {
    expect(secretsInText(line)).toEqual([]);
  });

  test("a picture in a notebook is not searched for assignments", () => {
    expect(secretsInText(`"secret": "${"ab1".repeat(2000)}"`)).toEqual([]);
  });

  test("at most ten of a file are told", () => {
    expect(secretsInText(`${made("AK", "IAIOSFODNN7EXAMPLE")}\n`.repeat(50))).toHaveLength(10);
  });
});

test.each([
  [".env", "environment file"],
  ["conf/.env.production", "environment file"],
  ["id_ed25519", "SSH private key"],
  ["keys/server.key", "key file"],
  ["cert.pfx", "key file"],
  [".netrc", "credentials file"],
  [".aws/credentials", "credentials file"],
  [".env.example", undefined],
  ["environment.py", undefined],
  ["id_rsa.pub", undefined],
  ["keys.py", undefined],
])("the name %s says: %s", (path, what) => {
  expect(secretByName(path)).toBe(what);
});
