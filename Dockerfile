# syntax=docker/dockerfile:1

# The server in a container. From these sources:
#
#   docker build --tag promptpulse .
#
# Or from a file of a release, whose checksum you have looked at, beside this one (promptpulse-linux-x64 or -arm64):
#
#   docker build --build-arg BINARY=release --tag promptpulse .
#
# Base images are named by tag, so that a build gets their corrections. Whoever wants the same image every time pins
# them: `docker buildx imagetools inspect node:22-bookworm-slim` tells the digest, and NAME:TAG@sha256:DIGEST goes into
# the two arguments here or on the command line.
ARG BUILD_IMAGE=node:22-bookworm-slim
ARG RUN_IMAGE=gcr.io/distroless/cc-debian12:nonroot

FROM ${BUILD_IMAGE} AS build
# Where the program comes from: source or release.
ARG BINARY=source
WORKDIR /source
# The files of a release need not be there: what nothing is found for is left out.
COPY LICENSE package.json bun.lock bunfig.toml tsconfig.json bootstrap.mjs build.ts promptpulse-linux-* ./
COPY build ./build
COPY migrations ./migrations
COPY public ./public
COPY src ./src
COPY views ./views
RUN set -eu; \
    mkdir -m 0700 /data; mkdir /program; \
    case "$BINARY" in \
      source) node bootstrap.mjs build.ts; mv dist/promptpulse /program ;; \
      release) \
        case "$(uname -m)" in x86_64) cpu=x64 ;; aarch64) cpu=arm64 ;; *) cpu=$(uname -m) ;; esac; \
        install -m 0755 "promptpulse-linux-$cpu" /program/promptpulse ;; \
      *) echo "BINARY is source or release, and not $BINARY." >&2; exit 1 ;; \
    esac; \
    ln -s promptpulse /program/ppulse; \
    /program/promptpulse --version

FROM ${RUN_IMAGE}
ARG VERSION=""
ARG REVISION=""
ARG SOURCE=""
LABEL org.opencontainers.image.title="PromptPulse" \
      org.opencontainers.image.description="Tells what Claude Code costs: the server for several machines and people." \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.source="${SOURCE}"
COPY --from=build /program/ /usr/local/bin/
# A new volume takes over whose it is.
COPY --from=build --chown=65532:65532 /data /data
# All that is ever written lies in /data, also what SQLite lays aside for a moment: the root may be read-only. /data
# belongs on a volume (--volume promptpulse:/data). No VOLUME says so here, for Railway builds no image that has one.
ENV HOST=0.0.0.0 \
    PORT=3000 \
    DATABASE_URL=/data/server.db \
    PROMPTPULSE_HOME=/data \
    SQLITE_TMPDIR=/data
# By number, so that whoever runs it can see without the image's list of users that it is not root. Railway's volumes are
# root's: its RAILWAY_RUN_UID overrides this.
USER 65532:65532
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
  CMD ["/usr/local/bin/promptpulse", "serve", "--health"]
ENTRYPOINT ["/usr/local/bin/promptpulse"]
CMD ["serve"]
