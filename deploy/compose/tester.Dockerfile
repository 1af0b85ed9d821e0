# The load generators of deploy/compose/posts.yaml: wrk and k6, with the scripts of the lab in /lab.
ARG DEBIAN_IMAGE=debian:bookworm-slim
ARG K6_IMAGE=grafana/k6:1.4.0

FROM ${K6_IMAGE} AS k6

FROM ${DEBIAN_IMAGE}
LABEL org.opencontainers.image.title="Tripod tester" org.opencontainers.image.licenses="MIT"
RUN apt-get update \
  && apt-get install -y --no-install-recommends wrk curl ca-certificates \
  && rm -rf /var/lib/apt/lists/*
COPY --from=k6 /usr/bin/k6 /usr/local/bin/k6
WORKDIR /lab
USER 1000:1000
# It waits until it is told to stop; loads run in it by `docker compose exec tester`.
CMD ["sleep", "infinity"]
HEALTHCHECK --interval=5s --timeout=5s CMD ["test", "-x", "/usr/bin/wrk"]
