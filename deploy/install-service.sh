#!/bin/sh
# Used by deploy/Dockerfile: puts one service and the packages that it runs with into /out, where /app of the image comes
# from. Optional packages are left out: they hold the embedded Postgres, which is for development.
set -eu
service="$1"

pnpm install --prod --no-optional --ignore-scripts --frozen-lockfile --filter-prod "@tripod/${service}..."

# Tests, types and descriptions: nothing reads them in production.
find node_modules -type f \( -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' -o -name '*.map' -o -name '*.md' \) -delete
rm -rf packages/testing apps/*/test packages/*/test node_modules/.pnpm/bintrees@*/node_modules/bintrees/test
for app in apps/*; do
  [ "$app" = "apps/${service}" ] || rm -rf "$app"
done

mkdir /out
mv package.json node_modules packages apps /out/

# Node keeps its compiled code beside the service, so that a container starts in half the time. The cache belongs to the
# paths of /app.
rm -rf /app/*
cp -a /out/. /app/
node "apps/${service}/bin/${service}.js" --version
cp -a "apps/${service}/node_modules/.cache" "/out/apps/${service}/node_modules/"
