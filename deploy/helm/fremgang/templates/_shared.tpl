{{/* Of everything in a release. */}}
{{- define "fremgang.labels" -}}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
{{ include "fremgang.hub" . }}
{{- end }}

{{/* What tells one hub from another. */}}
{{- define "fremgang.hub" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "fremgang.image" -}}
image: {{ printf "%s:%s" .Values.image.repository (.Values.image.tag | default .Chart.AppVersion) | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
{{- end }}

{{/* Of every pod. Links to services are off: Kubernetes would name them FREMGANG_..., and a setting that a hub does not know stops it. */}}
{{- define "fremgang.pod" -}}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  seccompProfile:
    type: RuntimeDefault
volumes:
  - name: tmp
    emptyDir:
      sizeLimit: 512Mi
  - name: secret
    secret:
      secretName: {{ .Values.secret.name }}
      defaultMode: 0440
      items:
        - key: {{ .Values.secret.entries.key }}
          path: key
        {{- with .Values.secret.entries.kafkaCa }}
        - key: {{ . }}
          path: kafka-ca
        {{- end }}
{{- end }}

{{/* Of every container. */}}
{{- define "fremgang.container" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
volumeMounts:
  - name: tmp
    mountPath: /tmp
  - name: secret
    mountPath: /run/secrets/fremgang
    readOnly: true
env:
  {{- range $name, $value := .Values.settings }}
  - name: {{ $name }}
    value: {{ $value | quote }}
  {{- end }}
  - name: FREMGANG_INBOX
    value: /tmp/inbox
  - name: FREMGANG_KEY_FILE
    value: /run/secrets/fremgang/key
  {{- if .Values.secret.entries.kafkaCa }}
  - name: FREMGANG_KAFKA_CA_FILE
    value: /run/secrets/fremgang/kafka-ca
  {{- end }}
  {{- $entries := .Values.secret.entries }}
  {{- range $name, $entry := dict "FREMGANG_STORE" $entries.store "FREMGANG_ACCESS_LOG" $entries.accessLog "FREMGANG_KAFKA_PASSWORD" $entries.kafkaPassword }}
  {{- if $entry }}
  - name: {{ $name }}
    valueFrom:
      secretKeyRef:
        name: {{ $.Values.secret.name }}
        key: {{ $entry }}
  {{- end }}
  {{- end }}
{{- end }}
