"""The locustfile bundle: what goes in, and what is never written."""

import hashlib
import importlib
import os
import stat
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from locust_like.errors import LocustfileError
from locust_like.plan import bundle
from locust_like.plan.bundle import name_flaw, pack, plan_hash, unpack


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Path]:
    """Make a locustfile with a module, a package, data, and things that stay at home."""
    root = tmp_path / "project"
    for name, text in {
        "locustfile.py": "import flow_of_shop\nimport pages_of_shop.cart\n",
        "flow_of_shop.py": "STEPS = 3\n",
        "unused.py": "",
        "pages_of_shop/__init__.py": "",
        "pages_of_shop/cart.py": "",
        "data/users.csv": "a,b\n",
        "data/deep/more.csv": "c\n",
        "data/__pycache__/x.pyc": "",
        "secret.txt": "s",
        "lib/site-packages/other_of_shop.py": "",
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    paths = [str(root), str(root / "lib/site-packages")]
    sys.path[:0] = paths
    before = set(sys.modules)
    for name in ("flow_of_shop", "pages_of_shop.cart", "other_of_shop"):
        importlib.import_module(name)
    yield root
    for path in paths:
        sys.path.remove(path)
    for name in set(sys.modules) - before:
        del sys.modules[name]


def test_what_the_locustfile_has_imported_from_its_folder_goes_along(
    project: Path, tmp_path: Path
) -> None:
    packed = pack([project / "locustfile.py"], ["data"])
    assert set(packed.names) == {
        "locustfile.py", "flow_of_shop.py", "pages_of_shop/__init__.py", "pages_of_shop/cart.py",
        "data/users.csv", "data/deep/more.csv",
    }  # fmt: skip
    unpacked = unpack(packed.data, packed.sha256, tmp_path)
    (path,) = unpacked.locustfiles
    assert path.parent == unpacked.folder
    assert path.read_text() == (project / "locustfile.py").read_text()
    assert (path.parent / "data/deep/more.csv").read_text() == "c\n"
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_several_locustfiles_keep_their_order_and_their_folders(
    project: Path, tmp_path: Path
) -> None:
    packed = pack([project / "unused.py", project / "pages_of_shop/cart.py"])
    paths = unpack(packed.data, packed.sha256, tmp_path).locustfiles
    assert [path.name for path in paths] == ["unused.py", "cart.py"]
    assert paths[1].parent.name == "pages_of_shop"


@pytest.mark.parametrize(
    ("include", "words"),
    [("/etc/passwd", "is not below"), ("../x", "is not below"), ("none.csv", "there is no file")],
)
def test_what_cannot_be_included(project: Path, include: str, words: str) -> None:
    with pytest.raises(LocustfileError, match=words):
        pack([project / "locustfile.py"], [include])


def test_too_much_is_refused_on_both_sides(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "data/large.bin").write_bytes(bytes(300_000))
    packed = pack([project / "locustfile.py"], ["data"])
    monkeypatch.setattr(bundle, "MOST_BYTES", 100_000)
    monkeypatch.setattr(bundle, "MOST_FILES", 20)
    with pytest.raises(LocustfileError, match="the locustfile bundle is larger than"):
        pack([project / "locustfile.py"], ["data"])
    with pytest.raises(LocustfileError, match="too large, or not whole"):
        unpack(packed.data, packed.sha256, tmp_path / "none")
    monkeypatch.setattr(bundle, "MOST_FILES", 2)
    with pytest.raises(LocustfileError, match="has 4 files; 2 fit"):
        pack([project / "locustfile.py"])


def forged(name: str, *, sha256: str = "", locustfile: str = "", times: int = 1) -> bytes:
    """Return a bundle as only an enemy makes it."""
    data = b"x = 1\n"
    file = {"name": name, "sha256": sha256 or hashlib.sha256(data).hexdigest(), "data": data}
    return zlib.compress(
        msgspec.msgpack.encode({"locustfiles": [locustfile or name], "files": [file] * times})
    )


@pytest.mark.parametrize(
    "name",
    [
        "../x.py", "/etc/x.py", "a/../../x.py", "a//x.py", "./x.py", "a/./x.py", "", "a/", "..",
        "a\\x.py", "a\x00.py", "a\nb.py", "/".join("a" * 17), "a" * 256,
    ],
)  # fmt: skip
def test_a_name_that_leads_elsewhere_is_never_written(tmp_path: Path, name: str) -> None:
    assert name_flaw(name)
    data = forged(name)
    with pytest.raises(LocustfileError, match=r"the bundle has a file|not in it"):
        unpack(data, hashlib.sha256(data).hexdigest(), tmp_path)
    assert list(tmp_path.iterdir()) == []


@given(st.text(max_size=40))
def test_an_accepted_name_stays_below_the_folder(name: str) -> None:
    if not name_flaw(name):
        folder = Path("/tmp/below")
        path = Path(*[part for part in (folder / name).parts if part != "."])
        assert ".." not in path.parts
        assert path.is_relative_to(folder)
        assert path != folder


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "too large, or not whole|cannot be read"),
        (b"no zlib", "cannot be read"),
        (zlib.compress(b"\xc1"), "cannot be read"),
        (zlib.compress(b"\x91" * 3000), "cannot be read"),
        (forged("x.py", sha256="0" * 64), "x.py was damaged"),
        (forged("x.py", locustfile="y.py"), "a locustfile that is not in it"),
        (forged("x.py", times=2), "has a file twice"),
        (forged("x.py")[:-6], "too large, or not whole"),
    ],
)
def test_a_damaged_bundle_is_refused(tmp_path: Path, data: bytes, words: str) -> None:
    with pytest.raises(LocustfileError, match=words):
        unpack(data, hashlib.sha256(data).hexdigest(), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_bundle_that_is_another_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LocustfileError, match="damaged on its way"):
        unpack(forged("x.py"), "0" * 64, tmp_path)


def test_equal_locustfiles_have_equal_hashes(project: Path) -> None:
    one = plan_hash([project / "locustfile.py"])
    assert one == plan_hash([project / "locustfile.py"])
    assert one != plan_hash([project / "unused.py"])
    assert plan_hash([Path("-")]) == ""


def test_its_folder_is_removed_by_the_process_that_made_it(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed = pack([project / "locustfile.py"])
    unpacked = unpack(packed.data, packed.sha256, tmp_path)
    with monkeypatch.context() as forked:
        forked.setattr(os, "getpid", lambda: unpacked.owner + 1)
        unpacked.remove()
        assert unpacked.folder.exists()
    unpacked.remove()
    unpacked.remove()
    assert not unpacked.folder.exists()
    os.close(unpacked.lock)


def test_what_killed_processes_have_left_is_removed_and_what_is_used_stays(
    project: Path, tmp_path: Path
) -> None:
    packed = pack([project / "locustfile.py"])
    killed, used = (unpack(packed.data, packed.sha256, tmp_path) for _ in range(2))
    os.close(killed.lock)
    fresh = unpack(packed.data, packed.sha256, tmp_path)
    assert killed.folder.exists(), "it is as young as one that is being made"
    for one in (killed, used):
        os.utime(one.folder, (0, 0))
    other = tmp_path / "locust_like-of-somebody-else"
    other.mkdir()
    os.utime(other, (0, 0))
    last = unpack(packed.data, packed.sha256, tmp_path)
    assert not killed.folder.exists()
    assert used.folder.exists()
    assert other.exists()
    for one in (used, fresh, last):
        os.close(one.lock)
