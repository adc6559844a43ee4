#!/bin/bash
# Starts RabbitMQ with a user for each service, who may touch only what is its own or everybody's.
# The passwords come from the container's environment; a changed one counts from the next start on.
set -euo pipefail

users='' permissions=''
for service in catalog rooms scheduling billing identity; do
  password="HOLDFAST_${service^^}_PASSWORD"
  own="^($service|holdfast)\\\\."
  writes=$own
  if [[ $service == rooms ]]; then  # answers questions, through the default exchange
    writes="^(($service|holdfast)\\\\.|amq\\\\.default\$)"
  fi
  users+="{\"name\": \"$service\", \"password\": \"${!password:?}\", \"tags\": \"\"},"
  permissions+="{\"user\": \"$service\", \"vhost\": \"/\", \"configure\": \"$own\", \"write\": \"$writes\", \"read\": \"$own\"},"
done

umask 077
cat > /tmp/definitions.json <<JSON
{
  "vhosts": [{"name": "/"}],
  "users": [${users%,}],
  "permissions": [${permissions%,}]
}
JSON
exec docker-entrypoint.sh rabbitmq-server
