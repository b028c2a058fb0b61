{{- define "aios-inventory.agent.name" -}}
{{ include "aios-inventory.name" . }}-agent
{{- end }}

{{- define "aios-inventory.agent.selector" -}}
{{ include "aios-inventory.selector" (dict "root" . "component" "agent") }}
{{- end }}

{{- define "aios-inventory.agent.labels" -}}
{{ include "aios-inventory.labels" (dict "root" . "component" "agent") }}
{{- end }}

{{/* What is stated about a group of nodes, as the agent's flags. */}}
{{- define "aios-inventory.agent.stated" -}}
{{- range $name, $mbps := .linkSpeeds }}
- {{ printf "--link-speed=%s=%d" $name (int64 $mbps) | quote }}
{{- end }}
{{- range $model, $mib := .gpuMemory }}
- {{ printf "--gpu-memory=%s=%d" $model (int64 $mib) | quote }}
{{- end }}
{{- range .count }}
- {{ printf "--count=%s" . | quote }}
{{- end }}
{{- range .notCounted }}
- {{ printf "--not-counted=%s" . | quote }}
{{- end }}
{{- if .countRemoteDisks }}
- --count-remote-disks
{{- end }}
{{- end }}

{{/* Whom the admission policies are about. */}}
{{- define "aios-inventory.agent.isCaller" -}}
- name: the-agent
  expression: request.userInfo.username == 'system:serviceaccount:{{ .Release.Namespace }}:{{ include "aios-inventory.agent.name" . }}'
{{- end }}

{{/* The node on which the caller's pod runs; empty where the token was not made for a pod. */}}
{{- define "aios-inventory.agent.callersNode" -}}
- name: node
  expression: request.userInfo.?extra[?'authentication.kubernetes.io/node-name'][0].orValue('')
{{- end }}

{{- define "aios-inventory.agent.knowsItsNode" -}}
- expression: variables.node != ''
  message: the agent's token does not say on which node it runs
{{- end }}
