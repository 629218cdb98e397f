{{/* What every object is called and labelled by. */}}
{{- define "meadow.name" -}}
{{- ternary .Release.Name (printf "%s-meadow" .Release.Name) (contains "meadow" .Release.Name) | trunc 40 | trimSuffix "-" }}
{{- end }}

{{/* of: the root; role: ingest, write, query, control, web or migrate; shard: a writer's, from 1. */}}
{{- define "meadow.selector" -}}
app.kubernetes.io/name: meadow
app.kubernetes.io/instance: {{ .of.Release.Name }}
app.kubernetes.io/component: {{ .role }}
{{- if .shard }}
meadow/shard: {{ .shard | quote }}
{{- end }}
{{- end }}

{{- define "meadow.labels" -}}
{{ include "meadow.selector" . }}
app.kubernetes.io/part-of: meadow
app.kubernetes.io/version: {{ .of.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .of.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .of.Chart.Name .of.Chart.Version }}
{{- end }}

{{- define "meadow.image" -}}
{{- with .Values.image -}}
{{ .repository }}{{ if .digest }}@{{ .digest }}{{ else }}:{{ .tag | default $.Chart.AppVersion }}{{ end }}
{{- end }}
{{- end }}

{{/* How many shards of ClickHouse there are. */}}
{{- define "meadow.shards" -}}
{{ max 1 (len .Values.clickhouse.shardUrls) }}
{{- end }}
