"""What huggingface_hub makes of a download: python tools/hub/cache_layout.py [--check CACHE] [--resume] OUT (huggingface_hub in a virtual environment; HF_ENDPOINT is what tools/hub/serveHub.ts prints).

Writes to OUT every file and link that `snapshot_download` leaves in a cache of its own for the files that FlashTrace fetches: path, link target, size, sha256. Lock files, and what huggingface_hub
keeps for itself (its list of files, tags of the cache), are left out.
With --check, CACHE is one that `flashtrace download org/tiny` filled: Python must find every file in it without the network, and see nothing that is damaged or unfinished.
With --resume (for a version that resumes: 0.34 does, 2.4 does not), CACHE is one whose download was cancelled: Python must ask for the rest alone.
"""

import hashlib
import json
import os
import sys
import tempfile
from pathlib import Path

import huggingface_hub
from huggingface_hub import hf_hub_download, scan_cache_dir, snapshot_download

os.environ["HF_HUB_DISABLE_XET"] = "1"
REPOSITORY = "org/tiny"
FILES = [
    "additional_chat_templates/tool_use.jinja", "chat_template.jinja", "config.json", "generation_config.json", "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors",
    "model.safetensors.index.json", "tokenizer.json", "tokenizer_config.json",
]


def listing(cache: Path) -> list[dict]:
    entries = []
    for path in sorted((cache / "models--org--tiny").rglob("*")):
        name = path.relative_to(cache).as_posix()
        if path.is_dir() and not path.is_symlink() or not any(f"/{part}/" in name for part in ("blobs", "snapshots", "refs")):
            continue
        content = path.read_bytes()
        entries.append({"path": name, **({"link": os.readlink(path)} if path.is_symlink() else {}), "size": len(content), "sha256": hashlib.sha256(content).hexdigest()})
    return entries


def check(cache: Path) -> None:
    for name in FILES:
        found = hf_hub_download(REPOSITORY, name, cache_dir=cache, local_files_only=True)
        assert Path(found).exists(), name
    found = snapshot_download(REPOSITORY, cache_dir=cache, local_files_only=True, allow_patterns=FILES)
    scanned = scan_cache_dir(cache)
    assert not scanned.warnings, scanned.warnings
    assert not getattr(scanned, "incomplete_files", ()), scanned.incomplete_files
    [repository] = scanned.repos
    [revision] = repository.revisions
    assert revision.refs == {"main"} and revision.nb_files == len(FILES), revision
    print(f"huggingface_hub {huggingface_hub.__version__} finds all {len(FILES)} files: {found}")


def resume(cache: Path) -> None:
    blobs = cache / "models--org--tiny/blobs"
    [left] = blobs.glob("*.incomplete")
    size = left.stat().st_size
    [name] = [name for name in FILES if name.endswith(".safetensors") and _etag(name) == left.name.removesuffix(".incomplete")]
    found = Path(hf_hub_download(REPOSITORY, name, cache_dir=cache))
    assert hashlib.sha256(found.read_bytes()).hexdigest() == left.name.removesuffix(".incomplete")
    assert not left.exists()
    print(f"huggingface_hub {huggingface_hub.__version__} went on behind {size} bytes of {name}")


def _etag(name: str) -> str:
    return huggingface_hub.get_hf_file_metadata(huggingface_hub.hf_hub_url(REPOSITORY, name, endpoint=os.environ["HF_ENDPOINT"])).etag


arguments = sys.argv[1:]
if arguments[0] == "--check":
    check(Path(arguments[1]))
elif arguments[0] == "--resume":
    resume(Path(arguments[1]))
else:
    with tempfile.TemporaryDirectory() as folder:
        snapshot_download(REPOSITORY, cache_dir=folder, allow_patterns=FILES)
        Path(arguments[0]).write_text(json.dumps({"huggingface_hub": huggingface_hub.__version__, "entries": listing(Path(folder))}, indent=2) + "\n")
