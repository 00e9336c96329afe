"""Check rendered manifests: Kubernetes' schemas, and that every pod is as safe as we say.

Usage: check_manifests.py FILE
"""

import sys
from pathlib import Path
from typing import Any

import kubernetes_validate
import yaml

VERSIONS = ("1.25", "1.31", "1.34")


def pod_specs(manifests: list[dict[str, Any]]) -> list[dict[str, Any]]:
    with_pods = (one["spec"] for one in manifests if one["kind"] in ("Job", "Deployment"))
    return [spec["template"]["spec"] for spec in with_pods]


def flaws(spec: dict[str, Any]) -> list[str]:
    """Return what the "restricted" Pod Security Standard, or we, would not let pass."""
    pod = spec["securityContext"]
    wanted = {
        "runs as nobody in particular": pod.get("runAsNonRoot") is True and pod["runAsUser"] > 0,
        "has no seccomp profile": pod.get("seccompProfile") == {"type": "RuntimeDefault"},
        "has an API token": spec.get("automountServiceAccountToken") is False,
        "gets variables of services": spec.get("enableServiceLinks") is False,
    }
    for container in spec["containers"]:
        own = container["securityContext"]
        wanted |= {
            "may gain rights": own.get("allowPrivilegeEscalation") is False,
            "has capabilities": own.get("capabilities") == {"drop": ["ALL"]},
            "can write to its image": own.get("readOnlyRootFilesystem") is True,
            "has no memory limit": "memory" in container["resources"]["limits"],
        }
    return [flaw for flaw, holds in wanted.items() if not holds]


def main() -> int:
    """Print what is wrong; the exit code is 1 then."""
    documents = yaml.safe_load_all(Path(sys.argv[1]).read_text())
    manifests = [document for document in documents if document]
    wrong = []
    for manifest in manifests:
        for version in VERSIONS:
            try:
                kubernetes_validate.validate(manifest, version, strict=True)
            except kubernetes_validate.ValidationError as error:
                wrong.append(f"{manifest['kind']}, Kubernetes {version}: {error.message}")
    specs = pod_specs(manifests)
    if not specs:
        wrong.append("there are no pods")
    wrong += [flaw for spec in specs for flaw in flaws(spec)]
    kinds = ", ".join(manifest["kind"] for manifest in manifests)
    print("\n".join(wrong) if wrong else f"{kinds}: valid for Kubernetes {', '.join(VERSIONS)}")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
