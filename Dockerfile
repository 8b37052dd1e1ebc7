# What a pod runs. Whatever differs between a GPU pod and a plain machine is an argument:
#   docker build .                                                                          a GPU pod
#   docker build --build-arg BASE=debian:bookworm-slim --build-arg ORT_CUDA= --build-arg TORCH=none .   no GPU
# docs/decisions/0101-image.md says why these.
ARG BASE=nvidia/cuda:12.8.1-cudnn-runtime-ubuntu22.04
ARG NODE=node:26.10.0-bookworm-slim

FROM ${NODE} AS node

# What every stage after it stands on: Debian's programs, Node, and the account that programs of the user run as.
FROM ${BASE} AS system
RUN export DEBIAN_FRONTEND=noninteractive \
 && apt-get update \
 && apt-get install -y --no-install-recommends \
      aria2 ca-certificates curl git git-lfs iproute2 less libatomic1 libgomp1 nano openssh-server procps python3 python3-venv \
      rclone rsync tini tmux zstd \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt /var/cache/debconf/*-old /var/log/apt /var/log/dpkg.log \
      /etc/ssh/ssh_host_*
COPY --from=node /usr/local/bin/node /usr/local/bin/node
# No password, but not locked: sshd lets no locked account in by key.
RUN useradd --create-home --shell /bin/bash --password '*' runner \
 && install -d -m 0755 /opt/podmate /opt/venvs /workspace /run/sshd \
 && chown runner:runner /opt/venvs && chown root:runner /workspace && chmod 1775 /workspace

# podmate with what it needs to run, and nothing of other platforms.
FROM system AS app
COPY --from=node /usr/local/lib/node_modules/npm /usr/local/lib/node_modules/npm
WORKDIR /opt/podmate
COPY package.json package-lock.json .npmrc ./
RUN ONNXRUNTIME_NODE_INSTALL=skip \
      node /usr/local/lib/node_modules/npm/bin/npm-cli.js ci --omit=dev --no-audit --no-fund --cache /tmp/npm \
 && rm -rf /tmp/npm
COPY image/prune.sh image/
RUN sh image/prune.sh
ARG ORT_CUDA=https://github.com/microsoft/onnxruntime/releases/download/v1.30.0/onnxruntime-linux-x64-gpu_cuda12-1.30.0.tgz
COPY image/cuda-provider.sh image/
RUN sh image/cuda-provider.sh "${ORT_CUDA}"
COPY . .
# A clone has the modes that its owner's umask gave it, and runner must be able to read it.
RUN rm -rf image && chmod -R a+rX,go-w .

# The Python of the user's programs, which they may change: it belongs to the account that they run as.
FROM system AS venv
ARG TORCH=cuda
ARG TORCH_VERSION=2.9.1
ARG TORCH_INDEX=
COPY --chown=runner:runner image/python-packages.txt image/venv.sh /tmp/
USER runner
RUN sh /tmp/venv.sh /opt/venvs/chessbot "${TORCH}" "${TORCH_VERSION}" "${TORCH_INDEX}"

FROM system
COPY --from=venv --chown=runner:runner /opt/venvs /opt/venvs
COPY --from=app /opt/podmate /opt/podmate
RUN ln -s /opt/podmate/scripts/podctl.ts /usr/local/bin/podctl \
 && ln -s /opt/podmate/scripts/uci.ts /usr/local/bin/podmate-uci
ENV RUNNER_USER=runner \
    POD_STATE_DIR=/workspace/.podmate \
    REPO_DIR=/workspace/chess-bot \
    VENV_DIR=/opt/venvs/chessbot \
    START_SSHD=auto \
    START_JUPYTER=auto \
    JUPYTER_HOST=0.0.0.0 \
    INFERENCE_API_HOST=0.0.0.0 \
    OPEN_PORTS=22,8888,8000 \
    NODE_COMPILE_CACHE=/opt/podmate/.cache \
    ORT_DISABLE_TELEMETRY=1 \
    PYTHONUNBUFFERED=1
# What Node compiles of podmate. It keeps that apart by account and by what the processor can do. On one that can do the same
# as the builder's, the first start in a pod is as quick as the second. On another one, root's part is written when the first
# run ends, and runner's never: where runner could write a folder for root, it could leave code there that root runs.
RUN cd /opt/podmate && install -d -m 1777 .cache && node scripts/setup/first-start.mjs --demand-ready && chmod -R go=rX .cache
ARG REVISION=unknown
LABEL org.opencontainers.image.title=podmate \
      org.opencontainers.image.description="Runtime supervisor for a rented GPU pod" \
      org.opencontainers.image.licenses=MIT \
      org.opencontainers.image.revision=${REVISION}
EXPOSE 22 8888 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
  CMD curl -fsS -o /dev/null "http://127.0.0.1:${INFERENCE_API_PORT:-8000}/healthz"
ENTRYPOINT ["/usr/bin/tini", "--", "/opt/podmate/boot/shim.sh", "node", "/opt/podmate/entrypoint.ts"]
