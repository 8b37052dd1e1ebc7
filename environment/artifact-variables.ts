import { z } from 'zod'
import {
  autoFlag,
  flag,
  matching,
  oneOf,
  optionalMatching,
  optionalPaths,
  optionalSecret,
  texts,
  whole,
} from './fields.ts'

/** What is kept on Hugging Face, and when. */
export const artifacts = z.object({
  START_HF_WATCH: autoFlag({
    does: 'Keeps artifacts on Hugging Face; `auto` does when HF_REPO_ID and HF_TOKEN are set.',
  }),
  HF_REPO_ID: optionalMatching(
    /^[A-Za-z0-9][\w.-]{0,95}\/[A-Za-z0-9_][\w.-]{0,95}$/,
    'user/name or organisation/name: letters, digits and - _ . only',
    {
      does: 'The repository on Hugging Face that artifacts go to; it is made, private, when there is none.',
      unset: 'nothing is uploaded',
    },
  ),
  HF_REPO_TYPE: oneOf(['model', 'dataset', 'space'], 'model', { does: 'What kind of repository that is.' }),
  HF_TOKEN: optionalSecret({
    does: 'A token of Hugging Face that may write to HF_REPO_ID (https://huggingface.co/settings/tokens).',
    unset: 'nothing is uploaded',
  }),
  HF_REPO_PUBLIC: oneOf(['warn', 'refuse'], 'warn', {
    does: 'What happens when HF_REPO_ID turns out to be public: a warning, or no upload.',
  }),
  HF_SYNC_SOURCE_DIR: optionalPaths({
    does: 'Folders whose files go up, with commas between them; of several, each goes into a folder of its name.',
    unset: 'ARTIFACT_DIRS',
  }),
  HF_SYNC_PATTERNS: texts('*.onnx,*.pt,*.json,*.safetensors', {
    does: 'Which files go up: patterns for the relative path or the bare name, with commas between them. `*` crosses folders; one that begins with `!` takes files out. What they refer to goes up with them, and model folders whole.',
  }),
  HF_PATH_IN_REPO_PREFIX: optionalMatching(
    /^(?!.*(?:^|\/)\.{1,2}(?:\/|$))(?!.*\\)[^\p{Cc}]+$/u,
    'a path with / between its folders, without . and .. in it',
    { does: 'The folder of the repository that files go into.', unset: 'its root' },
  ),
  HF_COMMIT_MESSAGE: matching(
    /^[^\p{Cc}]{1,200}$/u,
    'sync chess-bot artifacts',
    'one line of at most 200 characters',
    {
      does: 'What the title of every commit begins with.',
    },
  ),
  HF_SYNC_INTERVAL_SECONDS: whole(120, [0, 86_400], {
    does: 'The longest that a finished file waits for its commit, and the time between two looks at all folders; less than 5 counts as 5.',
  }),
  HF_SYNC_DEBOUNCE_SECONDS: whole(10, [0, 86_400], {
    does: 'How long nothing must have changed for a commit before HF_SYNC_INTERVAL_SECONDS are over, so that what is written together goes up together.',
  }),
  HF_SYNC_SETTLE_SECONDS: whole(5, [0, 3600], {
    does: 'How long a file must have been as it is before it goes up; it must also be complete by its format.',
  }),
  HF_SYNC_COMMITS_PER_HOUR: whole(30, [1, 120], {
    does: 'The most commits in an hour; Hugging Face refuses too many. A flush is not held up by it.',
  }),
  HF_SYNC_DELETE: oneOf(['keep', 'mirror'], 'keep', {
    does: 'keep deletes nothing on Hugging Face; mirror deletes what was uploaded from here and is gone here for ten minutes, and nothing while a folder that was there is missing.',
  }),
  HF_SYNC_MAX_FILE_GB: whole(50, [1, 500], {
    does: 'The size in gigabytes of the largest file that goes up.',
  }),
  HF_SYNC_VERBOSE: flag('0', {
    does: 'Writes a log line for every file that goes up, not only for every commit.',
  }),
  FLUSH_DEADLINE_SECONDS: whole(600, [1, 86_400], {
    does: 'How long a flush may take when nothing shorter is asked: after training, before an idle stop, by `podctl flush`. The end of the pod has SHUTDOWN_BUDGET_SECONDS for everything.',
  }),
  HF_ENDPOINT: matching(
    /^https?:\/\/[^\s/?#@]+(?:\/[^\s?#]*)?$/,
    'https://huggingface.co',
    'an https address without user, password or query (http only for this machine)',
    { does: 'The Hub to upload to.' },
  ),
  HF_USE_XET: flag('0', {
    does: 'Uploads in chunks, of which those that the Hub has are not sent again; takes up to 1.5 GB of memory.',
  }),
})
