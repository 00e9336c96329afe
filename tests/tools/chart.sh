#!/usr/bin/env bash
# Lint and render the Helm chart, check what comes out against Kubernetes' schemas, and load the
# compose file as Docker does. Helm and the compose loader are built from the Go module proxy, the
# schemas come from PyPI; all land in build/. Neither Docker nor a cluster is needed.
. "$(dirname "$0")/prelude.sh"

CHART=examples/deploy/chart
bin=$PWD/build/deploy/bin
HELM=$(command -v helm || printf %s "$bin/helm")
[[ -x $HELM ]] || run env GOBIN="$bin" go install helm.sh/helm/v3/cmd/helm@latest
if [[ ! -x build/deploy/venv/bin/python ]]; then
  run "${PYTHON:-python3}" -m venv build/deploy/venv
  run build/deploy/venv/bin/pip install -q kubernetes-validate pyyaml
fi
if [[ ! -x $bin/compose ]]; then
  mkdir -p build/deploy/compose
  cat >build/deploy/compose/main.go <<'GO'
package main

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/compose-spec/compose-go/v2/cli"
)

func main() {
	options, err := cli.NewProjectOptions(os.Args[1:])
	if err != nil {
		log.Fatal(err)
	}
	project, err := options.LoadProject(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	text, err := project.MarshalYAML()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s", text)
}
GO
  (
    cd build/deploy/compose
    [[ -f go.mod ]] || run go mod init example.org/compose
    run go mod tidy
    run go build -o "$bin/compose" .
  )
fi

values=(--set-file locustfile=examples/basic.py --set host=http://shop.example.com)
more=("${values[@]}" --set users=1000000,spawnRate=0.5,resultsClaim=results
  --set-file 'files.people\.csv=examples/people.csv' --set 'args={--stop-timeout,10s}')
least=("${values[@]}" --set networkPolicy=false --set-json workers.sysctls=[])

# A helm that was built by itself takes the cluster for an old one.
render=("$HELM" template run "$CHART" --kube-version 1.34)
run "$HELM" lint --strict "$CHART" "${values[@]}"
for set in values more least; do
  declare -n options=$set
  run "${render[@]}" "${options[@]}" >"build/deploy/$set.yaml"
  run build/deploy/venv/bin/python tests/tools/check_manifests.py "build/deploy/$set.yaml"
done
for wrong in users=0 runTime=soon host=shop workers.replicas=1001 nonsense=1; do
  if "${render[@]}" "${values[@]}" --set "$wrong" >/dev/null 2>&1; then
    printf 'the chart takes %s\n' "$wrong" >&2
    exit 1
  fi
done
run "$bin/compose" examples/deploy/compose.yaml >build/deploy/compose.yaml
printf 'the chart and the compose file are sound; rendered in build/deploy\n'
