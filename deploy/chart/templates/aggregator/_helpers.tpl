{{- define "aios-inventory.aggregator.name" -}}
{{ include "aios-inventory.name" . }}-aggregator
{{- end }}

{{- define "aios-inventory.aggregator.selector" -}}
{{ include "aios-inventory.selector" (dict "root" . "component" "aggregator") }}
{{- end }}

{{- define "aios-inventory.aggregator.labels" -}}
{{ include "aios-inventory.labels" (dict "root" . "component" "aggregator") }}
{{- end }}
