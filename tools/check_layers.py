#!/usr/bin/env python3
"""Refuses an #include that the layer rule of ARCHITECTURE.md does not allow."""
import pathlib
import re
import sys

BASE = {"base"}
FORMATS = BASE | {"formats"}
ARTIFACT = BASE | {"artifact"}
CASEFILE = ARTIFACT | {"casefile"}
ALLOWED = {
    "base": BASE,
    "formats": FORMATS,
    "acquisition": FORMATS | {"acquisition"},
    "artifact": ARTIFACT,
    "artifacts": FORMATS | ARTIFACT,
    "casefile": CASEFILE,
    "indicators": CASEFILE | {"indicators"},
    "detection": CASEFILE | {"indicators", "detection"},
    "evidence": CASEFILE | {"evidence"},
    "report": CASEFILE | {"report"},
}
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"/]+)/([^"]+)"', re.M)


def artifact_folder(parts):
    return parts[1:3] if parts and parts[0] == "artifacts" else ()


def problems(root):
    for path in sorted(root.rglob("*.?pp")):
        parts = path.relative_to(root).parts
        allowed = ALLOWED.get(parts[0])
        if allowed is None:
            continue
        for layer, rest in INCLUDE.findall(path.read_text(encoding="utf-8")):
            target = (layer, *rest.split("/"))
            own = layer == "artifacts" and (
                artifact_folder(target) == artifact_folder(parts) or "common" in target[1:3]
            )
            if layer not in allowed and not own:
                yield f"{path}: src/{parts[0]} may not include {layer}/{rest}"


def main():
    found = list(problems(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "src")))
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
