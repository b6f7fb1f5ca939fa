import { describe, expect, test } from "vitest";
import type { ReadyContainer } from "#engine/core/ports/environments.ts";
import { dockerOf, podmanOf, userOptions } from "#engine/containers/containerEngine.ts";
import { readDockerArguments } from "#engine/containers/dockerArguments.ts";
import { condaDockerfile } from "#engine/containers/imageBuild.ts";
import { fullImageName, isImageName } from "#engine/containers/imageName.ts";
import { containerOf } from "#engine/containers/runOptions.ts";

const attempt = { folder: "/t/jobs/w/j/1", job: "j", mounts: [], gpus: null, home: "/t/jobs/w/j/1/home" };
const podman: ReadyContainer = {
  ...{ program: "podman", image: "abc", shell: "/bin/bash", init: true, isRoot: false, gpus: false, resources: [] },
  user: ["--userns=keep-id"],
};

describe("an engine says what it is", () => {
  test("podman: rootless, its range of user ids, its architecture", () => {
    const host = { arch: "arm64", security: { rootless: true }, idMappings: { uidmap: [{ size: 1 }] } };
    const without = podmanOf({ host }, true);
    expect(without).toEqual({ program: "podman", rootless: true, hasUserRange: false, arch: "arm64", gpus: true });
    const idMappings = { uidmap: [{ size: 1 }, { size: 65536 }] };
    expect(podmanOf({ host: { ...host, idMappings } }, false).hasUserRange).toBe(true);
    const asRoot = { arch: "amd64", security: { rootless: false }, idMappings: { uidmap: null } };
    expect(podmanOf({ host: asRoot }, false)).toMatchObject({ rootless: false, hasUserRange: true, gpus: false });
  });

  test("docker: the names of its architectures, NVIDIA's runtime, rootless by its security options", () => {
    const info = { Architecture: "x86_64", Runtimes: { runc: {}, nvidia: {} }, SecurityOptions: ["name=seccomp"] };
    expect(dockerOf(info)).toMatchObject({ program: "docker", arch: "amd64", gpus: true, rootless: false });
    expect(dockerOf({ ...info, SecurityOptions: ["name=rootless"], Runtimes: {} })).toMatchObject({
      rootless: true,
      gpus: false,
    });
  });

  test("files belong to the user, whatever the engine", () => {
    const engine = { ...{ hasUserRange: true, arch: "amd64", gpus: false, uid: 1000, gid: 100 }, rootless: true };
    expect(userOptions({ ...engine, program: "podman" })).toEqual({ options: ["--userns=keep-id"], isRoot: false });
    expect(userOptions({ ...engine, program: "docker" })).toEqual({ options: ["--user=0:0"], isRoot: true });
    const withRights = { ...engine, rootless: false };
    expect(userOptions({ ...withRights, program: "docker" }).options).toEqual(["--user=1000:100"]);
    expect(userOptions({ ...withRights, program: "podman", uid: 0, gid: 0 }).isRoot).toBe(true);
  });
});

describe("the options of a container", () => {
  test("hold what the job needs and no more", () => {
    const mounts = [
      { path: "/t/jobs/w/j/1/wd", readOnly: false },
      { path: "/data/in", readOnly: true },
      { path: "/data/both", readOnly: true },
      { path: "/data/both", readOnly: false },
      { path: "/data/a:b", readOnly: true },
    ];
    const { options, name, image } = containerOf(podman, { ...attempt, mounts });
    expect(options.filter((option) => /volume|mount/u.test(option))).toEqual([
      "--mount=type=bind,source=/data/a:b,target=/data/a:b,readonly",
      "--volume=/data/both:/data/both:rw",
      "--volume=/data/in:/data/in:ro",
      "--volume=/t/jobs/w/j/1/home:/t/jobs/w/j/1/home:rw",
      "--volume=/t/jobs/w/j/1/wd:/t/jobs/w/j/1/wd:rw",
    ]);
    expect(options).toEqual(expect.arrayContaining(["--init", "--network=host", "--userns=keep-id", "--pull=never"]));
    expect(options.join(" ")).not.toMatch(/privileged|device|gpus/u);
    expect(image).toBe("abc");
    expect(containerOf(podman, attempt).name).toBe(name);
    expect(containerOf(podman, { ...attempt, folder: "/t/jobs/w/j/2" }).name).not.toBe(name);
    const neither = { ...attempt, mounts: [{ path: "/a:b,c", readOnly: true }] };
    expect(() => containerOf(podman, neither)).toThrow("colon and a comma");
  });

  test("GPUs: the leased ones by their ids; without a lease all that can be passed on", () => {
    const docker: ReadyContainer = { ...podman, program: "docker", gpus: true };
    const of = (ready: ReadyContainer, gpus: string[] | null) =>
      containerOf(ready, { ...attempt, gpus }).options.filter((option) => /gpu/u.test(option));
    expect(of({ ...podman, gpus: true }, ["GPU-1", "GPU-2"])).toEqual([
      "--device=nvidia.com/gpu=GPU-1",
      "--device=nvidia.com/gpu=GPU-2",
    ]);
    expect(of({ ...podman, gpus: true }, null)).toEqual(["--device=nvidia.com/gpu=all"]);
    expect(of(podman, null)).toEqual([]);
    expect(of(docker, ["GPU-1", "GPU-2"])).toEqual(['--gpus="device=GPU-1,GPU-2"']);
    expect(of(docker, null)).toEqual(["--gpus=all"]);
  });
});

describe("resources.docker_args", () => {
  test("limits, variables and names pass, as text or as a list", () => {
    expect(readDockerArguments("--shm-size 2g -m 1g --ulimit memlock=-1:-1 -e 'A=b c' --read-only")).toEqual({
      options: ["--shm-size=2g", "--memory=1g", "--ulimit=memlock=-1:-1", "--env=A=b c", "--read-only"],
    });
    expect(readDockerArguments(["--ipc=host", "--cpus", "1.5"])).toEqual({ options: ["--ipc=host", "--cpus=1.5"] });
  });

  test.each([
    ["--privileged"],
    ["--volume /:/host"],
    ["-v /:/host"],
    ["--device=/dev/sda"],
    ["--cap-add SYS_ADMIN"],
    ["--security-opt=seccomp=unconfined"],
    ["--pid=host"],
    ["--network none"],
    ["--user 0"],
    ["--memory --privileged"],
    ["--memory"],
    ["--ulimit x"],
    ["image"],
    ["--"],
    ["--constructor=1"],
    ["--env NAME"],
  ])("%s is refused", (given) => {
    expect(readDockerArguments(given)).toHaveProperty("refusal");
  });
});

test("names of images: what is none never becomes an argument", () => {
  for (const good of [
    "python:3.12",
    "localhost/a/b",
    "h:5000/x/y:1",
    `a@sha256:${"0".repeat(64)}`,
    "ghcr.io/o/r__x:v1.2-3",
  ]) {
    expect(isImageName(good), good).toBe(true);
  }
  for (const bad of ["--privileged", "-v", "a b", "a\nb", "a;b", "$(id)", "", "http://x/y", "a:", "../x", "a//b"]) {
    expect(isImageName(bad), bad).toBe(false);
  }
  expect(fullImageName("python:3.12")).toBe("docker.io/library/python:3.12");
  expect(fullImageName("a/b")).toBe("docker.io/a/b");
  expect(fullImageName("localhost/a")).toBe("localhost/a");
  expect(fullImageName("h:5000/a")).toBe("h:5000/a");
});

test("a conda file is installed by the conda that the image has, without a shell", () => {
  expect(condaDockerfile("localhost/slipway/base:1", "/opt/conda/bin/conda")).toContain(
    'RUN ["/opt/conda/bin/conda","env","create","--prefix","/opt/slipway/environment","--file","/opt/slipway/parts/conda.yml"]',
  );
  expect(condaDockerfile("b", "/bin/micromamba")).toContain('RUN ["/bin/micromamba","create","--yes","--prefix"');
});
