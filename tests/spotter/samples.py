"""One small file of each form that the spotter reads, to be spoiled by tests."""

import re
from collections.abc import Mapping

from sidecar_spotter import Report
from sidecar_spotter.model import SIDECARS

SAMPLES: dict[str, str] = {
    "pod.yaml": """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  annotations: {sidecar.istio.io/inject: "false"}
spec:
  template:
    metadata:
      labels: {app: web}
    spec:
      shareProcessNamespace: true
      initContainers:
      - {name: early, image: busybox, restartPolicy: Always}
      containers:
      - name: web
        image: registry.example/web
        ports: [{containerPort: 8080}]
        volumeMounts: &mounts
        - {name: logs, mountPath: /var/log/web}
      # ships the log
      - name: log-shipper
        image: fluent/fluent-bit
        args: ["--to=http://localhost:8080"]
        volumeMounts: *mounts
      volumes:
      - {name: logs, emptyDir: {}}
---
kind: Service
spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
""",
    "pod.json": """\
{"kind": "List", "items": [{"kind": "Pod", "metadata": {"name": "a"}, "spec":
 {"containers": [{"name": "a", "image": "a"}, {"name": "proxy", "image": "envoy"}]}}]}
""",
    "workflow.yaml": """\
kind: Workflow
spec:
  templates:
  - name: steps
    container: {image: alpine, command: [sh, -c]}
    sidecars:
    - {name: db, image: influxdb}
""",
    "patch.yaml": """\
- op: add
  path: /spec/template/spec/containers/-
  value: {name: proxy, image: envoy, args: [a]}
""",
    "configmap.yaml": """\
kind: ConfigMap
data:
  sidecar: |
    spec:
      containers:
      - name: a
        image: b
      - name: c
        image: d
""",
    "x/templates/web.yaml": """\
{{- if .Values.on }}
kind: Deployment
spec:
  template:
    spec:
      containers:
      - name: {{ .Chart.Name }}
        image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"
      {{- if .Values.metrics.enabled }}
      - name: exporter
        image: {{ include "x.image" . | quote }}
      {{- end }}
      {{- include "x.sidecar" . | nindent 6 }}
      {{- toYaml .Values.extraContainers | nindent 6 }}
{{- end }}
""",
    "x/templates/_helpers.tpl": """\
{{- define "x.image" -}}a:b{{- end -}}
{{- define "x.sidecar" }}
- name: proxy
  image: envoy
{{- end }}
""",
    "compose.yaml": """\
services:
  web:
    image: web
    volumes: [data:/data]
    depends_on: [db]
  ship: &ship
    image: shipper
    network_mode: service:web
    pid: "service:web"
    volumes: ["data:/data:ro"]
  more:
    <<: *ship
    extends: {service: web}
volumes: {data: {}}
""",
    "tasks.yaml": """\
- name: Run web
  community.docker.docker_container:
    name: web
    image: web
    published_ports: ["80:80"]
- docker_container: {name: side, image: x, network_mode: "container:web", env: {A: b}}
""",
    "task.json": """\
{"family": "web", "containerDefinitions": [
 {"name": "web", "image": "web", "essential": true, "dependsOn":
  [{"containerName": "log", "condition": "START"}],
  "logConfiguration": {"logDriver": "awsfirelens"}},
 {"name": "log", "image": "aws-for-fluent-bit", "portMappings": [{"containerPort": 1}],
  "firelensConfiguration": {"type": "fluentbit"}}]}
""",
    "task.yaml": """\
Resources:
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      ContainerDefinitions:
      - {Name: web, Image: !Sub "${Repo}:x", Essential: true}
      - {Name: envoy, Image: !Ref Envoy, Links: [web]}
""",
    "app.json": """\
{"type": "Microsoft.App/containerApps", "properties": {"configuration":
 {"dapr": {"enabled": true}}, "template": {"containers":
 [{"name": "web", "image": "web"}, {"name": "side", "image": "[x]"}]}}}
""",
    "main.tf": """\
resource "aws_ecs_task_definition" "web" {
  family = "web"
  container_definitions = jsonencode([
    { name = "web", image = "${var.image}:1", essential = true },
    { name = "log", image = "fluent-bit", dependsOn = [{ containerName = "web" }] },
  ])
}
resource "kubernetes_deployment" "a" {
  spec {
    template {
      spec {
        container {
          name  = "a" # one
          image = <<-EOT
            b
          EOT
        }
        container { name = "proxy" }
      }
    }
  }
}
""",
    "app.bicep": """\
resource app 'Microsoft.App/containerApps@2023-05-01' = {
  name: 'web'
  properties: {
    configuration: { dapr: { enabled: true } }
    template: {
      containers: [
        { name: 'web', image: '${registry}/web' }
        { name: 'side', image: side }
      ]
    }
  }
}
""",
    "web.nomad": """\
job "web" {
  group "web" {
    service {
      connect { sidecar_service {} }
    }
    task "web" {
      driver = "docker"
      config { image = "web" }
    }
    task "ship" {
      lifecycle { hook = "prestart", sidecar = true }
      config { image = "shipper" }
    }
  }
}
""",
    "web.container": """\
[Container]
Image=docker.io/library/web
Pod=web.pod
Volume=logs.volume:/logs
Network=other.container
""",
    "pod.go": """\
package inject

import corev1 "k8s.io/api/core/v1"

const name = "proxy"

func inject(pod *corev1.Pod) {
	pod.Spec.Containers = append(pod.Spec.Containers, corev1.Container{
		Name:  name,
		Image: cfg.Image,
		Args:  []string{"--log", `raw`},
	})
}
""",
    "maps.go": """\
package build

func build(more ...any) map[string]interface{} {
	boxes := []interface{}{map[string]any{"name": "web", "image": image}}
	boxes = append(boxes, map[string]any{"name": "proxy", "ports": []any{}})
	marks := map[string]string{"sidecar.istio.io/inject": "true"}
	return map[string]any{"annotations": marks, "containers": boxes}
}
""",
    "deploy.sh": """\
kubectl apply -f - <<EOF
kind: Pod
metadata: {name: $NAME}
spec:
  containers:
  - {name: web, image: web}
  - {name: log-shipper, image: fluent-bit}
EOF
kubectl label --overwrite ns shop istio-injection=enabled && dapr run --app-id a \\
  --app-port 80
kubectl patch deploy web -p '{"spec": {"template": {"spec": {"containers": []}}}}'
az containerapp up -n web --enable-dapr=true
gcloud run deploy web --container web --port 80 --container envoy --depends-on=web
podman pod create --share +pid -p 8080:80 shop && podman run -d --pod shop --name web a
podman create --pod=shop -v logs:/x:ro --mount type=bind,src=/y,dst=/y "b:1" --c # d
docker run -itd --net container:vpn --name load --health-cmd 'e f' g; docker run -d vpn
""",
    "dapr.yaml": """\
apps:
  - {appDirPath: ./web, appID: web, command: [python3]}
  - appDirPath: ./other
""",
    "release.yaml": """\
values:
  controllers:
    web:
      containers: {app: {image: {repository: web}}, ship: {image: fluent-bit}}
  persistence:
    data: {type: emptyDir, globalMounts: [{path: /x, subPath: a/b, readOnly: true}]}
    logs: {enabled: false, advancedMounts: {web: {app: [{path: /y}], ship: []}}}
""",
    "task.py": """\
task = ecs.FargateTaskDefinition(self, "Task")
web = task.add_container("web", image=ecs.ContainerImage.from_registry("web"))
web.add_mount_points(ecs.MountPoint(source_volume="v", container_path="/v"))
task.addContainer('log-shipper', { command: ["tail"], environment: { A: `b` } });
web.addContainerDependencies({ container: web, condition: x.SUCCESS });
""",
    "cdk.json": "{}",
    "job.json": """\
{"Job": {"ID": "a", "Type": "service", "TaskGroups": [{"Name": "b",
 "Networks": [{"Mode": "bridge", "DynamicPorts": [{"Label": "http", "To": 80}]}],
 "Services": [{"PortLabel": "http", "Connect": {"SidecarService": {}}}],
 "Volumes": {"v": {"Type": "host"}},
 "Tasks": [{"Name": "web", "Config": {"image": "web"}, "Env": {"A": "b"}},
  {"Name": "proxy", "Lifecycle": {"Hook": "prestart", "Sidecar": true},
   "Templates": [{"EmbeddedTmpl": "localhost:1"}],
   "VolumeMounts": [{"Volume": "v", "Destination": "/v", "ReadOnly": null}]}]}]}}
""",
    "more/compose.yaml": """\
include: [../compose.yaml, {path: [compose.yaml]}]
services:
  more:
    extends: {file: ../compose.yaml, service: web}
    network_mode: service:db
""",
}
"""By a path for it."""

WORDS = sorted({*re.findall(r"[\w.:/-]{3,}", " ".join(SAMPLES.values()))})
"""The words of all of them."""


def faults(report: Report, files: Mapping[str, bytes]) -> list[str]:
    """Return what is not valid in the report of a checkout that has these files."""
    found = []
    for one in report.skipped:
        if one.path not in files or one.reason.startswith(("reader", "takes")):
            found.append(f"{one.path} is skipped: {one.reason}")
    for judged in report.groups:
        path = judged.group.path
        lines = len(re.split(rb"\r\n|\r|\n", files[path]))
        for finding in judged.findings:
            places = [finding.line, *(one.line for one in finding.evidence)]
            if not all(1 <= line <= lines for line in places):
                found.append(f"{path} has no lines {places}")
            if not finding.why or (finding.label in SIDECARS and not finding.role):
                found.append(f"{path}: nothing is said of {finding.name}")
    return found
