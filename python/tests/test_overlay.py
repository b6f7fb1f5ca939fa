"""The overlay of a job's environment: installs stay in it, and every way to start Python sees them."""

import base64
import glob
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
import zipfile

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from slipway.launcher.overlay import create  # noqa: E402

REPORT = "import demo, sys; print(demo.__version__, sys.prefix)"


def make_wheel(folder, version):
    """A wheel with a module, a console script that also starts a child Python, and a data file."""
    module = "\n".join(
        [
            "__version__ = %r" % version,
            "def main():",
            "    import subprocess, sys",
            "    child = subprocess.check_output([sys.executable, '-c', 'import demo; print(demo.__version__)'])",
            "    print(__version__, child.decode().strip(), sys.prefix)",
        ]
    )
    info, data = "demo-%s.dist-info" % version, "demo-%s.data" % version
    files = {
        "demo/__init__.py": module,
        info + "/METADATA": "Metadata-Version: 2.1\nName: demo\nVersion: %s\n" % version,
        info + "/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        info + "/entry_points.txt": "[console_scripts]\ndemo = demo:main\n",
        data + "/data/share/demo/version.txt": version,
    }
    record = ["%s,sha256=%s,%d" % (name, digest(text), len(text)) for name, text in files.items()]
    files[info + "/RECORD"] = "\n".join(record + [info + "/RECORD,,"]) + "\n"
    path = os.path.join(folder, "demo-%s-py3-none-any.whl" % version)
    with zipfile.ZipFile(path, "w") as wheel:
        for name, text in files.items():
            wheel.writestr(name, text)
    return path


def digest(text):
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


def hashes(folder):
    """Every file below `folder` by content; byte code is made anew by whoever imports first."""
    found = {}
    for parent, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name != "__pycache__"]
        for name in files:
            path = os.path.join(parent, name)
            with open(path, "rb") as file:
                found[path] = hashlib.sha256(file.read()).hexdigest()
    return found


class OverlayCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="overlay-test-")
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.wheels = os.path.join(cls.folder, "wheels")
        os.mkdir(cls.wheels)
        for version in ("1.0", "2.0"):
            make_wheel(cls.wheels, version)
        cls.base = cls.make_base()

    @classmethod
    def make_base(cls):
        base = os.path.join(cls.folder, "base")
        cls.call([sys.executable, "-m", "venv", base])
        cls.call([os.path.join(base, "bin", "python"), "-m", "pip", "install", "-q"] + cls.pip_options() + ["demo==1.0"])
        return base

    @classmethod
    def pip_options(cls):
        return ["--no-index", "--find-links", cls.wheels, "--disable-pip-version-check"]

    @staticmethod
    def call(argv, **options):
        env = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PIP_"))}
        env.update(PIP_CONFIG_FILE=os.devnull, **options.pop("env", {}))
        done = subprocess.run(argv, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120, **options)
        text = done.stdout.decode()
        if done.returncode != 0:
            raise AssertionError("%s failed:\n%s" % (argv, text))
        return text.strip()

    def overlay(self, name="overlay", base=None):
        path = os.path.join(tempfile.mkdtemp(dir=self.folder), name)
        python = create(base or self.base, path)
        self.assertEqual(python, os.path.join(path, "bin", "python"))
        return path, python

    def script(self, path, name, *arguments):
        return self.call([os.path.join(path, "bin", name), *arguments])


class Isolation:
    """What holds for every virtual environment as a base."""

    def test_base_packages_are_there(self):
        path, python = self.overlay()
        self.assertEqual(self.call([python, "-c", REPORT]), "1.0 " + path)
        self.assertEqual(self.script(path, "demo"), "1.0 1.0 " + path)
        self.assertIn("pip", self.script(path, "pip", "--version"))

    def test_upgrade_is_seen_everywhere_and_leaves_the_base_alone(self):
        before = hashes(self.base)
        path, python = self.overlay()
        other, other_python = self.overlay()
        self.call([python, "-m", "pip", "install", "-q", "-U"] + self.pip_options() + ["demo"])
        self.assertEqual(self.call([python, "-c", REPORT]), "2.0 " + path)
        self.assertEqual(self.script(path, "demo"), "2.0 2.0 " + path)
        self.assertEqual(self.call([os.path.join(self.base, "bin", "python"), "-c", REPORT]), "1.0 " + self.base)
        self.assertEqual(self.call([other_python, "-c", REPORT]), "1.0 " + other)
        self.assertEqual(hashes(self.base), before)


class ChainedToVenv(Isolation, OverlayCase):
    def test_pip_script_installs_into_the_overlay(self):
        before = hashes(self.base)
        path, python = self.overlay()
        self.script(path, "pip", "install", "-q", "-U", *self.pip_options(), "demo")
        self.assertEqual(self.script(path, "demo"), "2.0 2.0 " + path)
        self.assertEqual(hashes(self.base), before)

    def test_activate_leads_the_path(self):
        path, _python = self.overlay("over lay's")
        text = self.call(["bash", "-c", 'source "$1"; demo; echo "$VIRTUAL_ENV"', "-", os.path.join(path, "bin", "activate")])
        self.assertEqual(text.splitlines(), ["1.0 1.0 " + path, path])

    def test_long_and_spaced_paths_start_through_the_shell(self):
        for name in ("with space", "x" * 150):
            path, _python = self.overlay(name)
            self.assertEqual(self.script(path, "demo"), "1.0 1.0 " + path)

    def test_data_files_are_reachable_and_an_upgrade_does_not_write_into_the_base(self):
        path, python = self.overlay()
        shared = os.path.join(path, "share", "demo", "version.txt")
        with open(shared) as file:
            self.assertEqual(file.read(), "1.0")
        self.call([python, "-m", "pip", "install", "-q", "-U"] + self.pip_options() + ["demo"])
        with open(shared) as file:
            self.assertEqual(file.read(), "2.0")
        with open(os.path.join(self.base, "share", "demo", "version.txt")) as file:
            self.assertEqual(file.read(), "1.0")

    def test_path_files_of_the_base_are_honoured(self):
        base = os.path.join(self.folder, "editable-base")
        if not os.path.exists(base):
            self.call([sys.executable, "-m", "venv", "--without-pip", base])
        source = tempfile.mkdtemp(dir=self.folder)
        with open(os.path.join(source, "edited.py"), "w") as file:
            file.write("value = 7\n")
        site = self.call([os.path.join(base, "bin", "python"), "-c", "import site; print(site.getsitepackages()[0])"])
        with open(os.path.join(site, "edited.pth"), "w") as file:
            file.write(source + "\nimport sys; sys.was_here = True\n")
        _path, python = self.overlay(base=base)
        self.assertEqual(self.call([python, "-c", "import edited, sys; print(edited.value, sys.was_here)"]), "7 True")

    def test_overlay_of_an_overlay(self):
        first, first_python = self.overlay()
        self.call([first_python, "-m", "pip", "install", "-q", "-U"] + self.pip_options() + ["demo"])
        path, python = self.overlay(base=first)
        self.assertEqual(self.call([python, "-c", REPORT]), "2.0 " + path)
        self.assertEqual(self.script(path, "demo"), "2.0 2.0 " + path)

    def test_base_that_is_no_python(self):
        with self.assertRaises(ValueError):
            create(os.path.join(self.folder, "nothing"), os.path.join(self.folder, "never"))
        self.assertFalse(os.path.exists(os.path.join(self.folder, "never")))

    def test_made_at_once(self):
        times = []
        for _attempt in range(5):
            started = time.perf_counter()
            self.overlay()
            times.append(time.perf_counter() - started)
        print("overlay of a venv: %.0f ms" % (min(times) * 1000), file=sys.stderr)


class ChainedToUvVenv(Isolation, OverlayCase):
    @classmethod
    def make_base(cls):
        uv = shutil.which("uv") or cls.install_uv()
        base, seed = os.path.join(cls.folder, "base"), os.path.join(cls.folder, "seed")
        cls.call([sys.executable, "-m", "venv", seed])
        cls.call([uv, "venv", "-q", "--python", sys.executable, base], env={"UV_PYTHON_DOWNLOADS": "never"})
        python = os.path.join(base, "bin", "python")
        pip = glob.glob(os.path.join(seed, "lib", "python*", "site-packages", "pip*"))
        for folder in pip:
            shutil.copytree(folder, os.path.join(base, os.path.relpath(folder, seed)))
        install = [uv, "pip", "install", "-q", "--no-index", "--find-links", cls.wheels, "--python", python]
        cls.call(install + ["demo==1.0"])
        shutil.copy(os.path.join(seed, "bin", "pip"), os.path.join(base, "bin", "pip"))
        cls.replace_in(os.path.join(base, "bin", "pip"), seed, base)
        return base

    @classmethod
    def install_uv(cls):
        folder = os.path.join(cls.folder, "uv")
        done = subprocess.run(
            [sys.executable, "-m", "pip", "install", "-q", "--target", folder, "uv"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        if done.returncode != 0:
            raise unittest.SkipTest("uv is not on PATH and pip cannot install it")
        return os.path.join(folder, "bin", "uv")

    @staticmethod
    def replace_in(path, old, new):
        with open(path) as file:
            text = file.read()
        with open(path, "w") as file:
            file.write(text.replace(old, new))


class ChainedToInterpreter(OverlayCase):
    @classmethod
    def make_base(cls):
        return getattr(sys, "_base_executable", sys.executable)

    def test_install_lands_in_the_overlay(self):
        path, python = self.overlay()
        try:
            self.call([python, "-m", "pip", "--version"])
        except AssertionError:
            self.skipTest("this interpreter has no pip")
        self.call([python, "-m", "pip", "install", "-q"] + self.pip_options() + ["demo==1.0"])
        self.assertEqual(self.call([python, "-c", REPORT]), "1.0 " + path)
        self.assertEqual(self.script(path, "demo"), "1.0 1.0 " + path)
        with self.assertRaises(AssertionError):
            self.call([self.base, "-c", "import demo"])

    def test_packages_of_the_interpreter_are_there(self):
        _path, python = self.overlay()
        names = "import importlib.metadata as m; print(sorted(d.metadata['Name'] or '' for d in m.distributions()))"
        self.assertEqual(self.call([python, "-c", names]), self.call([self.base, "-c", names]))


if __name__ == "__main__":
    unittest.main()
