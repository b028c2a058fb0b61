{{/* How every object's name begins: short enough for what Kubernetes appends to a DaemonSet's. */}}
{{- define "aios-inventory.name" -}}
{{- $name := .Release.Name }}
{{- if not (contains .Chart.Name $name) }}{{ $name = printf "%s-%s" $name .Chart.Name }}{{ end }}
{{- $name | trunc 40 | trimSuffix "-" | trimSuffix "." }}
{{- end }}

{{/* The labels by which a component's pods are found. They cannot change once installed. */}}
{{- define "aios-inventory.selector" -}}
app.kubernetes.io/name: {{ .root.Chart.Name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{/* The labels of every object. */}}
{{- define "aios-inventory.labels" -}}
{{ include "aios-inventory.selector" . }}
app.kubernetes.io/part-of: aios
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- with .root.Values.extraLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* The image by its digest, else by its tag. */}}
{{- define "aios-inventory.image" -}}
{{- $repository := required "image.repository is not set: give the registry and repository of the image" .Values.image.repository }}
{{- with .Values.image }}
{{- if .digest }}{{ printf "%s@%s" $repository .digest }}
{{- else }}{{ printf "%s:%s" $repository (.tag | default $.Chart.AppVersion) }}
{{- end }}
{{- end }}
{{- end }}
