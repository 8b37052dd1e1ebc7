import { z } from 'zod'
import {
  autoFlag,
  flag,
  oneOf,
  optionalMatching,
  optionalPath,
  optionalText,
  variableNames,
  whole,
} from './fields.ts'

/** The user's repository and its requirements. */
export const bootstrap = z.object({
  REPO_URL: optionalMatching(
    /^(https?|git|file):\/\/(?![^/]*@)[^\s?#]+$/,
    'the http, https, git or file address of a public repository, without user, password or query',
    {
      does: 'The public git repository that REPO_DIR is cloned and pulled from.',
      unset: 'nothing is cloned',
    },
  ),
  REPO_REF: optionalMatching(
    /^(?![-/.])(?!.*(?:\.\.|\/\/|@\{|\.lock$|[./]$))[\w./+@#%=-]+$/,
    'the name of a branch or tag, or a commit',
    {
      does: 'The branch, tag or commit that is checked out.',
      unset: "the remote's default branch; later whatever branch is checked out",
    },
  ),
  CLONE_REPO_ON_START: flag('1', { does: 'Clones REPO_URL when REPO_DIR is missing or empty.' }),
  GIT_AUTO_PULL: autoFlag({
    does: 'Brings a checkout without local changes to the newest commit at every start, also after a force-push when nothing was committed here; `auto` does when REPO_URL is set.',
  }),
  GIT_SUBMODULES: flag('1', { does: 'Fetches the submodules of REPO_URL.' }),
  GIT_LFS: flag('1', { does: 'Fetches the files of REPO_URL that Git LFS keeps.' }),
  SYNC_REQUIREMENTS_ON_START: autoFlag({
    does: 'Installs the requirements of REPO_DIR into VENV_DIR when they have changed; `auto` does when REPO_URL is set.',
  }),
  FORCE_PIP_SYNC: flag('0', {
    does: 'Installs the requirements at every start, changed or not, where they are installed at all.',
  }),
  REQUIREMENTS_FILE: optionalText({
    does: 'The requirements file for pip, relative to REPO_DIR.',
    unset: 'requirements.txt, if REPO_DIR has one',
  }),
  BOOTSTRAP_TIMEOUT_SECONDS: whole(3600, [1, 86_400], {
    does: 'Seconds after which git and pip together are given up, and tried again.',
  }),
})

/** The user's training command. */
export const trainer = z.object({
  START_TRAINER: autoFlag({ does: 'Runs TRAIN_COMMAND; `auto` runs it when it is set.' }),
  TRAIN_COMMAND: optionalText({
    does: 'The command that trains, run by `/bin/sh -c`.',
    unset: 'nothing is trained',
  }),
  TRAIN_CWD: optionalPath({ does: 'The folder in which TRAIN_COMMAND runs.', unset: 'REPO_DIR' }),
  TRAIN_RESTART: oneOf(['never', 'on-failure', 'always'], 'never', {
    does: 'When TRAIN_COMMAND is started again after it ended.',
  }),
  TRAIN_RERUN: flag('0', {
    does: 'Runs TRAIN_COMMAND at the start even if it completed before, at the same commit of REPO_DIR.',
  }),
  PASS_SECRETS_TO_TRAINER: variableNames({
    does: 'Secrets that the trainer may see, such as HF_TOKEN,WANDB_API_KEY; others are withheld.',
    unset: 'none',
  }),
})
