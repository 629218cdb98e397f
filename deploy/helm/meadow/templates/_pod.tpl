{{/* A pod of any role: as little as may be allowed to it. of, role, settings; shard and url of a writer. */}}
{{- define "meadow.pod" -}}
enableServiceLinks: false # Kubernetes' MEADOW_…_PORT would be refused as settings nobody knows
automountServiceAccountToken: false
serviceAccountName: {{ .of.Values.serviceAccountName }}
terminationGracePeriodSeconds: {{ .of.Values.terminationGracePeriodSeconds }}
{{- with .of.Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .of.Values.image.pullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  seccompProfile: { type: RuntimeDefault }
containers:
  - name: {{ .role }}
    image: {{ include "meadow.image" .of }}
    imagePullPolicy: {{ .of.Values.image.pullPolicy }}
    args: [{{ .role }}{{ range .arguments }}, {{ . | quote }}{{ end }}]
    env:
      {{- include "meadow.environment" . | nindent 6 }}
    securityContext:
      allowPrivilegeEscalation: false
      readOnlyRootFilesystem: true
      capabilities: { drop: [ALL] }
    resources:
      {{- toYaml .settings.resources | nindent 6 }}
    volumeMounts:
      - { name: tmp, mountPath: /tmp }
      {{- if and .of.Values.kafka.tls.existingSecret (ne .role "web") }}
      - { name: kafka, mountPath: /etc/meadow/kafka, readOnly: true }
      {{- end }}
      {{- if and .of.Values.clickhouse.tlsSecret (not (has .role (list "web" "ingest"))) }}
      - { name: clickhouse, mountPath: /etc/meadow/clickhouse, readOnly: true }
      {{- end }}
      {{- if .clustersSecret }}
      - { name: clusters, mountPath: /etc/meadow/clusters, readOnly: true }
      {{- end }}
    {{- if ne .role "migrate" }}
    ports:
      - { name: http, containerPort: 5555 }
    {{- include "meadow.probes" . | nindent 4 }}
    {{- end }}
volumes:
  - name: tmp
    emptyDir: { medium: Memory, sizeLimit: 64Mi }
  {{- if and .of.Values.kafka.tls.existingSecret (ne .role "web") }}
  - name: kafka
    secret: { secretName: {{ .of.Values.kafka.tls.existingSecret }} }
  {{- end }}
  {{- if and .of.Values.clickhouse.tlsSecret (not (has .role (list "web" "ingest"))) }}
  - name: clickhouse
    secret: { secretName: {{ .of.Values.clickhouse.tlsSecret }} }
  {{- end }}
  {{- with .clustersSecret }}
  - name: clusters
    secret: { secretName: {{ . }} }
  {{- end }}
{{- if ne .role "migrate" }}
topologySpreadConstraints:
  {{- range list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
  - maxSkew: 1
    topologyKey: {{ . }}
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "meadow.selector" $ | nindent 8 }}
  {{- end }}
affinity:
  {{- with .settings.affinity }}
  {{- toYaml . | nindent 2 }}
  {{- else }}
  podAntiAffinity:
    preferredDuringSchedulingIgnoredDuringExecution:
      - weight: 100
        podAffinityTerm:
          topologyKey: kubernetes.io/hostname
          labelSelector:
            matchLabels:
              {{- include "meadow.selector" $ | nindent 14 }}
  {{- end }}
{{- with .settings.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .settings.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
{{- end }}

{{/* A process that answers gets requests, even when what it leans on is away: it says so better than no answer does. Query and
     control must once have had it all, or an upgrade with wrong settings would go on. Ingest and write are waited for by their
     readiness: none of them is killed because Kafka is away, for whoever is killed again and again comes back late. */}}
{{- define "meadow.probes" -}}
{{- $serves := has .role (list "query" "control" "web") -}}
startupProbe:
  httpGet: { path: {{ ternary "/readyz" "/healthz" (has .role (list "query" "control")) }}, port: http }
  periodSeconds: 3
  timeoutSeconds: 5
  failureThreshold: 100
livenessProbe:
  httpGet: { path: /healthz, port: http }
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
readinessProbe:
  httpGet: { path: {{ ternary "/healthz" "/readyz" $serves }}, port: http }
  periodSeconds: 5
  timeoutSeconds: 5
  failureThreshold: 3
{{- if $serves }}
lifecycle:
  preStop: { sleep: { seconds: 5 } } # until nobody sends requests here any more
{{- end }}
{{- end }}
