{{/* All objects of a role that runs on. of, role, settings; name; shard and url of a writer. */}}
{{- define "meadow.role" -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .name }}
  labels:
    {{- include "meadow.labels" . | nindent 4 }}
spec:
  {{- if not .settings.autoscaling.enabled }}
  replicas: {{ .settings.replicas }}
  {{- end }}
  revisionHistoryLimit: 3
  strategy:
    type: RollingUpdate
    rollingUpdate: { maxSurge: 1, maxUnavailable: 0 }
  selector:
    matchLabels:
      {{- include "meadow.selector" . | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "meadow.labels" . | nindent 8 }}
        {{- with .of.Values.podLabels }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      {{- with .of.Values.podAnnotations }}
      annotations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
    spec:
      {{- include "meadow.pod" . | nindent 6 }}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ .name }}
  labels:
    {{- include "meadow.labels" . | nindent 4 }}
spec:
  maxUnavailable: {{ .settings.maxUnavailable }}
  unhealthyPodEvictionPolicy: AlwaysAllow
  selector:
    matchLabels:
      {{- include "meadow.selector" . | nindent 6 }}
---
apiVersion: v1
kind: Service
metadata:
  name: {{ .name }}
  labels:
    {{- include "meadow.labels" . | nindent 4 }}
  {{- if eq .role "web" }}
  {{- with .of.Values.service.annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- end }}
spec:
  {{- if has .role (list "ingest" "write") }}
  clusterIP: None
  publishNotReadyAddresses: true # nobody sends them requests but Prometheus, which must see the ones in trouble
  {{- else }}
  type: {{ ternary .of.Values.service.type "ClusterIP" (eq .role "web") }}
  {{- end }}
  ports:
    - { name: http, port: {{ .of.Values.service.port }}, targetPort: http }
  selector:
    {{- include "meadow.selector" . | nindent 4 }}
{{- if .settings.autoscaling.enabled }}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: {{ .name }}
  labels:
    {{- include "meadow.labels" . | nindent 4 }}
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: {{ .name }} }
  minReplicas: {{ .settings.autoscaling.minReplicas }}
  maxReplicas: {{ .settings.autoscaling.maxReplicas }}
  metrics:
    - type: Resource
      resource:
        name: cpu
        target: { type: Utilization, averageUtilization: {{ .settings.autoscaling.cpuPercent }} }
  behavior:
    scaleDown: { stabilizationWindowSeconds: 600 }
{{- end }}
{{- end }}
