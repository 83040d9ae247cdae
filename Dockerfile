# The image of Open Klant: one program on a base with glibc and certificates, and nothing else. No shell, no package manager.
#
#   docker build --build-arg GIT_SHA="$(git rev-parse HEAD)" --build-arg BUILD_DATE="$(date -u +%FT%TZ)" -t openklant .
#
# Build arguments: RUST_IMAGE and BASE_IMAGE, for copies of those images in a registry of your own.

ARG RUST_IMAGE=docker.io/library/rust:1.95-slim-bookworm
ARG BASE_IMAGE=gcr.io/distroless/cc-debian12

FROM ${RUST_IMAGE} AS build
WORKDIR /src
# The rust image has the C compiler that SQLite and ring are built with.
COPY Cargo.toml Cargo.lock ./
COPY .cargo .cargo
COPY api api
COPY cli cli
COPY migrations migrations
COPY openapi openapi
COPY shared shared
COPY tests tests
COPY worker worker
COPY xtask xtask
# What /health/version tells of the build.
ARG GIT_SHA=
ARG BUILD_DATE=
RUN OPENKLANT_GIT_COMMIT="${GIT_SHA}" OPENKLANT_BUILD_DATE="${BUILD_DATE}" \
    cargo build --release --locked --package openklant \
    && install -D target/release/openklant /image/usr/local/bin/openklant \
    && install -d -o 1000 -g 1000 -m 0700 /image/var/lib/openklant /image/var/lib/openklant/data

FROM ${BASE_IMAGE}
ARG RELEASE=0.1.0
ARG GIT_SHA=
ARG BUILD_DATE=
LABEL org.opencontainers.image.title="Open Klant" \
      org.opencontainers.image.description="Register of klanten and contactmomenten: Klanten API and Contactmomenten API" \
      org.opencontainers.image.licenses="EUPL-1.2" \
      org.opencontainers.image.version="${RELEASE}" \
      org.opencontainers.image.revision="${GIT_SHA}" \
      org.opencontainers.image.created="${BUILD_DATE}" \
      org.label-schema.schema-version="1.0" \
      org.label-schema.name="Open Klant" \
      org.label-schema.version="${RELEASE}" \
      org.label-schema.vcs-ref="${GIT_SHA}" \
      org.label-schema.build-date="${BUILD_DATE}"
# The folder for the embedded database keeps its owner; everything else belongs to root and is only read.
COPY --from=build /image/ /
# A container is reached from outside itself; the rest of the settings is the operator's.
ENV OPENKLANT_LISTEN=0.0.0.0:8000
WORKDIR /var/lib/openklant
VOLUME /var/lib/openklant/data
USER 1000:1000
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["/usr/local/bin/openklant", "health"]
ENTRYPOINT ["/usr/local/bin/openklant"]
CMD ["up"]
