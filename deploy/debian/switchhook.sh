#!/bin/sh
# The command, with the settings of the service: what it finds is what the service has.
set -u
settings=/etc/switchhook/switchhook.env
service_user=switchhook
return=$(printf '\r')

if [ -r "$settings" ]; then
    # As systemd reads it: blanks around a line do not count, nor the ends of lines of other systems.
    while IFS=' 	' read -r line || [ -n "$line" ]; do
        line=${line%"$return"}
        case $line in
        SWITCHHOOK_[A-Z]*=*) ;;
        *) continue ;;
        esac
        name=${line%%=*}
        value=${line#*=}
        case $value in
        \"*\" | \'*\')
            value=${value#?}
            value=${value%?}
            ;;
        esac
        # The caller's own environment counts more.
        printenv "$name" >/dev/null || export "$name=$value"
    done <"$settings"
fi
export SWITCHHOOK_DATA="${SWITCHHOOK_DATA:-/var/lib/switchhook}"

node=/usr/lib/switchhook/bin/node
program=/usr/lib/switchhook/bin/switchhook.cjs
if [ "$(id -u)" -ne 0 ]; then
    exec "$node" --disable-warning=ExperimentalWarning "$program" "$@"
fi
"$node" --disable-warning=ExperimentalWarning "$program" "$@"
code=$?
# What root has made in the data folder must be the service's, or it could not read it.
if [ -d "$SWITCHHOOK_DATA" ] && id "$service_user" >/dev/null 2>&1; then
    # Behind a link too.
    find "$SWITCHHOOK_DATA/" -xdev -user root -exec chown -h "$service_user:$service_user" {} +
fi
exit "$code"
