#!/bin/sh
# Makes deploy/.env, which compose.yaml reads: every secret new and random, readable by its owner alone. Never overwrites one.
set -eu
umask 077
cd "$(dirname "$0")"
[ ! -e .env ] || { echo "deploy/.env is there already; its secrets are in use." >&2; exit 1; }
random() { od -An -tx1 -N32 /dev/urandom | tr -d ' \n'; }
{
    echo "# What Meadow's services share. Lose MEADOW_REGISTRY_KEY, and broker URLs must be given anew (docs/operate/recover.md)."
    for name in MEADOW_SECRET MEADOW_REGISTRY_KEY \
        CLICKHOUSE_MIGRATE_PASSWORD CLICKHOUSE_WRITE_PASSWORD CLICKHOUSE_READ_PASSWORD CLICKHOUSE_CLUSTER_SECRET \
        SHOP_PASSWORD SHOP_MEADOW_PASSWORD REDIS_PASSWORD GRAFANA_PASSWORD; do
        echo "$name=$(random)"
    done
    echo "# The clusters to watch, known from the first start on: [NAME=]URL, several apart by spaces."
    echo "#MEADOW_BROKER=shop=amqp://meadow:password@broker.example.com:5672/shop"
} >.env
echo "deploy/.env is made."
