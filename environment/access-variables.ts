import { z } from 'zod'
import {
  autoFlag,
  flag,
  matching,
  optionalMatching,
  optionalPorts,
  optionalSecret,
  optionalText,
  variableNames,
  whole,
} from './fields.ts'

/** Who may get in by SSH, and what they see. */
export const sshd = z.object({
  START_SSHD: autoFlag(
    {
      does: 'Starts an SSH server; `auto` starts it when there is a public key and OpenSSH is installed; with 1 podmate is not ready while nobody could log in. The image of the pod sets `auto`.',
    },
    '0',
  ),
  SSH_PORT: whole(22, [1, 65_535], {
    does: 'The port that the SSH server listens on; when podmate is not root, take one above 1023.',
  }),
  SSH_USER: matching(/^[A-Za-z_][\w.-]*$/, 'root', 'the name of an account', {
    does: 'An account that may log in, besides root and RUNNER_USER.',
  }),
  AUTHORIZED_KEYS: optionalText({
    does: 'Public keys that may log in, as in your `.pub` file: one a line, or with `\\n`, commas or blanks between them. All keys of PUBLIC_KEY and SSH_PUBLIC_KEY may, too.',
    unset: 'PUBLIC_KEY and SSH_PUBLIC_KEY alone',
  }),
  PUBLIC_KEY: optionalText({
    does: 'More keys, as in AUTHORIZED_KEYS. RunPod sets it to the keys of your account.',
  }),
  SSH_PUBLIC_KEY: optionalText({
    does: 'More keys, as in AUTHORIZED_KEYS, under the name that templates of RunPod ask for.',
  }),
  SSH_RSA_HOST_KEY: flag('0', {
    does: 'Makes an RSA host key too, for clients that know neither Ed25519 nor ECDSA.',
  }),
  PASS_SECRETS_TO_SSH: variableNames({
    does: 'Secrets that SSH sessions may see, such as HF_TOKEN,WANDB_API_KEY; others are withheld.',
    unset: 'none',
  }),
})

/** JupyterLab. */
export const jupyter = z.object({
  START_JUPYTER: autoFlag(
    {
      does: 'Starts JupyterLab; `auto` starts it where it is installed. The image of the pod sets `auto`.',
    },
    '0',
  ),
  JUPYTER_HOST: matching(/^[\w.:-]+$/, '127.0.0.1', 'an IP address or a host name', {
    does: 'The address that JupyterLab listens on. The image of the pod sets 0.0.0.0, every address.',
  }),
  JUPYTER_PORT: whole(8888, [1, 65_535], { does: 'The port that JupyterLab listens on.' }),
  JUPYTER_TOKEN: optionalSecret({
    does: 'The token that JupyterLab asks for.',
    safeUnset: true,
    unset: 'JUPYTER_PASSWORD; without it one is generated and kept (`podctl jupyter-url` shows it)',
  }),
  JUPYTER_PASSWORD: optionalSecret({
    does: "JupyterLab's token under the name that RunPod gives it; JUPYTER_TOKEN goes before it.",
    safeUnset: true,
    unset: 'JUPYTER_TOKEN',
  }),
  JUPYTER_ALLOW_ORIGIN: optionalMatching(
    /^(\*|https?:\/\/[^\s/]+)$/,
    '* or an origin such as https://lab.example.org',
    {
      does: 'Whose pages may use JupyterLab besides its own; `*` is everybody who knows the token or has its cookie.',
      unset: "on RunPod the address of this pod's proxy, else nobody's",
    },
  ),
  PASS_SECRETS_TO_JUPYTER: variableNames({
    does: 'Secrets that notebooks and terminals may see, such as HF_TOKEN,WANDB_API_KEY; others are withheld.',
    unset: 'none',
  }),
})

/** What may be reached from other machines. */
export const ports = z.object({
  OPEN_PORTS: optionalPorts({
    does: 'TCP ports that programs may open to other machines, besides those of podmate itself, such as 22,6006. While another one is open, podmate is not ready and says whose it is. The image sets the ports of podmate.',
    unset: 'nobody watches',
  }),
})
