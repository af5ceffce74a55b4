{{/* What the objects of a release are called: as a job of that name. */}}
{{- define "turnpike.name" -}}
{{- .Release.Name | trunc 36 | trimSuffix "-" -}}
{{- end -}}

{{- define "turnpike.tag" -}}
{{- .Values.images.tag | default .Chart.AppVersion -}}
{{- end -}}

{{- define "turnpike.labels" -}}
app.kubernetes.io/name: turnpike
app.kubernetes.io/instance: {{ include "turnpike.name" .root }}
app.kubernetes.io/component: {{ .component }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
turnpike.io/job: {{ include "turnpike.name" .root }}
{{- end -}}

{{- define "turnpike.selector" -}}
turnpike.io/job: {{ include "turnpike.name" .root }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{- define "turnpike.keys" -}}
{{- .Values.keys.secret | default (printf "%s-keys" (include "turnpike.name" .)) -}}
{{- end -}}

{{- define "turnpike.ownRedis" -}}
{{- if and .Values.redis.enabled (not .Values.redis.url) (not .Values.redis.urlSecret) }}yes{{ end -}}
{{- end -}}

{{- define "turnpike.redisUrl" -}}
{{- if .Values.redis.url -}}
{{- .Values.redis.url -}}
{{- else if include "turnpike.ownRedis" . -}}
redis://{{ include "turnpike.name" . }}-redis:6379
{{- end -}}
{{- end -}}

{{/* Where registries are: one behind its Service, several each under a name of its own. */}}
{{- define "turnpike.registries" -}}
{{- $name := printf "%s-registry" (include "turnpike.name" .) -}}
{{- if gt (int .Values.registry.replicas) 1 -}}
{{- $urls := list -}}
{{- range $i := until (int .Values.registry.replicas) -}}
{{- $urls = append $urls (printf "http://%s-%d.%s-peers:10003" $name $i $name) -}}
{{- end -}}
{{- join "," $urls -}}
{{- else -}}
http://{{ $name }}:10003
{{- end -}}
{{- end -}}

{{/* A time such as 90, 20m or 1h, in seconds. */}}
{{- define "turnpike.seconds" -}}
{{- $text := toString . -}}
{{- if hasSuffix "h" $text -}}
{{- mul 3600 (trimSuffix "h" $text | int) -}}
{{- else if hasSuffix "m" $text -}}
{{- mul 60 (trimSuffix "m" $text | int) -}}
{{- else -}}
{{- trimSuffix "s" $text | int -}}
{{- end -}}
{{- end -}}

{{/* How long a pod may take to end that lets the turns under way there end. */}}
{{- define "turnpike.grace" -}}
{{- add (include "turnpike.seconds" .Values.drain | int) 35 -}}
{{- end -}}

{{- define "turnpike.pullSecrets" -}}
{{- with .Values.images.pullSecrets }}
imagePullSecrets:
{{- range . }}
  - name: {{ . }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "turnpike.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
seccompProfile: {type: RuntimeDefault}
{{- end -}}

{{- define "turnpike.security" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end -}}

{{- define "turnpike.probes" -}}
startupProbe:
  httpGet: {path: /actuator/health/liveness, port: management}
  periodSeconds: 2
  timeoutSeconds: 5
  failureThreshold: 90
livenessProbe:
  httpGet: {path: /actuator/health/liveness, port: management}
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
readinessProbe:
  httpGet: {path: /actuator/health/readiness, port: management}
  periodSeconds: 2
  timeoutSeconds: 5
  failureThreshold: 3
{{- end -}}

{{/* The spec of a pod of one of our services; its container's lines come as .container. */}}
{{- define "turnpike.pod" -}}
terminationGracePeriodSeconds: {{ .grace | default 60 }}
{{- if eq .component "registry" }}
serviceAccountName: {{ include "turnpike.name" .root }}-registry
automountServiceAccountToken: true
{{- else }}
automountServiceAccountToken: false
{{- end }}
enableServiceLinks: false
{{- include "turnpike.pullSecrets" .root }}
securityContext:
  {{- include "turnpike.podSecurity" . | nindent 2 }}
containers:
  - name: {{ .component }}
    image: {{ .root.Values.images.prefix }}/{{ .component }}:{{ include "turnpike.tag" .root }}
    {{- with .root.Values.images.pull }}
    imagePullPolicy: {{ . }}
    {{- end }}
    {{- with .values.properties }}
    args:
      {{- range $key, $value := . }}
      - {{ printf "--%s=%v" $key $value | quote }}
      {{- end }}
    {{- end }}
    {{- .container | nindent 4 }}
    resources:
      {{- toYaml .values.resources | nindent 6 }}
    {{- include "turnpike.probes" . | nindent 4 }}
    lifecycle: {preStop: {sleep: {seconds: 5}}}
    securityContext:
      {{- include "turnpike.security" . | nindent 6 }}
    volumeMounts:
      - {name: tmp, mountPath: /tmp}
      - {name: keys, mountPath: /run/turnpike, readOnly: true}
volumes:
  - {name: tmp, emptyDir: {}}
  {{- if .root.Values.redis.urlSecret }}
  - name: keys
    projected:
      sources:
        - secret: {name: {{ include "turnpike.keys" .root }}}
        - secret: {name: {{ .root.Values.redis.urlSecret }}}
  {{- else }}
  - {name: keys, secret: {secretName: {{ include "turnpike.keys" .root }}}}
  {{- end }}
{{- end -}}

{{- define "turnpike.budget" -}}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ include "turnpike.name" .root }}-{{ .component }}
  labels:
    {{- include "turnpike.labels" . | nindent 4 }}
spec:
  maxUnavailable: 1
  selector:
    matchLabels:
      {{- include "turnpike.selector" . | nindent 6 }}
{{- end -}}

{{/* Pods of these components. */}}
{{- define "turnpike.in" -}}
matchLabels: {turnpike.io/job: {{ include "turnpike.name" .root }}}
matchExpressions:
  - {key: app.kubernetes.io/component, operator: In, values: {{ toJson .components }}}
{{- end -}}
