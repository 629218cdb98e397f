{{/* The settings of each role, as the environment says them. Secrets are referred to, never copied. */}}
{{- define "meadow.secret" -}}
- name: {{ .name }}
  valueFrom:
    secretKeyRef:
      name: {{ required "secrets.existingSecret names the Secret that holds Meadow's secrets" .of.Values.secrets.existingSecret }}
      key: {{ get .of.Values.secrets.keys .key }}
{{- end }}

{{- define "meadow.kafka" -}}
{{- with .Values.kafka }}
- name: MEADOW_KAFKA
  value: {{ required "kafka.servers names one host:port at least" (join "," .servers) | quote }}
- name: MEADOW_KAFKA_PREFIX
  value: {{ .prefix | quote }}
- name: MEADOW_KAFKA_SECURITY
  value: {{ .security }}
{{- if hasPrefix "SASL" .security }}
- name: MEADOW_KAFKA_MECHANISM
  value: {{ .mechanism }}
- name: MEADOW_KAFKA_USERNAME
  value: {{ required "kafka.username is needed with SASL" .username | quote }}
{{ include "meadow.secret" (dict "of" $ "name" "MEADOW_KAFKA_PASSWORD" "key" "kafkaPassword") }}
{{- end }}
{{- if .tls.existingSecret }}
- name: MEADOW_KAFKA_CA_FILE
  value: /etc/meadow/kafka/ca.crt
{{- if .tls.clientCertificate }}
- name: MEADOW_KAFKA_CERT_FILE
  value: /etc/meadow/kafka/tls.crt
- name: MEADOW_KAFKA_KEY_FILE
  value: /etc/meadow/kafka/tls.key
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{/* of; user: migrate, write or read; url: of a shard. */}}
{{- define "meadow.clickhouse" -}}
{{- with .of.Values.clickhouse }}
- name: MEADOW_CLICKHOUSE
  value: {{ $.url | default .url | required "clickhouse.url is where ClickHouse answers HTTP" | quote }}
- name: MEADOW_CLICKHOUSE_DATABASE
  value: {{ printf "%s%s" .database (ternary "_all" "" (and (eq $.user "read") (gt (len .shardUrls) 1))) | quote }}
- name: MEADOW_CLICKHOUSE_CLUSTER
  value: {{ .cluster | quote }}
- name: MEADOW_CLICKHOUSE_QUORUM
  value: {{ .quorum | quote }}
- name: MEADOW_CLICKHOUSE_USERNAME
  value: {{ get .users $.user | quote }}
{{- if .tlsSecret }}
- name: MEADOW_CLICKHOUSE_CA_FILE
  value: /etc/meadow/clickhouse/ca.crt
{{- end }}
{{ include "meadow.secret" (dict "of" $.of "name" "MEADOW_CLICKHOUSE_PASSWORD" "key" (printf "clickhouse%sPassword" (title $.user))) }}
{{- end }}
{{- end }}

{{- define "meadow.http" -}}
{{- $name := include "meadow.name" .of -}}
- name: MEADOW_WORKERS
  value: {{ .settings.workers | quote }}
- name: MEADOW_ALLOWED_HOST
  value: {{ concat .of.Values.hosts (list (printf "%s-query" $name) (printf "%s-control" $name) (printf "%s-web" $name)) | join "," | quote }}
{{- with .of.Values.trustedProxies }}
- name: MEADOW_TRUSTED_PROXY
  value: {{ join "," . | quote }}
{{- end }}
- name: MEADOW_OPERATOR
  value: {{ .of.Values.operator | quote }}
{{ include "meadow.secret" (dict "of" .of "name" "MEADOW_SECRET" "key" "secret") }}
{{- end }}

{{- define "meadow.node" -}}
- name: MEADOW_NODE
  valueFrom: { fieldRef: { fieldPath: metadata.name } }
{{- end }}

{{/* of, role, settings; shard and url of a writer. */}}
{{- define "meadow.environment" -}}
- name: MEADOW_LOG_FORMAT
  value: json
- name: MEADOW_LOG_LEVEL
  value: {{ .of.Values.logLevel }}
{{- if ne .role "web" }}
{{- include "meadow.kafka" .of }}
{{- end }}
{{- if has .role (list "ingest" "control" "migrate") }}
{{ include "meadow.secret" (dict "of" .of "name" "MEADOW_REGISTRY_KEY" "key" "registryKey") }}
{{- end }}
{{- if has .role (list "query" "control" "web") }}
{{ include "meadow.http" . }}
{{- end }}
{{- if has .role (list "query" "control") }}
{{- include "meadow.clickhouse" (dict "of" .of "user" "read") }}
{{- end }}
{{- if has .role (list "ingest" "control") }}
{{ include "meadow.node" . }}
{{- with .of.Values.redactKeys }}
- name: MEADOW_REDACT_KEY
  value: {{ join "," . | quote }}
{{- end }}
{{- end }}
{{- if eq .role "ingest" }}
{{- with .settings.zoneLabel }}
- name: MEADOW_ZONE
  valueFrom: { fieldRef: { fieldPath: {{ printf "metadata.labels['%s']" . | quote }} } }
{{- end }}
{{- else if eq .role "write" }}
{{- include "meadow.clickhouse" (dict "of" .of "user" "write" "url" .url) }}
- name: MEADOW_SHARD
  value: {{ printf "%d/%s" (int .shard) (include "meadow.shards" .of) | quote }}
{{- else if eq .role "web" }}
- name: MEADOW_QUERY
  value: http://{{ include "meadow.name" .of }}-query:{{ .of.Values.service.port }}
- name: MEADOW_CONTROL
  value: http://{{ include "meadow.name" .of }}-control:{{ .of.Values.service.port }}
- name: MEADOW_HTTPS
  value: {{ .of.Values.https | quote }}
{{- else if eq .role "migrate" }}
{{- include "meadow.clickhouse" (dict "of" .of "user" "migrate") }}
{{- end }}
{{- with .settings.env }}
{{ toYaml . }}
{{- end }}
{{- end }}
