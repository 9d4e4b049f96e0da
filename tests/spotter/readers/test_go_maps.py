"""Pods that Go code writes as maps, as it does for what has no type."""

from pathlib import Path

import scanning
from reading import box, unit
from sidecar_spotter.model import Report


def scanned(root: Path, code: str) -> Report:
    """Return the report on a repository with one file of Go."""
    report = scanning.scanned(root, {"build.go": code})
    assert report.skipped == ()
    return report


def units(report: Report) -> list[dict[str, tuple[str, int]]]:
    """Return label and line in each unit that has any, by container."""
    found: list[dict[str, tuple[str, int]]] = [
        {one.name: (one.label, one.line) for one in judged.findings}
        for judged in report.groups
    ]
    return [one for one in found if one]


WHOLE = """\
package orchard

func build(name, image string) *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: map[string]interface{}{
		"apiVersion": "apps/v1",
		"kind":       "Deployment",
		"metadata":   map[string]interface{}{"name": "press"},
		"spec": map[string]interface{}{
			"selector": map[string]interface{}{"matchLabels": labels},
			"template": map[string]interface{}{
				"metadata": map[string]interface{}{"labels": labels},
				"spec": map[string]interface{}{
					"containers": []interface{}{
						map[string]interface{}{
							"name":  "press",
							"image": image,
							"env": []interface{}{
								map[string]any{"name": "DB", "value": "127.0.0.1:5432"},
							},
						},
						map[string]interface{}{
							"name":  "sql",
							"image": "gcr.io/cloud-sql-connectors/cloud-sql-proxy:2",
							"ports": []interface{}{
								map[string]interface{}{"containerPort": int64(5432)},
							},
						},
					},
				},
			},
		},
	}}
}
"""


def test_a_map_may_be_a_whole_workload(tmp_path: Path) -> None:
    report = scanned(tmp_path, WHOLE)
    assert units(report) == [{"press": ("main", 15), "sql": ("sidecar", 22)}]
    assert report.verdict == "injects-or-operates-sidecars-in-code-only"


GROWN = """\
package orchard

func shipper() map[string]any {
	return map[string]any{
		"name":         "log-shipper",
		"image":        "fluent/fluent-bit:3",
		"volumeMounts": []any{map[string]any{"name": "logs", "mountPath": "/in"}},
	}
}

func pod(ship bool) map[string]any {
	mounts := []map[string]any{{"name": "logs", "mountPath": "/var/log/press"}}
	press := map[string]any{
		"name":         "press",
		"image":        "example.com/press",
		"volumeMounts": mounts,
	}
	containers := []any{}
	containers = append(containers, press)
	if ship {
		containers = append(containers, shipper())
	}
	spec := map[string]any{
		"restartPolicy": "Never",
		"containers":    containers,
		"initContainers": []any{
			map[string]any{"name": "seed", "image": "busybox:1.36"},
		},
	}
	return spec
}
"""


def test_its_lists_may_be_variables_that_grow(tmp_path: Path) -> None:
    assert units(scanned(tmp_path, GROWN)) == [
        {
            "seed": ("init", 27),
            "press": ("main", 14),
            "log-shipper": ("sidecar", 5),
        }
    ]


def test_other_maps_with_that_key_are_no_pods(tmp_path: Path) -> None:
    code = """\
package orchard

var usage = map[string]interface{}{
	"containers": []interface{}{
		map[string]interface{}{"name": "press", "usage": cpu},
		map[string]interface{}{"name": "log-shipper", "usage": cpu},
	},
}

func look(at map[string]any) any {
	if at["containers"] == nil {
		return nil
	}
	return map[string]any{"containers": len(at)}
}
"""
    assert units(scanned(tmp_path, code)) == []


def test_an_annotation_in_a_map_is_told_but_once(tmp_path: Path) -> None:
    more = '"annotations": map[string]string{"dapr.io/enabled": "true"},'
    code = WHOLE.replace('{"labels"', f'{{{more} "labels"')
    report = scanned(tmp_path, code)
    asked = [one for judged in report.groups for one in judged.findings]
    assert sum(one.name == "daprd" for one in asked) == 1


def test_names_that_stand_for_one_another_end_somewhere(tmp_path: Path) -> None:
    code = """\
package a

func f() map[string]any {
	a := []any{b}
	b := map[string]any{"name": "x", "image": "y", "env": a}
	return map[string]any{"containers": a, "more": f()}
}
"""
    assert units(scanned(tmp_path, code)) == []


def test_a_number_in_a_map_is_one_whatever_its_type() -> None:
    sql = box(unit("build.go", WHOLE), "sql")
    assert [port.number for port in sql.ports] == [5432]
