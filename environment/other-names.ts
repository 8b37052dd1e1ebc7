/**
 * Names that pod templates set for parts of podmate that are not built yet. They are neither read nor warned about; a
 * name leaves this list when it enters the schema.
 */
export const reservedNames: readonly string[] = ['START_OTEL_COLLECTOR']

/** Names that other programs and platforms own, whatever they resemble. */
export const foreignNames: readonly RegExp[] = [
  /^(RUNPOD|KUBERNETES|NVIDIA|CUDA|NCCL|WANDB|VAST|TORCH|PYTORCH|PYTHON|PIP|UV|CONDA)_/,
  /^(npm|NPM|NODE|DOCKER|GITHUB|GITLAB|CI|VSCODE|AWS|GCP|GOOGLE|AZURE|OMP|MKL|OPENBLAS|XDG|LC)_/,
  // What podmate tells its own processes and tests.
  /^PODMATE_(MARK|PYTHON|ACCEPT|PATH|IMAGE|IMAGE_CACHE|IMAGE_RELEASE|RUNPOD_OPENAPI)$/,
  /^HF_(HOME$|HUB_|XET_|DATASETS_|MODULES_|ASSETS_|METRICS_|EVALUATE_|INFERENCE_|TOKEN_PATH|STORED_TOKENS_|DEBUG$)/,
  /^SSH_(AGENT|ASKPASS|AUTH|CLIENT|CONNECTION|ORIGINAL|TTY|USER_AUTH)/,
  /^JUPYTER_(PATH|NO_CONFIG|CONFIG|DATA|RUNTIME|PREFER|PLATFORM|ALLOW_INSECURE|ENV|SERVER|GATEWAY|ENABLE)(_|$)/,
  /^JOB_(?!ID$|TOKEN$)/,
  // What Kubernetes sets for each of its services, and passes down about a pod.
  /_SERVICE_(HOST|PORT)(_\w+)?$/,
  /_PORT_\d+_(TCP|UDP)(_\w+)?$/,
  /^POD_(NAME|NAMESPACE|IP|IPS|UID|HOST_IP|SERVICE_ACCOUNT)$/,
]
